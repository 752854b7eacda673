import frappe
from frappe.model.document import Document

from social_service import site_model
from social_service.hosts.frappe_store import refuse
from social_service.hosts.helpdesk import HelpdeskHost
from social_service.sentence import Refused


class SocialTriageModel(Document):
	@frappe.whitelist()
	def roll_back(self) -> None:
		frappe.only_for(("Agent Manager", "System Manager"))
		try:
			site_model.roll_back(HelpdeskHost(), self.name)
		except Refused as refused:
			refuse(refused.sentence)
