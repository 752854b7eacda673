from frappe.model.document import Document


class SocialPayload(Document):
	pass
