// The form of a connected account. What it asks for comes from the network's driver: a new network changes nothing here.
// Frappe runs it in the global scope, so everything stands inside one function. `channel_connect.js` has the dialog,
// `channel_health.js` the figures; both find what they share in `social_service.channel`.

(() => {
	frappe.provide("social_service.channel");
	const API = "social_service.api_channels.";
	const OF_FORM = ["base_url", "keywords", "hashtags"]; // settings of drivers that are fields here

	frappe.ui.form.on("Social Channel", {
		async refresh(frm) {
			await show_networks(frm);
			show_fields(frm);
			show_banner(frm);
			if (frm.is_new()) return;
			add_buttons(frm);
			const { show_health, show_connection } = social_service.channel;
			if (frm.perm[0]?.write) await Promise.all([show_health(frm), show_connection(frm)]);
		},
		driver: show_fields,
		before_save(frm) {
			frm.was_new = frm.is_new();
		},
		after_save(frm) {
			if (frm.was_new) social_service.channel.connect(frm);
		},
	});

	// --- what the network needs ----------------------------------------------------------------------------------

	async function show_networks(frm) {
		frm.networks ||= await frappe.xcall(`${API}networks`);
		const options = frm.networks.map(({ code, label }) => ({ value: code, label }));
		frm.set_df_property("driver", "options", [{ value: "", label: "" }, ...options]);
		frm.fields_dict.driver.df.formatter = (code) => escaped(network_of(frm)?.label || code); // once saved, it stays
		frm.refresh_field("driver");
	}

	function show_fields(frm) {
		const chosen = network_of(frm);
		for (const key of OF_FORM) {
			const wanted = chosen?.fields.find((field) => field.key === key);
			frm.toggle_display(key, Boolean(wanted));
			if (!wanted) continue;
			frm.set_df_property(key, "label", wanted.label);
			if (wanted.default) frm.set_df_property(key, "description", __("If empty: {0}", [wanted.default]));
		}
		frm.toggle_display("base_url", !frm.is_new() && Boolean(frm.doc.base_url));
		frm.set_df_property("driver", "description", chosen ? guide(chosen) : "");
	}

	function network_of(frm) {
		return frm.networks?.find(({ code }) => code === frm.doc.driver);
	}

	function guide({ guide: address, costs }) {
		const label = __("Where to get the credentials");
		return `<a href="${escaped(address)}" target="_blank" rel="noopener">${label}</a> · ${__("Costs")}: ${escaped(costs)}`;
	}

	function show_banner(frm) {
		frm.set_intro("");
		if (frm.is_new()) frm.set_intro(__("Save it, and a dialog asks for the credentials."), "blue");
		else if (!frm.doc.enabled) frm.set_intro(__("Paused: nothing is read and nothing is published."), "orange");
		else if (frm.doc.parked?.trim())
			frm.set_intro(
				__("Parked: nothing is read and nothing is published. Tickets say: {0}", [escaped(frm.doc.parked)]),
				"orange"
			);
		else if (frm.doc.dry_run)
			frm.set_intro(__("Dry run: posts are read and judged; no ticket opens and no answer goes out."), "blue");
	}

	// --- buttons -------------------------------------------------------------------------------------------------

	function add_buttons(frm) {
		if (!frm.perm[0]?.write) return;
		frm.add_custom_button(__("Connect"), () => saved(frm, social_service.channel.connect));
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

	async function ask(frm, method, text, more = {}) {
		frappe.dom.freeze(text);
		try {
			return await frappe.xcall(`${API}${method}`, { channel: frm.doc.name, ...more });
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
		await social_service.channel.show_health(frm);
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

	// --- small things --------------------------------------------------------------------------------------------

	const escaped = (text) => frappe.utils.escape_html(text || "");
	const name_of = ({ handle, name }) => (name ? `@${handle} (${name})` : `@${handle}`);
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
		// a row is its cells, or what belongs to the row above and takes the whole width
		const line = (cells, tag) => `<tr>${cells.map((cell) => `<${tag}>${cell}</${tag}>`).join("")}</tr>`;
		const wide = (text) => `<tr><td colspan="${heads.length}" class="border-top-0 pl-4">${text}</td></tr>`;
		const body = rows.map((row) => (row.wide ? wide(row.wide) : line(row, "td")));
		return `<div class="table-responsive"><table class="table table-bordered small">
			<thead>${line(heads, "th")}</thead><tbody>${body.join("")}</tbody>
		</table></div>`;
	}

	Object.assign(social_service.channel, { API, ask, check, escaped, name_of, network_of, pill, table, when });
})();
