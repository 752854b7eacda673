// The form of a connected account. What it asks for comes from the network's driver: a new network changes nothing here.
// Frappe runs it in the global scope, so everything stands inside one function.

(() => {
	const API = "social_service.api.";
	const PILLS = { green: "green", orange: "orange", red: "red", grey: "gray" };

	frappe.ui.form.on("Social Channel", {
		async refresh(frm) {
			await show_networks(frm);
			show_fields(frm);
			show_banner(frm);
			if (frm.is_new()) return;
			add_buttons(frm);
			await show_health(frm);
		},
		driver: show_fields,
	});

	// --- what the network needs ----------------------------------------------------------------------------------

	async function show_networks(frm) {
		frm.networks ||= await frappe.xcall(`${API}networks`);
		const options = frm.networks.map(({ code, label }) => ({ value: code, label }));
		frm.set_df_property("driver", "options", [{ value: "", label: "" }, ...options]);
		frm.refresh_field("driver");
	}

	function show_fields(frm) {
		const chosen = frm.networks?.find(({ code }) => code === frm.doc.driver);
		const all = (frm.networks || []).flatMap(({ fields }) => fields.map(({ key }) => key));
		for (const key of new Set(all)) {
			const wanted = chosen?.fields.find((field) => field.key === key);
			frm.toggle_display(key, Boolean(wanted));
			frm.toggle_reqd(key, Boolean(wanted?.required));
			if (!wanted) continue;
			frm.set_df_property(key, "label", wanted.label);
			frm.set_df_property(key, "description", wanted.default ? __("If empty: {0}", [wanted.default]) : "");
		}
		frm.set_df_property("driver", "description", chosen ? guide(chosen) : "");
	}

	function guide({ guide: address, costs }) {
		const label = __("Where to get the credentials");
		return `<a href="${escaped(address)}" target="_blank" rel="noopener">${label}</a> · ${__("Costs")}: ${escaped(costs)}`;
	}

	function show_banner(frm) {
		frm.set_intro("");
		if (!frm.doc.enabled) frm.set_intro(__("Paused: nothing is read and nothing is published."), "orange");
		else if (frm.doc.dry_run)
			frm.set_intro(__("Dry run: posts are read and judged; no ticket opens and no answer goes out."), "blue");
	}

	// --- buttons -------------------------------------------------------------------------------------------------

	function add_buttons(frm) {
		if (!frm.perm[0]?.write) return;
		frm.add_custom_button(__("Check connection"), () => saved(frm, check));
		frm.add_custom_button(__("Preview"), () => saved(frm, preview));
		frm.add_custom_button(frm.doc.enabled ? __("Pause") : __("Resume"), () => switch_over(frm));
	}

	function saved(frm, work) {
		if (frm.is_dirty()) frappe.msgprint(__("Save the channel first: the network is asked with what is saved."));
		else work(frm);
	}

	async function switch_over(frm) {
		await frm.set_value("enabled", frm.doc.enabled ? 0 : 1);
		await frm.save();
	}

	async function ask(frm, method, text) {
		frappe.dom.freeze(text);
		try {
			return await frappe.xcall(`${API}${method}`, { channel: frm.doc.name });
		} finally {
			frappe.dom.unfreeze();
		}
	}

	async function check(frm) {
		const { account, problem } = await ask(frm, "check_channel", __("Asking the network …"));
		const whose = account ? __("Connected as {0}.", [`<b>${escaped(name_of(account))}</b>`]) : "";
		frappe.msgprint({
			title: problem ? __("Something is missing") : __("The connection works"),
			indicator: problem ? "red" : "green",
			message: [whose, escaped(problem)].filter(Boolean).join("<br>"),
		});
		await show_health(frm);
	}

	async function preview(frm) {
		const found = await ask(frm, "preview_channel", __("Reading what the network has; nothing is stored …"));
		const dialog = new frappe.ui.Dialog({ title: __("What would happen to the newest posts"), size: "extra-large" });
		dialog.$body.append(preview_html(found));
		dialog.show();
	}

	function preview_html({ posts, problem }) {
		const told = problem ? `<div class="alert alert-warning">${escaped(problem)}</div>` : "";
		if (!posts.length) return `${told}<p class="text-muted">${__("The network has no posts to show.")}</p>`;
		const rows = posts.map((post) => [
			when(post.sent_at),
			linked(post.author, post.url),
			`<div style="max-width: 36em; overflow-wrap: anywhere">${escaped(post.text)}</div>`,
			pill(post.fate, post.color),
			escaped(post.reason),
		]);
		return told + table([__("Written"), __("Who"), __("Text"), __("Fate"), __("Why")], rows);
	}

	// --- health --------------------------------------------------------------------------------------------------

	async function show_health(frm) {
		if (!frm.perm[0]?.write) return;
		const health = await frappe.xcall(`${API}channel_health`, { channel: frm.doc.name });
		const [state, color] = frm.doc.enabled ? [health.state, PILLS[health.color]] : [__("Paused"), "gray"];
		if (!frm.is_dirty()) frm.page.set_indicator(state, color);
		const facts = [
			pill(state, color),
			health.account ? __("Account {0}", [`<b>${escaped(name_of(health.account))}</b>`]) : __("Not checked yet"),
			health.undecided ? __("{0} posts wait to be decided", [health.undecided]) : "",
			health.cost_micros ? __("Cost this month: {0}", [dollars(health.cost_micros)]) : "",
		];
		const lacks = health.account?.missing.length
			? `<p class="text-danger">${__("Missing permission: {0}", [escaped(health.account.missing.join(", "))])}</p>`
			: "";
		const line = `<p>${facts.filter(Boolean).join(" · ")}</p>`;
		frm.fields_dict.health.$wrapper.html(`<div class="social-health">${line}${lacks}${streams_html(health.streams)}</div>`);
	}

	function streams_html(streams) {
		if (!streams.length) return `<p class="text-muted">${__("Press Check connection to begin.")}</p>`;
		const rows = streams.map((row) => [
			pill(row.label, PILLS[row.color]),
			when(row.last_success_at),
			when(row.next_at),
			row.failures || "",
			escaped(row.rate_left),
			[escaped(row.last_error), gap(row)].filter(Boolean).join("<br>"),
		]);
		const heads = [__("Stream"), __("Last success"), __("Next time"), __("Failures"), __("Calls left"), __("Last error")];
		return table(heads, rows);
	}

	function gap({ gap_since, gap_until }) {
		if (!gap_since && !gap_until) return "";
		return __("The network no longer tells what was written between {0} and {1}.", [when(gap_since), when(gap_until)]);
	}

	// --- small things --------------------------------------------------------------------------------------------

	const escaped = (text) => frappe.utils.escape_html(text || "");
	const name_of = ({ handle, name }) => (name ? `@${handle} (${name})` : `@${handle}`);
	const dollars = (micros) => `$${(micros / 1e6).toFixed(2)}`;
	const pill = (text, color) => `<span class="indicator-pill whitespace-nowrap ${color}"><span>${escaped(text)}</span></span>`;

	function when(iso) {
		if (!iso) return "–";
		const options = { day: "2-digit", month: "2-digit", hour: "2-digit", minute: "2-digit" };
		const told = new Date(iso).toLocaleString(frappe.boot.lang, { ...options, timeZone: frappe.sys_defaults.time_zone });
		return `<span class="text-nowrap">${told}</span>`;
	}

	function linked(text, url) {
		if (!/^https?:\/\//.test(url || "")) return escaped(text);
		return `<a href="${escaped(url)}" target="_blank" rel="noopener noreferrer">${escaped(text)}</a>`;
	}

	function table(heads, rows) {
		const line = (cells, tag) => `<tr>${cells.map((cell) => `<${tag}>${cell}</${tag}>`).join("")}</tr>`;
		return `<div class="table-responsive"><table class="table table-bordered small">
			<thead>${line(heads, "th")}</thead><tbody>${rows.map((cells) => line(cells, "td")).join("")}</tbody>
		</table></div>`;
	}
})();
