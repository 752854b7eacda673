frappe.listview_settings["Social Reply"] = {
	add_fields: ["state"],
	hide_name_column: true,
	onload(listview) {
		// Frappe offers the title as a filter; of a long text that is a text area
		listview.page.fields_dict.text?.$wrapper.hide();
	},
	get_indicator(doc) {
		const colours = {
			"Awaiting Approval": "yellow",
			Queued: "blue",
			Sending: "blue",
			Sent: "green",
			Failed: "red",
			Unknown: "orange",
			Cancelled: "gray",
		};
		return [__(doc.state, null, "Social Reply"), colours[doc.state], `state,=,${doc.state}`];
	},
};
