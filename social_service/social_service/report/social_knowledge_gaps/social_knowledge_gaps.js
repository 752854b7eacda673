// Filters, and a link from each number to the posts behind it.
frappe.query_reports["Social Knowledge Gaps"] = {
	filters: [
		{
			fieldname: "from_date",
			label: __("From"),
			fieldtype: "Date",
			default: frappe.datetime.add_days(frappe.datetime.get_today(), -27),
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
		{ fieldname: "language", label: __("Language"), fieldtype: "Link", options: "Language" },
		{ fieldname: "team", label: __("Team"), fieldtype: "Link", options: "HD Team" },
	],

	formatter(value, row, column, data, default_formatter) {
		// what people wrote is shown as text, whatever it looks like
		const safe = typeof value === "string" ? frappe.utils.escape_html(value) : value;
		const shown = default_formatter(safe, row, column, data);
		if (!data || column.fieldname !== "count") return shown;
		const named = encodeURIComponent(JSON.stringify(["in", data.messages]));
		return `<a href="${frappe.router.make_url(["social-message"])}?name=${named}">${shown}</a>`;
	},
};
