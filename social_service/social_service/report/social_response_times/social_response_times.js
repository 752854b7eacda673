// Filters, and links from a number to the records behind it.
frappe.query_reports["Social Response Times"] = {
	filters: [
		{
			fieldname: "from_date",
			label: __("From"),
			fieldtype: "Date",
			default: frappe.datetime.add_days(frappe.datetime.get_today(), -6),
			reqd: 1,
		},
		{
			fieldname: "to_date",
			label: __("To"),
			fieldtype: "Date",
			default: frappe.datetime.get_today(),
			reqd: 1,
		},
		{ fieldname: "channel", label: __("Channel"), fieldtype: "Link", options: "Social Channel" },
		{ fieldname: "team", label: __("Team"), fieldtype: "Link", options: "HD Team" },
		{
			fieldname: "group_by",
			label: __("Group by"),
			fieldtype: "Select",
			options: [
				{ value: "channel", label: __("Channel") },
				{ value: "team", label: __("Team") },
				{ value: "day", label: __("Day") },
			],
			default: "channel",
			reqd: 1,
		},
	],

	formatter(value, row, column, data, default_formatter) {
		if (!data) return default_formatter(value, row, column, data);
		const field = column.fieldname;
		if (field === "group" && data.is_total) return `<b>${__("All")}</b>`;
		if (value === null || value === undefined) return `<span class="text-muted">–</span>`;
		let shown = default_formatter(value, row, column, data);
		if ((data.at_least || []).includes(field)) {
			const why = frappe.utils.escape_html(__("Somebody still waits: this can grow"));
			shown = `<span title="${why}">≥ ${shown}</span>`;
		}
		if (field === "unanswered" && value) shown = `<span class="text-danger">${shown}</span>`;
		const url = value ? this.link_behind(field, data) : "";
		if (url) shown = `<a href="${url}">${shown}</a>`;
		return data.is_total ? `<b>${shown}</b>` : shown;
	},

	// the list with the records that a number counts
	link_behind(field, data) {
		const behind = {
			posts: ["social-message", "sent_at", {}],
			tickets: ["social-message", "sent_at", { fate: "opened" }],
			answered: ["social-conversation", "first_post_at", { first_response_at: ["is", "set"] }],
			unanswered: ["social-conversation", "first_post_at", { first_response_at: ["is", "not set"] }],
		}[field];
		if (!behind) return "";
		const [list, time, more] = behind;
		const asked = frappe.query_report.get_filter_values();
		const by_day = asked.group_by === "day" && !data.is_total;
		const days = by_day ? [data.key, data.key] : [asked.from_date, asked.to_date];
		const filters = { [time]: ["Between", days], ...more };
		if (asked.channel) filters.channel = asked.channel;
		if (asked.team) filters.team = asked.team;
		if (!by_day && !data.is_total) filters[asked.group_by] = data.key || ["is", "not set"];
		const query = Object.entries(filters).map(([name, wanted]) => {
			const text = Array.isArray(wanted) ? JSON.stringify(wanted) : wanted;
			return `${name}=${encodeURIComponent(text)}`;
		});
		return `${frappe.router.make_url([list])}?${query.join("&")}`;
	},
};
