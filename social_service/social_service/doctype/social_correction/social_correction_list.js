frappe.listview_settings["Social Correction"] = {
	hide_name_column: true,
	formatters: {
		was: (was) =>
			(was || "")
				.split(" · ")
				.map((word) => frappe.utils.escape_html(__(word, null, "Social Message")))
				.join(" · "),
	},
};
