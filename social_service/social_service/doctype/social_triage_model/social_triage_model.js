// What a night learned, before and after; the model in use can be rolled back.
frappe.ui.form.on("Social Triage Model", {
	refresh(frm) {
		if (frm.doc.state !== "In Use") return;
		frm.add_custom_button(__("Roll back"), () => {
			const question = __(
				"From now on posts are judged by the model before this one. It is not learned again before there are 20 new corrections."
			);
			frappe.confirm(question, async () => {
				await frm.call("roll_back");
				frm.reload_doc();
			});
		});
	},
});

for (const field of ["before", "after"]) {
	frappe.meta.docfield_map["Social Triage Model"][field].formatter = (share) =>
		share && `${format_number(100 * share, null, 1)} %`;
}
