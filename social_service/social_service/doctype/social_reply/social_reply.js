// What a person may do with an answer that has not left, or did not arrive. The doors decide; here stands what is offered.
(() => {
	const API = "social_service.api_answers.";

	frappe.ui.form.on("Social Reply", {
		refresh(frm) {
			const { state } = frm.doc;
			if (["Failed", "Unknown"].includes(state)) button(frm, __("Retry"), () => call("retry", [frm.doc.name]));
			if (frm.doc.__onload?.may_approve) {
				button(frm, __("Read and decide"), () => decide(frm)).addClass("btn-primary");
			}
			if (["Awaiting Approval", "Queued", "Failed", "Unknown"].includes(state)) {
				button(frm, __("Take back"), () => take_back(frm));
			}
		},
	});

	function button(frm, label, work) {
		return frm.add_custom_button(label, async () => {
			await work();
			frm.reload_doc();
		});
	}

	const call = (door, replies, more = {}) => frappe.xcall(`${API}${door}`, { replies, ...more });

	async function take_back(frm) {
		const told = await call("cancel", [frm.doc.name]);
		if (told.may_be_out) {
			frappe.show_alert(__("It may be on the network already. We look; if it is not there, it is not sent."));
		}
	}

	// --- four eyes ---------------------------------------------------------------------------------------------

	async function decide(frm) {
		const ask = (text = "") => frappe.xcall(`${API}look`, { reply: frm.doc.name, text });
		let waiting = await ask();
		const fields = [
			{ fieldname: "post", fieldtype: "Small Text", label: __("Post"), read_only: 1, default: waiting.post },
			{ fieldname: "text", fieldtype: "Long Text", label: __("Answer"), default: waiting.text, onchange: look_again },
			{ fieldname: "objections", fieldtype: "HTML" },
			{ fieldname: "reason", fieldtype: "Data", label: __("What to change, if you return it") },
		];
		const dialog = new frappe.ui.Dialog({
			title: __("{0} · written by {1}", [waiting.rule, waiting.agent]),
			fields,
			primary_action_label: __("Approve"),
			primary_action: ({ text }) =>
				done(call("approve", [frm.doc.name], { text, seen: waiting.warnings.map(({ key }) => key) })),
			secondary_action_label: __("Return"),
			secondary_action: () =>
				done(frappe.xcall(`${API}give_back`, { reply: frm.doc.name, reason: dialog.get_value("reason") || "" })),
		});
		show();
		dialog.show();
		return new Promise((ended) => (dialog.onhide = ended));

		async function done(call) {
			await call;
			dialog.hide();
		}

		async function look_again() {
			waiting = { ...waiting, ...(await ask(dialog.get_value("text"))) };
			show();
		}

		function show() {
			const line = ({ sentence }, tone) =>
				`<p class="text-${tone} small">${frappe.utils.escape_html(sentence)}</p>`;
			const lines = [
				...waiting.stops.map((one) => line(one, "danger")),
				...waiting.warnings.map((one) => line(one, "warning")),
			];
			dialog.fields_dict.objections.$wrapper.html(lines.join(""));
			dialog.get_primary_btn().prop("disabled", waiting.stops.length > 0);
		}
	}
})();
