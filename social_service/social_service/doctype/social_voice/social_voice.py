from __future__ import annotations

import frappe
from frappe.model.document import Document

from social_service.hosts.frappe_store import refuse
from social_service.hosts.values import from_column, shape
from social_service.settings import SocialVoice as Voice
from social_service.voice import refuse_voice


class SocialVoice(Document):
	def validate(self) -> None:
		others = frappe.get_all(
			Voice.doctype, fields=list(shape(Voice))
		)  # not the Store: installing writes, too
		reason = refuse_voice(as_voice(self), [as_voice(one) for one in others])
		if reason:
			refuse(reason)


def as_voice(row: Document | frappe._dict) -> Voice:
	types = shape(Voice)
	return Voice(**{name: from_column(*types[name], row.get(name)) for name in types})
