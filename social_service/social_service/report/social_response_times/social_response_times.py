"""A door: filters → measure → columns, chart, summary. What the figures mean is said by measure."""

from __future__ import annotations

from datetime import datetime, timezone
from functools import cache
from html import escape
from zoneinfo import ZoneInfo

import frappe
from frappe import _
from frappe.utils import add_days, format_duration, formatdate, get_system_timezone, getdate, today

from social_service.hosts.base import Store
from social_service.hosts.frappe_permissions import visible_teams
from social_service.hosts.frappe_store import FrappeStore, say
from social_service.measure import DEFINITIONS, Asked, By, Measured, TargetOf, measure
from social_service.records import Visibility
from social_service.sentence import Sentence
from social_service.settings import Facts, SocialSLAPolicy
from social_service.sla import policy_for
from social_service.wait import Key, Line, Span

LONGEST_DAYS = 366
HOURS_FROM = 3 * 3600  # a chart of longer waits is in hours
OF_PROMISES = ("Within target", "Overdue", "Of it until we had it", "Next response")
CAN_GROW = ("response_p50", "response_p90", "next_p50", "next_p90")


def execute(filters: dict | None = None) -> tuple:
	"""(columns, rows, message, chart, summary)"""
	asked = _asked(frappe._dict(filters or {}))
	store = FrappeStore()
	measured = measure(store, asked, _targets(store), datetime.now(timezone.utc))
	total = measured.total()
	columns = _columns(asked.by, with_promises=bool(total.promised))
	if not (total.posts or measured.waits):
		return columns, [], _nothing_yet(), None, None
	lines = [line for line in measured.lines() if asked.by is not By.CHANNEL or line.posts or line.answered]
	titles = _titles(asked.by)
	rows = [_row(line, titles) for line in lines] + ([_row(total, titles)] if len(lines) != 1 else [])
	return columns, rows, _definitions(total), _chart(measured), _summary(total)


def _targets(store: Store) -> TargetOf:
	"""Of tickets that are older than their clocks: what is promised around the clock to whoever writes there."""
	policies = store.find(SocialSLAPolicy, {"enabled": True}, order="sort_order,title", limit=1000)

	@cache
	def target_of(channel: str, visibility: Visibility) -> int | None:
		policy = policy_for(Facts(channel, visibility), policies)
		if policy is None or policy.hours or policy.hours_of or policy.holidays:
			return None
		return policy.first_response

	return target_of


# --- what is asked -------------------------------------------------------------------------------------------


def _asked(filters: frappe._dict) -> Asked:
	last = getdate(filters.to_date or today())
	first = getdate(filters.from_date or add_days(last, -6))
	if first > last:
		frappe.throw(_("The first day is after the last. Choose an earlier first day."))
	if (last - first).days >= LONGEST_DAYS:
		frappe.throw(_("That is more than a year. Choose at most {0} days.").format(LONGEST_DAYS))
	channels = frozenset({filters.channel}) if filters.channel else None
	by = By(filters.group_by or By.CHANNEL.value)
	return Asked(first, last, ZoneInfo(get_system_timezone()), by, channels, _teams(filters.team))


def _teams(wanted: str | None) -> frozenset[str] | None:
	may_see = visible_teams(frappe.session.user)
	if not wanted:
		return may_see
	return frozenset({wanted}) if may_see is None or wanted in may_see else frozenset()


# --- what is shown -------------------------------------------------------------------------------------------


def _columns(by: By, *, with_promises: bool) -> list[dict]:
	first = {By.CHANNEL: _("Channel"), By.TEAM: _("Team"), By.DAY: _("Day")}[by]
	columns = [
		("group", first, "Date" if by is By.DAY else "Data", 150),
		("posts", _("Posts"), "Int", 75),
		("tickets", _("Tickets"), "Int", 80),
		("answered", _("Answered"), "Int", 100),
		("unanswered", _("Unanswered"), "Int", 115),
		("answered_share", _("Answered share"), "Percent", 135),
		("response_p50", _("First response, p50"), "Duration", 165),
		("response_p90", _("First response, p90"), "Duration", 165),
		("fetch_p50", _("Of it until we had it, p50"), "Duration", 185),
		("next_p50", _("Next response, p50"), "Duration", 160),
		("next_p90", _("Next response, p90"), "Duration", 160),
		("within_share", _("Within target"), "Percent", 130),
		("overdue", _("Overdue"), "Int", 95),
		("lag_p50", _("Detection lag, p50"), "Duration", 150),
		("lag_p90", _("Detection lag, p90"), "Duration", 150),
	]
	hidden = () if with_promises else ("within_share", "overdue", "fetch_p50", "next_p50", "next_p90")
	keys = ("fieldname", "label", "fieldtype", "width")
	return [dict(zip(keys, one, strict=True)) for one in columns if one[0] not in hidden]


def _row(line: Line, titles: dict[str, str]) -> dict:
	return {
		"group": line.key
		if not isinstance(line.key, str)
		else titles.get(line.key, line.key or _("No team")),
		"key": line.key,
		"is_total": line.key is None,
		"posts": line.posts,
		"tickets": line.tickets,
		"answered": line.answered,
		"unanswered": line.unanswered,
		"answered_share": _percent(line.answered_share),
		"within_share": _percent(line.within_share),
		"overdue": line.overdue,
		"response_p50": _seconds(line.response_p50),
		"response_p90": _seconds(line.response_p90),
		"next_p50": _seconds(line.next_p50),
		"next_p90": _seconds(line.next_p90),
		"fetch_p50": _seconds(line.fetch_p50),
		"lag_p50": _seconds(line.lag_p50),
		"lag_p90": _seconds(line.lag_p90),
		"at_least": [name for name in CAN_GROW if _can_grow(getattr(line, name))],
	}


def _titles(by: By) -> dict[Key, str]:
	if by is not By.CHANNEL:
		return {}
	return dict(frappe.get_all("Social Channel", fields=["name", "title"], as_list=True))


def _percent(share: float | None) -> float | None:
	return None if share is None else round(share * 100, 1)


def _seconds(span: Span | None) -> int | None:
	return None if span is None else round(span.time.total_seconds())


def _can_grow(span: Span | None) -> bool:
	return span is not None and span.at_least


def _summary(total: Line) -> list[dict]:
	unanswered = "Red" if total.unanswered else "Green"
	promise = (_("Within target"), _percent(total.within_share), "Percent", "Blue")
	items = [
		promise if total.promised else (_("Posts"), total.posts, "Int", "Grey"),
		(_("Tickets"), total.tickets, "Int", "Grey"),
		(_("Unanswered"), total.unanswered, "Int", unanswered),
		(_("First response, p50"), _time(total.response_p50), "Data", "Blue"),
		(_("First response, p90"), _time(total.response_p90), "Data", "Blue"),
	]
	keys = ("label", "value", "datatype", "indicator")
	return [dict(zip(keys, one, strict=True)) for one in items]


def _time(span: Span | None) -> str:
	if span is None:
		return "–"
	return f"{'≥ ' if span.at_least else ''}{format_duration(_seconds(span)) or '0s'}"


def _chart(measured: Measured) -> dict | None:
	days = measured.responses_by_day()
	if not measured.waits:
		return None
	labels = [formatdate(day.key, "dd.MM.") for day in days]
	return (
		_chart_of_promises(days, labels)
		if any(day.promised for day in days)
		else _chart_of_times(days, labels)
	)


def _chart_of_promises(days: list[Line], labels: list[str]) -> dict:
	"""How many, not how much of a day: a day without posts is no bad day."""
	datasets = [
		{"name": _("Within target"), "values": [day.within for day in days]},
		{"name": _("Late"), "values": [day.late for day in days]},
		{"name": _("Unanswered"), "values": [day.promised - day.within - day.late for day in days]},
	]
	colours = ["#46b37e", "#ecad4b", "#e24c4c"]
	return _bars(labels, datasets, colours) | {"barOptions": {"stacked": 1}}


def _chart_of_times(days: list[Line], labels: list[str]) -> dict:
	both = [(_seconds(day.response_p50) or 0, _seconds(day.response_p90) or 0) for day in days]
	unit, seconds = (_("hours"), 3600) if max(p90 for _p50, p90 in both) > HOURS_FROM else (_("minutes"), 60)
	datasets = [
		{"name": f"p{p}, {unit}", "values": [round(one[n] / seconds, 1) for one in both]}
		for n, p in enumerate((50, 90))
	]
	return _bars(labels, datasets, ["#4f9dd9", "#b6d4ee"])


def _bars(labels: list[str], datasets: list[dict], colours: list[str]) -> dict:
	return {"type": "bar", "colors": colours, "data": {"labels": labels, "datasets": datasets}}


# --- words ---------------------------------------------------------------------------------------------------


def _definitions(total: Line) -> str:
	shown = {
		name: text for name, text in DEFINITIONS.items() if total.promised or str(name) not in OF_PROMISES
	}
	lines = "".join(f"<li><b>{_said(name)}</b>: {_said(text)}</li>" for name, text in shown.items())
	zone = escape(_("Days are those of {0}.").format(get_system_timezone()))
	return (
		f"<details><summary>{_('What these figures mean')}</summary><ul>{lines}<li>{zone}</li></ul></details>"
	)


def _said(sentence: Sentence) -> str:
	return escape(say(sentence, frappe.local.lang))


def _nothing_yet() -> str:
	if not frappe.db.count("Social Channel"):
		return _(
			"No channel is connected yet. Connect one under {0}, and its posts are counted here."
		).format(_list_link("Social Channel"))
	return _("No post of these days is here. Choose other days, or look at {0} whether posts arrive.").format(
		_list_link("Social Stream")
	)


def _list_link(doctype: str) -> str:
	return f'<a href="/app/{frappe.scrub(doctype).replace("_", "-")}">{escape(_(doctype))}</a>'
