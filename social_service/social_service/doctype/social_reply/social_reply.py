import frappe
from frappe.model.document import Document

from social_service import engage, tasks
from social_service.hosts.helpdesk import HelpdeskHost


class SocialReply(Document):
	@frappe.whitelist()
	def retry(self) -> None:
		self.check_permission("read")
		frappe.has_permission("HD Ticket", "write", doc=self.ticket, throw=True)
		engage.retry(HelpdeskHost(), self.name, tasks.now)
		tasks.send_soon(self.name)
