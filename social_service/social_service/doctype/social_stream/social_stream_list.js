frappe.listview_settings["Social Stream"] = {
	add_fields: ["failures", "last_tried_at", "gap_until"],
	hide_name_column: true,
	get_indicator(doc) {
		if (doc.failures) return [__("failing"), "red", "failures,>,0"];
		if (doc.gap_until) return [__("has a gap"), "orange", "gap_until,is,set"];
		if (!doc.last_tried_at) return [__("not tried yet"), "gray", "last_tried_at,is,not set"];
		return [__("healthy"), "green", "failures,=,0"];
	},
};
