from frappe.model.document import Document


class SocialTicketEvent(Document):
	pass
