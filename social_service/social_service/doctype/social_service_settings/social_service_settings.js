// The form of the settings: how well triage and suggestions would have worked on the last days. Nothing is stored by that.

(() => {
	const DAYS = 90;

	frappe.ui.form.on("Social Service Settings", {
		refresh(frm) {
			if (!frm.perm[0]?.write) return;
			frm.add_custom_button(__("How well on my last {0} days?", [DAYS]), ask);
		},
	});

	async function ask() {
		frappe.dom.freeze(__("Judging the posts of the last {0} days again; nothing is stored …", [DAYS]));
		try {
			show(await frappe.xcall("social_service.api_how_well.how_well", { days: DAYS }));
		} finally {
			frappe.dom.unfreeze();
		}
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
