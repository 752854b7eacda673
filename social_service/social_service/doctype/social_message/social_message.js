// A post that could not be decided can be decided again; what was decided wrongly is corrected in one click.
frappe.ui.form.on("Social Message", {
	refresh(frm) {
		if (frm.doc.fate === "failed") {
			frm.add_custom_button(__("Retry"), async () => {
				await frm.call("retry");
				frm.reload_doc();
			});
		}
		const { words, urgency, may_be_made, make } = social_service.corrections;
		if (!may_be_made(frm.doc)) return;
		for (const [word, label] of Object.entries({ ...words(), ...urgency() })) {
			const correct = async () => {
				await make([frm.doc.name], word);
				frm.reload_doc();
			};
			frm.add_custom_button(label, correct, __("Correct"));
		}
	},
});
