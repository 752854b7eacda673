from frappe.model.document import Document


class SocialSLAClock(Document):
	pass
