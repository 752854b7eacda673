frappe.listview_settings["Social Correction"] = {
	hide_name_column: true,
	formatters: {
		was(was) {
			const words = (was || "").split(" · ").map((word) => __(word, null, "Social Message"));
			return `<span>${frappe.utils.escape_html(words.join(" · "))}</span>`;
		},
	},
};
