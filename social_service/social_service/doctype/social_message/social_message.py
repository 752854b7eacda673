import frappe
from frappe.model.document import Document
from helpdesk.utils import agent_only

from social_service import tasks, ticket
from social_service.hosts.helpdesk import HelpdeskHost


class SocialMessage(Document):
	@frappe.whitelist()
	@agent_only
	def retry(self) -> None:
		self.check_permission("read")
		ticket.retry(HelpdeskHost(), self.name, tasks.now)
		tasks.decide_soon(self.channel)
