from frappe.model.document import Document


class SocialArticleSuggestion(Document):
	pass
