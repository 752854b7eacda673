import frappe
from frappe.model.document import Document
from frappe.utils import add_days, now_datetime


class SocialDraft(Document):
	@staticmethod
	def clear_old_logs(days: int = 1) -> None:
		"""Each night, by Frappe's Log Settings."""
		frappe.db.delete("Social Draft", {"modified": ("<", add_days(now_datetime(), -days))})
