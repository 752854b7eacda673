from frappe.model.document import Document


class SocialCorrection(Document):
	pass
