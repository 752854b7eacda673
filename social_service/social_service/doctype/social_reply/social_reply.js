// An answer that was not published is tried again; one that may have been is looked for first.
frappe.ui.form.on("Social Reply", {
	refresh(frm) {
		if (!["Failed", "Unknown"].includes(frm.doc.state)) return;
		frm.add_custom_button(__("Retry"), async () => {
			await frm.call("retry");
			frm.reload_doc();
		});
	},
});
