frappe.listview_settings["Social Conversation"] = {
	add_fields: ["first_response_at"],
	hide_name_column: true,
	get_indicator(doc) {
		if (doc.first_response_at) return [__("answered"), "green", "first_response_at,is,set"];
		return [__("unanswered"), "orange", "first_response_at,is,not set"];
	},
};
