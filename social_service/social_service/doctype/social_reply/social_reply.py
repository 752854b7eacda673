import frappe
from frappe.model.document import Document

from social_service.engage import may_approve
from social_service.hosts.helpdesk import HelpdeskHost
from social_service.ledger import SocialReply as Reply


class SocialReply(Document):
	def onload(self) -> None:
		host = HelpdeskHost()
		for reply in host.store.get(Reply, [self.name]).values():
			self.set_onload("may_approve", may_approve(host, reply, frappe.session.user))
