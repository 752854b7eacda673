frappe.ui.form.on("Social SLA Clock", {
	refresh(frm) {
		frm.disable_save();
		const stages = frm.doc.__onload?.stages || [];
		if (!stages.length) return;
		const cells = stages.map(({ name, seconds, is_over: isOver }) => {
			const told = frappe.utils.get_formatted_duration(seconds) || "0s";
			return `<div class="mr-4"><div class="text-muted small">${frappe.utils.escape_html(name)}${isOver ? "" : " …"}</div>
				<div>${frappe.utils.escape_html(told)}</div></div>`;
		});
		const title = frappe.utils.escape_html(__("Where the minutes went"));
		frm.dashboard.add_section(`<div class="social-minutes flex flex-wrap">${cells.join("")}</div>`, title);
		frm.dashboard.show();
	},
});
