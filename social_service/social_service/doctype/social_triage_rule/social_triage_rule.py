from frappe.model.document import Document

from social_service.hosts.frappe_store import refuse
from social_service.settings import refuse_rule
from social_service.trial import rule_as_typed


class SocialTriageRule(Document):
	def validate(self) -> None:
		reason = refuse_rule(rule_as_typed(self.as_dict()))
		if reason:
			refuse(reason)
