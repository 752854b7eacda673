from html import escape

import frappe
from frappe.model.document import Document

from social_service.hosts.frappe_store import say
from social_service.hosts.helpdesk_promises import as_policy, policies, working_days
from social_service.overrides import promises
from social_service.sla import refuse


class SocialSLAPolicy(Document):
	def validate(self) -> None:
		before = self.get_doc_before_save()
		self.agreement = before.agreement if before else None  # no form and no copy says which is ours
		reason = refuse(as_policy(self), policies(), working_days(self.hours_of))
		if reason:
			frappe.throw(escape(say(reason, frappe.local.lang), quote=False))

	def on_update(self) -> None:
		self.agreement = promises.keep().get(self.name)

	def after_delete(self) -> None:
		promises.retire(self.agreement)
