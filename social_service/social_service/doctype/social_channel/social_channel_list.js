// The list of channels: how each is doing, at a glance and by one question to the server.

frappe.listview_settings["Social Channel"] = {
	add_fields: ["enabled", "dry_run"],
	hide_name_column: true,
	states: {},
	labels: {},
	async onload(list) {
		const [networks, states] = await Promise.all([
			frappe.xcall("social_service.api_channels.networks"),
			frappe.xcall("social_service.api_channels.channel_states"),
		]);
		this.labels = Object.fromEntries(networks.map(({ code, label }) => [code, label]));
		this.states = states;
		if (list.data?.length) list.render(); // asked again so soon, the list would not ask
	},
	get_indicator(doc) {
		const { label, color } = this.states[doc.name] || { label: __("Not read yet"), color: "gray" };
		const is_dry = doc.enabled && doc.dry_run;
		return [is_dry ? `${label} · ${__("Dry run")}` : label, color, `enabled,=,${doc.enabled}`];
	},
	formatters: {
		driver: (code) => frappe.utils.escape_html(frappe.listview_settings["Social Channel"].labels[code] || code),
	},
};
