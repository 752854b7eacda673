from frappe.model.document import Document


class SocialServiceSettings(Document):
	pass
