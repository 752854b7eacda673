import frappe
from frappe.model.document import Document
from helpdesk.utils import agent_only

from social_service import tasks, ticket
from social_service.hosts.frappe_store import refuse
from social_service.hosts.helpdesk import HelpdeskHost
from social_service.sentence import Refused


class SocialMessage(Document):
	@frappe.whitelist()
	@agent_only
	def retry(self) -> None:
		self.check_permission("read")
		try:
			ticket.retry(HelpdeskHost(), self.name, tasks.now)
		except Refused as refused:
			refuse(refused.sentence)
		tasks.decide_soon(self.channel)
