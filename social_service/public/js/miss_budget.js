// The settings form tells what a miss budget costs: how many of the last posts agents would read. Nothing is stored.

(() => {
	frappe.ui.form.on("Social Service Settings", {
		refresh(frm) {
			if (!frm.perm[0]?.write) return;
			frm.add_custom_button(__("How much would agents read?"), () => show_efforts());
		},
	});

	async function show_efforts() {
		frappe.dom.freeze(__("Reading the last posts; nothing is stored …"));
		try {
			show(await frappe.xcall("social_service.api_settings.reading_effort"));
		} finally {
			frappe.dom.unfreeze();
		}
	}

	function show(efforts) {
		const dialog = new frappe.ui.Dialog({ title: __("How much would agents read?") });
		const told = __("Counted on the last {0} posts, by the rules and the budget that are saved now.", [efforts[0].of]);
		const lines = efforts.map(({ sentence, is_current }) => {
			const text = frappe.utils.escape_html(sentence);
			return `<li>${is_current ? `<b>${text}</b> ← ${__("now")}` : text}</li>`;
		});
		dialog.$body.append(`<p class="text-muted">${told}</p><ul class="pl-4">${lines.join("")}</ul>`);
		dialog.show();
	}
})();
