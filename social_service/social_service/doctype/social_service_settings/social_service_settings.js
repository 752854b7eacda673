// The form of the settings: how much a miss budget makes agents read, and how well triage and suggestions would have worked
// on the last days. Nothing is stored by that.

(() => {
	const API = "social_service.api_settings.";
	const DAYS = 90;

	frappe.ui.form.on("Social Service Settings", {
		refresh(frm) {
			if (!frm.perm[0]?.write) return;
			frm.add_custom_button(__("How much would agents read?"), ask_effort);
			frm.add_custom_button(__("How well on my last {0} days?", [DAYS]), ask);
		},
	});

	async function waiting(told, work) {
		frappe.dom.freeze(told);
		try {
			return await work();
		} finally {
			frappe.dom.unfreeze();
		}
	}

	// --- how much would agents read? ---------------------------------------------------------------------------

	async function ask_effort() {
		const told = __("Reading the last posts; nothing is stored …");
		show_effort(await waiting(told, () => frappe.xcall(`${API}reading_effort`)));
	}

	function show_effort(efforts) {
		const dialog = new frappe.ui.Dialog({ title: __("How much would agents read?") });
		const told = __("Counted on the last {0} posts, by the rules and the budget that are saved now.", [efforts[0].of]);
		const lines = efforts.map(({ sentence, is_current }) => {
			const text = escaped(sentence);
			return `<li>${is_current ? `<b>${text}</b> ← ${__("now")}` : text}</li>`;
		});
		dialog.$body.append(`<p class="text-muted">${told}</p><ul class="social-efforts pl-4">${lines.join("")}</ul>`);
		dialog.show();
	}

	// --- how well would it have worked? ------------------------------------------------------------------------

	async function ask() {
		const told = __("Judging the posts of the last {0} days again; nothing is stored …", [DAYS]);
		show(await waiting(told, () => frappe.xcall(`${API}how_well`, { days: DAYS })));
	}

	function show({ days, told, triage }) {
		const dialog = new frappe.ui.Dialog({
			title: __("How well it would have worked on the last {0} days", [days]),
			size: "large",
		});
		const sentences = told.map((sentence) => `<p>${escaped(sentence)}</p>`).join("");
		dialog.$body.append(`<div class="social-how-well">${sentences}${table(triage)}</div>`);
		dialog.show();
	}

	function table(triage) {
		if (!triage.some(({ posts }) => posts)) return "";
		const heads = [
			__("Known from"),
			__("Posts"),
			__("Needed a reply"),
			__("Missed"),
			__("Shown without need"),
		];
		const rows = triage.map(({ known_from, posts, needed, missed, needless }) => [
			escaped(known_from),
			...[posts, needed, missed, needless].map((count) => `<div class="text-right">${count}</div>`),
		]);
		const line = (cells, tag) => `<tr>${cells.map((cell) => `<${tag}>${cell}</${tag}>`).join("")}</tr>`;
		return `<div class="table-responsive"><table class="table table-bordered small">
			<thead>${line(heads, "th")}</thead><tbody>${rows.map((row) => line(row, "td")).join("")}</tbody>
		</table></div>`;
	}

	const escaped = (text) => frappe.utils.escape_html(text || "");
})();
