from frappe.model.document import Document


class SocialStream(Document):
	pass
