from frappe.model.document import Document


class SocialChannel(Document):
	pass
