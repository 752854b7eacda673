from html import escape

import frappe
from frappe.model.document import Document

from social_service.hosts.frappe_store import say
from social_service.hosts.helpdesk_promises import as_policy, policies, working_days
from social_service.overrides import promises
from social_service.sla import refuse

TYPED = ("title", "topic", "language", "customers", "hours", "time_zone")  # compared, or read


class SocialSLAPolicy(Document):
	def validate(self) -> None:
		before = self.get_doc_before_save()
		self.agreement = before.agreement if before else None  # no form and no copy says which is ours
		self.update({field: (self.get(field) or "").strip() for field in TYPED})
		policy = as_policy(self)
		unknown = [
			name for name in sorted(policy.customer_names) if not frappe.db.exists("HD Customer", name)
		]
		reason = refuse(policy, policies(), working_days(self.hours_of), unknown)
		if reason:
			frappe.throw(escape(say(reason, frappe.local.lang), quote=False))

	def on_update(self) -> None:
		self.agreement = promises.keep().get(self.name)

	def after_delete(self) -> None:
		promises.retire(self.agreement)
