frappe.listview_settings["Social SLA Clock"] = {
	hide_name_column: true,
	add_fields: ["state", "stopped_at"],
	get_indicator({ state }) {
		const colours = { running: "blue", "on hold": "gray", met: "green", missed: "red", dropped: "orange", void: "gray" };
		return [__(state), colours[state] || "gray", `state,=,${state}`];
	},
};
