from frappe.model.document import Document


class SocialConversation(Document):
	pass
