import json
from dataclasses import fields

from frappe.model.document import Document

from social_service import hooks
from social_service.channel_setup import Typed
from social_service.hosts.frappe_store import refuse, replace_secrets
from social_service.sentence import Sentence, _
from social_service.settings import SocialChannel as Channel
from social_service.settings import refuse_channel


class SocialChannel(Document):
	def validate(self) -> None:
		reason = refuse_channel(self._as_read_by_the_flow(), hooks.social_channels) or self._why_it_stays()
		if reason:
			refuse(reason)

	def connect(self, typed: Typed) -> None:
		"""What the *Connect* dialog brought, in one transaction. The door has asked for permission."""
		self.update({**typed.fields, "more": json.dumps(typed.more)})
		self.flags.connecting = True
		self.save()
		if typed.replaces:
			replace_secrets(self.name, typed.secrets, typed.kept)

	def _as_read_by_the_flow(self) -> Channel:
		values = {field.name: self.get(field.name) for field in fields(Channel) if field.name != "more"}
		return Channel(**{name: value for name, value in values.items() if value is not None})

	def _why_it_stays(self) -> Sentence | None:
		"""Whoever may edit a channel could have its secrets sent to a server of their own."""
		before = self.get_doc_before_save()
		if before is None or self.flags.connecting:
			return None
		if any((before.get(key) or "") != (self.get(key) or "") for key in ("base_url", "more")):
			return _("The stored credentials belong to this address. Change it with Connect.")
		return None
