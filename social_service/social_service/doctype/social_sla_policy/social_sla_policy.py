from html import escape

import frappe
from frappe.model.document import Document

from social_service import tasks
from social_service.hosts.frappe_store import say
from social_service.hosts.helpdesk_hours import service_hours
from social_service.hosts.helpdesk_promises import as_policy, policies
from social_service.overrides import promises
from social_service.sentence import Refused, Sentence
from social_service.settings import SocialSLAPolicy as Policy
from social_service.sla import opens_within_a_year, refuse

TYPED = ("title", "topic", "language", "customers", "hours", "time_zone")  # compared, or read


class SocialSLAPolicy(Document):
	def validate(self) -> None:
		before = self.get_doc_before_save()
		self.agreement = before.agreement if before else None  # no form and no copy says which is ours
		if reason := self.why_not():
			frappe.throw(escape(say(reason, frappe.local.lang), quote=False))

	def on_update(self) -> None:
		self.agreement = promises.keep().get(self.name)

	def after_delete(self) -> None:
		promises.retire(self.agreement)

	def why_not(self) -> Sentence | None:
		"""Why it can't be saved as it is typed."""
		self.update({field: (self.get(field) or "").strip() for field in TYPED})
		policy = as_policy(self)
		known = frappe.get_all("HD Customer", {"name": ["in", list(policy.customer_names)]}, pluck="name")
		unknown = sorted(policy.customer_names - set(known))
		return refuse(policy, policies(), _opens(policy), unknown)


def _opens(policy: Policy) -> bool:
	try:
		return opens_within_a_year(service_hours(policy), tasks.now())
	except (
		Refused,
		LookupError,
		ValueError,
		OSError,
	):  # hours or a time zone that nobody can read: said first
		return True
