from frappe.model.document import Document


class SocialTriageRule(Document):
	pass
