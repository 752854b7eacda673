frappe.listview_settings["Social Message"] = {
	add_fields: ["fate", "is_own", "is_repost"],
	hide_name_column: true,
	onload(listview) {
		// Frappe offers the title as a filter; of a long text that is a text area
		listview.page.fields_dict.text?.$wrapper.hide();
		const { words, may_be_made, make } = social_service.corrections;
		for (const [word, label] of Object.entries(words())) {
			listview.page.add_actions_menu_item(label, async () => {
				const messages = listview.get_checked_items().filter(may_be_made);
				if (messages.length) await make(messages.map(({ name }) => name), word);
				listview.clear_checked_items();
				listview.refresh();
			});
		}
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
