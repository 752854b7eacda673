from frappe.model.document import Document


class SocialTriageModel(Document):
	pass
