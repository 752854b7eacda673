// A post that could not be decided can be decided again.
frappe.ui.form.on("Social Message", {
	refresh(frm) {
		if (frm.doc.fate !== "failed") return;
		frm.add_custom_button(__("Retry"), async () => {
			await frm.call("retry");
			frm.reload_doc();
		});
	},
});
