// The outbox: what has not left and why; many at once are tried again, taken back or approved; all publishing is stopped here.
(() => {
	const API = "social_service.api_answers.";
	const COLOURS = {
		"Awaiting Approval": "yellow",
		Queued: "blue",
		Sending: "blue",
		Sent: "green",
		Failed: "red",
		Unknown: "orange",
		Cancelled: "gray",
	};

	frappe.listview_settings["Social Reply"] = {
		add_fields: ["state"],
		hide_name_column: true,
		onload(listview) {
			// Frappe offers the title as a filter; of a long text that is a text area
			listview.page.fields_dict.text?.$wrapper.hide();
			add_actions(listview);
			show_publishing(listview);
		},
		get_indicator(doc) {
			return [__(doc.state, null, "Social Reply"), COLOURS[doc.state], `state,=,${doc.state}`];
		},
	};

	// --- many at once ------------------------------------------------------------------------------------------

	function add_actions(listview) {
		const actions = { [__("Approve")]: "approve", [__("Retry")]: "retry", [__("Take back")]: "cancel" };
		for (const [label, door] of Object.entries(actions)) {
			listview.page.add_actions_menu_item(label, () => work(listview, door), false);
		}
	}

	async function work(listview, door) {
		const replies = listview.get_checked_items(true);
		const { done, refused, may_be_out: mayBeOut } = await frappe.xcall(`${API}${door}`, { replies });
		const told = [__("{0} of {1} done.", [done, replies.length])];
		if (mayBeOut) told.push(__("It may be on the network already. We look; if it is not there, it is not sent."));
		const reasons = [...new Set(Object.values(refused || {}))];
		told.push(...reasons.map((reason) => frappe.utils.escape_html(reason)));
		frappe.msgprint({ message: told.join("<br>"), indicator: reasons.length ? "orange" : "green" });
		listview.clear_checked_items();
		listview.refresh();
	}

	// --- all publishing ----------------------------------------------------------------------------------------

	async function show_publishing(listview) {
		const told = await frappe.xcall(`${API}publishing`);
		listview.page.clear_inner_toolbar();
		banner(listview, told);
		if (!told.may_change) return;
		const group = __("Publishing");
		const add = (label, stop, channel) =>
			listview.page.add_inner_button(label, () => change(listview, stop, channel), group);
		add(told.is_stopped ? __("Allow publishing again") : __("Stop all publishing"), !told.is_stopped, "");
		for (const { name, title, stop_publishing: stopped } of told.channels) {
			const text = stopped ? __("Allow publishing on {0}", [title]) : __("Stop publishing on {0}", [title]);
			add(text, !stopped, name);
		}
	}

	async function change(listview, stop, channel) {
		await frappe.xcall(`${API}stop_publishing`, { stop: Number(stop), channel });
		await show_publishing(listview);
		listview.refresh();
	}

	function banner(listview, { is_stopped: isStopped, channels }) {
		const stopped = channels.filter((one) => one.stop_publishing).map((one) => one.title);
		const text = isStopped
			? __("All publishing is stopped. Answers stay queued.")
			: stopped.length && __("Publishing is stopped on {0}. Answers stay queued.", [stopped.join(", ")]);
		listview.$social_banner?.remove();
		if (!text) return;
		listview.$social_banner = $('<div class="social-stopped form-message red">').text(text);
		listview.page.main.prepend(listview.$social_banner);
	}
})();
