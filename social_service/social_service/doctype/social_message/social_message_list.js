frappe.listview_settings["Social Message"] = {
	add_fields: ["fate"],
	hide_name_column: true,
	onload(listview) {
		// Frappe offers the title as a filter; of a long text that is a text area
		listview.page.fields_dict.text?.$wrapper.hide();
	},
	get_indicator(doc) {
		const colours = {
			opened: "blue",
			joined: "cyan",
			folded: "purple",
			watched: "green",
			ignored: "gray",
			failed: "red",
		};
		if (!doc.fate) return [__("not decided yet"), "orange", "fate,is,not set"];
		return [__(doc.fate, null, "Social Message"), colours[doc.fate], `fate,=,${doc.fate}`];
	},
};
