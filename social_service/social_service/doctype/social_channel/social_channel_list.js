// The list of channels: how each is doing, at a glance and by one question to the server.

(() => {
	const CHANNEL_STATES = {
		green: __("Listening"),
		orange: __("Trouble"),
		red: __("Failing"),
		grey: __("Not read yet"),
	};

	frappe.listview_settings["Social Channel"] = {
		add_fields: ["enabled", "dry_run"],
		hide_name_column: true,
		colors: {},
		labels: {},
		async onload(list) {
			const [networks, colors] = await Promise.all([
				frappe.xcall("social_service.api.networks"),
				frappe.xcall("social_service.api.channel_colors"),
			]);
			this.labels = Object.fromEntries(networks.map(({ code, label }) => [code, label]));
			this.colors = colors;
			if (list.data?.length) list.render(); // asked again so soon, the list would not ask
		},
		get_indicator(doc) {
			if (!doc.enabled) return [__("Paused"), "gray", "enabled,=,0"];
			const color = this.colors[doc.name] || "grey";
			const state = doc.dry_run ? `${CHANNEL_STATES[color]} · ${__("Dry run")}` : CHANNEL_STATES[color];
			return [state, color === "grey" ? "gray" : color, "enabled,=,1"];
		},
		formatters: {
			driver: (code) => frappe.utils.escape_html(frappe.listview_settings["Social Channel"].labels[code] || code),
		},
	};
})();
