// The dialog that connects a channel, made of what its network's driver asks for. A stored secret is never shown.

(() => {
	frappe.provide("social_service.channel");
	const here = social_service.channel;

	async function connect(frm) {
		const network = here.network_of(frm);
		const { values, stored } = await frappe.xcall(`${here.API}connection`, { channel: frm.doc.name });
		const dialog = new frappe.ui.Dialog({
			title: __("Connect {0}", [network.label]),
			fields: [...network.fields.map((one) => field(one, values, stored)), ...afresh(stored)],
			primary_action_label: __("Connect"),
			primary_action: (values) => keep(frm, dialog, values),
		});
		dialog.fields_list.filter(({ df }) => df.fieldtype === "Password").forEach(quiet);
		dialog.$wrapper.find("textarea").css("height", "5em");
		dialog.$wrapper.addClass("social-connect");
		dialog.show();
	}

	function field({ key, label, secret, required, lines, default: usual }, values, stored) {
		const is_stored = stored.includes(key);
		const told = is_stored ? __("Stored. Leave empty to keep it.") : usual ? __("If empty: {0}", [usual]) : "";
		return {
			fieldname: key,
			label,
			fieldtype: secret ? "Password" : lines ? "Small Text" : "Data",
			reqd: required && !is_stored && !usual,
			default: secret ? "" : values[key],
			placeholder: is_stored ? "••••••••" : usual,
			description: frappe.utils.escape_html(told),
		};
	}

	function afresh(stored) {
		if (!stored.length) return [];
		return [
			{
				fieldname: "_afresh",
				fieldtype: "Check",
				label: __("Another account: forget all that is stored"),
			},
		];
	}

	function quiet(control) {
		// Frappe would send each secret to its test of passwords, and the browser would offer to remember it
		control.disable_password_checks();
		control.$input.attr({ autocomplete: "new-password", spellcheck: "false" });
	}

	async function keep(frm, dialog, { _afresh, ...values }) {
		for (const { df } of dialog.fields_list) {
			if (df.fieldtype !== "Check") values[df.fieldname] ??= ""; // what was emptied comes as nothing
		}
		const told = { values, afresh: _afresh ? 1 : 0 };
		await here.ask(frm, "connect_channel", __("Keeping the credentials …"), told);
		dialog.hide();
		await frm.reload_doc();
		await here.check(frm);
	}

	async function show_connection(frm) {
		const network = here.network_of(frm);
		const area = frm.fields_dict.connection.$wrapper.empty();
		if (!network) return;
		const { stored, webhook } = await frappe.xcall(`${here.API}connection`, { channel: frm.doc.name });
		const secrets = network.fields.filter(({ secret }) => secret);
		const lines = secrets.map(({ key, label, required }) => state(label, stored.includes(key), required));
		area.html(`<div class="social-connection">${lines.join(" ")}${network.pushes ? address(webhook) : ""}</div>`);
		area.find("[data-copy]").on("click", () => frappe.utils.copy_to_clipboard(webhook));
	}

	function state(label, is_stored, required) {
		const told = is_stored ? __("{0}: stored", [label]) : __("{0}: missing", [label]);
		if (!is_stored && !required) return "";
		return here.pill(told, is_stored ? "green" : "red");
	}

	function address(webhook) {
		return `<div class="form-group mt-3"><label class="control-label">${__("Webhook address")}</label>
			<div class="d-flex align-items-center">
				<code class="social-webhook mr-2" style="overflow-wrap: anywhere">${here.escaped(webhook)}</code>
				<button type="button" class="btn btn-xs btn-default text-nowrap" data-copy>${__("Copy")}</button>
			</div>
			<p class="help-box small text-muted">${__("Enter it at the network, so that posts come at once.")}</p></div>`;
	}

	Object.assign(here, { connect, show_connection });
})();
