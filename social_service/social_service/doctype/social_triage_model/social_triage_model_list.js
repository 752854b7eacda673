frappe.listview_settings["Social Triage Model"] = {
	add_fields: ["state"],
	hide_name_column: true,
	formatters: {
		before: (share) => share && `${format_number(100 * share, null, 1)} %`,
		after: (share) => share && `${format_number(100 * share, null, 1)} %`,
	},
	get_indicator(doc) {
		const colours = { "In Use": "green", "Not Better": "gray", Replaced: "blue", "Rolled Back": "orange" };
		return [__(doc.state, null, "Social Triage Model"), colours[doc.state], `state,=,${doc.state}`];
	},
};
