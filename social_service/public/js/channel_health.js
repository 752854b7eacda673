// What each stream of a channel brought, how late, what is missing and what it cost.

(() => {
	frappe.provide("social_service.channel");
	const here = social_service.channel;
	const [MINUTE, HOUR, DAY] = [60, 3600, 86400];
	const ORANGE = "var(--orange-700, #b45309)"; // Bootstrap's warning is too pale to read

	async function show_health(frm) {
		const health = await frappe.xcall(`${here.API}channel_health`, { channel: frm.doc.name });
		const { label, color } = health.state;
		if (!frm.is_dirty()) frm.page.set_indicator(label, color);
		const area = frm.fields_dict.health.$wrapper;
		const parts = [facts(health), lacks(health), alarms(health), money(health.budget), streams(health.streams)];
		area.html(`<div class="social-health">${parts.join("")}</div>`);
		name_streams(frm, health.streams);
		area.find("[data-backfill]").on("click", ({ currentTarget }) => backfill(frm, currentTarget.dataset.backfill));
	}

	// --- the channel ---------------------------------------------------------------------------------------------

	function facts({ state, account, signed_in_until, undecided }) {
		const told = [
			here.pill(state.label, state.color),
			account ? __("Account {0}", [`<b>${here.escaped(here.name_of(account))}</b>`]) : __("Not checked yet"),
			signed_in_until ? __("The sign-in ends {0}", [day(signed_in_until)]) : "",
			undecided ? __("{0} posts wait to be decided", [undecided]) : "",
		];
		return `<p>${told.filter(Boolean).join(" · ")}</p>`;
	}

	function lacks({ account }) {
		if (!account?.missing.length) return "";
		const missing = here.escaped(account.missing.join(", "));
		return `<p class="text-danger">${__("Missing permission: {0}", [missing])}</p>`;
	}

	function alarms({ streams }) {
		const told = streams.filter(({ alarm }) => alarm).map(
			({ label, alarm: { text, since } }) =>
				`<div><b>${here.escaped(label)}</b>${since ? ` (${__("since {0}", [here.when(since)])})` : ""}: ${here.escaped(text)}</div>`
		);
		return told.length ? `<div class="alert alert-danger social-alarm">${told.join("")}</div>` : "";
	}

	function money({ limit_micros, spent_micros, forecast_micros, cost_per_call_micros }) {
		if (!limit_micros && !spent_micros) return "";
		const spent = limit_micros
			? __("Spent this month: {0} of {1}", [dollars(spent_micros), dollars(limit_micros)])
			: __("Spent this month: {0}", [dollars(spent_micros)]);
		const told = [spent, __("forecast {0}", [dollars(forecast_micros)])];
		if (cost_per_call_micros) told.push(__("{0} a call", [dollars(cost_per_call_micros, 4)]));
		const share = limit_micros ? spent_micros / limit_micros : 0;
		const color = share >= 1 ? "var(--red-600)" : share >= 0.8 ? ORANGE : "inherit";
		return `<p class="social-money" style="color: ${color}">${told.join(" · ")}</p>`;
	}

	function name_streams(frm, all) {
		const keys = all.filter(({ is_polled }) => is_polled).map(({ key }) => key);
		if (keys.length) frm.set_df_property("essential", "description", __("One a line, of these: {0}", [keys.join(", ")]));
	}

	// --- its streams ---------------------------------------------------------------------------------------------

	function streams(rows) {
		if (!rows.length) return `<p class="text-muted">${__("Press Connect to begin.")}</p>`;
		const heads = [
			...[__("Stream"), __("Seen"), __("Stored"), __("Decided"), __("Failed"), __("Waiting")],
			...[__("Lag p50 / p95"), `<span class="text-nowrap">${__("Last success")}<br>${__("Next time")}</span>`],
		];
		const told = __("Lag: from when a post was written until it got its fate, in the last 24 hours.");
		const has_alarm = rows.some(({ alarm }) => alarm);
		return `${here.table(heads, rows.flatMap((row) => stream(row, has_alarm)))}<p class="small text-muted">${told}</p>`;
	}

	/** An alarm may ask for Backfill, whichever stream it is of. */
	function stream(row, has_alarm) {
		const counts = row.figures || {};
		const has_failed = counts.failed ? `<b class="text-danger">${counts.failed}</b>` : counts.failed;
		const cells = [
			here.pill(row.label, row.state.color) + (has_alarm && row.is_polled && !row.gap ? button(row.key) : "") + calls_left(row),
			...[counts.seen, counts.stored, counts.decided, has_failed, counts.waiting].map((one) => one ?? ""),
			[span(counts.lag_p50_s), span(counts.lag_p95_s)].filter(Boolean).join(" / "),
			[row.last_success_at, row.next_at].filter(Boolean).map(here.when).join("<br>"),
		];
		const told = notes(row).filter(Boolean);
		return told.length ? [cells, { wide: told.join("<br>") }] : [cells];
	}

	function calls_left({ rate_left, rate_resets_at }) {
		if (!rate_left) return "";
		const until = rate_resets_at ? __("until {0}", [new Date(rate_resets_at).toLocaleTimeString(frappe.boot.lang, { timeZone: frappe.sys_defaults.time_zone })]) : "";
		return `<div class="text-muted mt-1" title="${here.escaped(until)}">${__("Calls left")}: ${here.escaped(rate_left)}</div>`;
	}

	function notes({ key, failures, last_error, figures, gap }) {
		const { found_late, counted, ours } = figures || {};
		return [
			failures ? `<span class="text-danger">${__("{0} failures in a row", [failures])}: ${here.escaped(last_error)}</span>` : "",
			gap ? missing(gap) + button(key) : "",
			found_late ? __("{0} posts found late", [found_late]) : "",
			counted != null ? __("The network counts {0} posts, {1} are here", [counted, ours]) : "",
		];
	}

	function missing({ since, until, reason }) {
		const times = [since ? here.when(since) : __("an unknown time"), here.when(until)];
		const told = __("Posts between {0} and {1} may be missing.", times);
		return `<span style="color: ${ORANGE}">${told}</span> ${here.escaped(reason)}`;
	}

	function button(key) {
		const title = here.escaped(__("Read the stream again and store what is missing"));
		return ` <button type="button" class="btn btn-xs btn-default" title="${title}" data-backfill="${here.escaped(key)}">${__("Backfill")}</button>`;
	}

	async function backfill(frm, stream) {
		await here.ask(frm, "backfill", __("One moment …"), { stream });
		frappe.show_alert({ message: __("The stream is read again within the next minutes."), indicator: "green" });
		await show_health(frm);
	}

	// --- units ---------------------------------------------------------------------------------------------------

	const dollars = (micros, digits = 2) => `$${(micros / 1e6).toFixed(digits)}`;
	const day = (iso) => new Date(iso).toLocaleDateString(frappe.boot.lang, { dateStyle: "medium" });

	function span(seconds) {
		if (seconds == null) return "";
		if (seconds < 2 * MINUTE) return __("{0} s", [seconds]);
		if (seconds < 2 * HOUR) return __("{0} min", [Math.round(seconds / MINUTE)]);
		if (seconds < 2 * DAY) return __("{0} h", [Math.round(seconds / HOUR)]);
		return __("{0} days", [Math.round(seconds / DAY)]);
	}

	Object.assign(here, { show_health });
})();
