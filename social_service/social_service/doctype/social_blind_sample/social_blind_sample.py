from frappe.model.document import Document


class SocialBlindSample(Document):
	pass
