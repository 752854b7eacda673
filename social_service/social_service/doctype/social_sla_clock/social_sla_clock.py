import frappe
from frappe.model.document import Document

from social_service.hosts.frappe_words import spoken
from social_service.overrides import promises


class SocialSLAClock(Document):
	def onload(self) -> None:
		self.set_onload("stages", spoken(promises.stages_of(self.name), frappe.local.lang))
