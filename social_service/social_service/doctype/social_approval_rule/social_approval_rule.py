from dataclasses import fields

from frappe.model.document import Document

from social_service.engage.approval import refuse as reason_against
from social_service.hosts.frappe_store import refuse
from social_service.settings import SocialApprovalRule as Rule


class SocialApprovalRule(Document):
	def validate(self) -> None:
		values = {field.name: self.get(field.name) for field in fields(Rule)}
		reason = reason_against(Rule(**{name: value for name, value in values.items() if value is not None}))
		if reason:
			refuse(reason)
