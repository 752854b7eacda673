frappe.listview_settings["Social Blind Sample"] = {
	add_fields: ["answer"],
	hide_name_column: true,
	onload(listview) {
		listview.page.set_primary_action(__("Judge"), () => frappe.set_route("social-blind-sample"));
	},
	get_indicator(doc) {
		const colours = { "needed a reply": "red", "needed none": "green", "can't tell": "gray" };
		if (!doc.answer) return [__("not judged yet"), "orange", "answer,is,not set"];
		return [__(doc.answer), colours[doc.answer], `answer,=,${doc.answer}`];
	},
};
