frappe.listview_settings["Social Triage Model"] = {
	add_fields: ["state"],
	hide_name_column: true,
	formatters: {
		before: (share) => `<span>${format_number(100 * (share || 0), null, 1)} %</span>`,
		after: (share) => `<span>${format_number(100 * (share || 0), null, 1)} %</span>`,
	},
	get_indicator(doc) {
		const colours = { "In Use": "green", "Not Better": "gray", Replaced: "blue", "Rolled Back": "orange" };
		return [__(doc.state, null, "Social Triage Model"), colours[doc.state], `state,=,${doc.state}`];
	},
};
