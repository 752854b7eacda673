// The form of a triage rule: before it is saved, it can be tried on the last posts. Nothing is stored by that.

(() => {
	frappe.ui.form.on("Social Triage Rule", {
		refresh(frm) {
			if (!frm.perm[0]?.write) return;
			frm.add_custom_button(__("Try on the last 100 posts"), () => try_on(frm));
		},
	});

	async function try_on(frm) {
		const rule = Object.fromEntries(frm.meta.fields.map(({ fieldname }) => [fieldname, frm.doc[fieldname]]));
		if (!frm.is_new()) rule.name = frm.doc.name;
		frappe.dom.freeze(__("Reading the last posts; nothing is stored …"));
		try {
			show(await frappe.xcall("social_service.api_channels.try_rule", { rule }));
		} finally {
			frappe.dom.unfreeze();
		}
	}

	function show({ looked_at, caught }) {
		const dialog = new frappe.ui.Dialog({ title: __("What this rule would catch"), size: "extra-large" });
		const changed = caught.filter(({ changes }) => changes).length;
		const told = __("Of the last {0} posts it would catch {1}; for {2} something would change.", [
			looked_at,
			caught.length,
			changed,
		]);
		dialog.$body.append(`<p>${told}</p>`, caught.length ? table(caught) : "");
		dialog.show();
	}

	function table(caught) {
		const heads = [__("Author"), __("Text"), __("Words"), __("Now"), __("With this rule")];
		const rows = caught.map((post) => [
			linked(post.author, post.url),
			`<div style="max-width: 34em; overflow-wrap: anywhere">${escaped(post.text)}</div>`,
			escaped(post.word),
			judged(post.before),
			post.decides ? judged(post.after, post.changes) : muted(post.reason),
		]);
		const line = (cells, tag) => `<tr>${cells.map((cell) => `<${tag}>${cell}</${tag}>`).join("")}</tr>`;
		return `<div class="table-responsive"><table class="table table-bordered small">
			<thead>${line(heads, "th")}</thead><tbody>${rows.map((row) => line(row, "td")).join("")}</tbody>
		</table></div>`;
	}

	const escaped = (text) => frappe.utils.escape_html(text || "");
	const muted = (text) => `<span class="text-muted">${escaped(text)}</span>`;

	function judged({ fate, need, topic, team, priority, ticket_type }, changes = false) {
		const color = { opened: "blue", watched: "gray", ignored: "darkgrey" }[fate];
		const pill = `<span class="indicator-pill whitespace-nowrap ${color}"><span>${__(fate)}</span></span>`;
		const more = [fate === "opened" ? __(need) : "", topic, team, priority, ticket_type].filter(Boolean);
		const text = more.map(escaped).join(" · ");
		return `${pill}<br>${changes ? `<b>${text}</b>` : text}`;
	}

	function linked(text, url) {
		if (!/^https?:\/\//.test(url || "")) return escaped(text);
		return `<a href="${escaped(url)}" target="_blank" rel="noopener noreferrer">${escaped(text)}</a>`;
	}
})();
