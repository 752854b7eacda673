"""A door: filters → gaps → columns and rows, what to write next first."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import frappe
from frappe import _
from frappe.utils import add_days, get_system_timezone, getdate, today

from social_service.hosts.frappe_permissions import visible_teams
from social_service.hosts.frappe_store import to_site_time
from social_service.hosts.helpdesk import HelpdeskHost
from social_service.knowledge_gaps import Asked, Gaps, Missing, find_gaps
from social_service.lessons import index_of

DAYS = 28
LONGEST_DAYS = 366
MOST_LINKED = 100  # posts in the address of a list
MENTIONS = re.compile(r"^(?:@\S+ )+")


def execute(filters: dict | None = None) -> tuple:
	"""(columns, rows, message, chart, summary)"""
	asked, host = _asked(frappe._dict(filters or {})), HelpdeskHost()
	found = find_gaps(host.store, asked, index_of(host, datetime.now(timezone.utc)))
	if not found.asked:
		return _columns(), [], _("No question of these days is here. Choose other days."), None, None
	return _columns(), [_row(one) for one in found.missing], _message(found), None, _summary(found)


def _asked(filters: frappe._dict) -> Asked:
	last = getdate(filters.to_date or today())
	first = getdate(filters.from_date or add_days(last, 1 - DAYS))
	if first > last:
		frappe.throw(_("The first day is after the last. Choose an earlier first day."))
	if (last - first).days >= LONGEST_DAYS:
		frappe.throw(_("That is more than a year. Choose at most {0} days.").format(LONGEST_DAYS))
	zone = ZoneInfo(get_system_timezone())
	since, until = (
		datetime.combine(day, time(), zone).astimezone(timezone.utc) for day in (first, last + timedelta(1))
	)
	language = (filters.language or "").strip().lower()
	return Asked(since, until, filters.channel or "", language, _teams(filters.team))


def _teams(wanted: str | None) -> frozenset[str] | None:
	may_see = visible_teams(frappe.session.user)
	if not wanted:
		return may_see
	return frozenset({wanted}) if may_see is None or wanted in may_see else frozenset()


def _columns() -> list[dict]:
	columns = [
		("question", _("Write this next"), "Data", 480),
		("count", _("Posts"), "Int", 95),
		("words", _("Telling words"), "Data", 240),
		("languages", _("Languages"), "Data", 100),
		("last_asked", _("Last asked"), "Datetime", 180),
		("written", _("Written since"), "Data", 240),
	]
	keys = ("fieldname", "label", "fieldtype", "width")
	return [dict(zip(keys, one, strict=True)) for one in columns]


def _row(missing: Missing) -> dict:
	return {
		"question": MENTIONS.sub("", " ".join(missing.question.split())),
		"count": len(missing.messages),
		"words": ", ".join(missing.words),
		"languages": ", ".join(missing.languages),
		"last_asked": to_site_time(missing.last_asked),
		"written": missing.written,
		"messages": missing.messages[:MOST_LINKED],
	}


def _message(found: Gaps) -> str:
	if not found.missing:
		return _("There was an article for every question of these days.")
	return _(
		"Questions for which no article was found, or only wrong ones: the most frequent first. “Written since” names the article that would be suggested today."
	)


def _summary(found: Gaps) -> list[dict]:
	share = round(100 * found.unanswered / found.asked, 1)
	items = [
		(_("Questions"), found.asked, "Int", "Grey"),
		(_("Without an article"), found.unanswered, "Int", "Orange" if found.unanswered else "Green"),
		(_("Share without an article"), share, "Percent", "Grey"),
	]
	keys = ("label", "value", "datatype", "indicator")
	return [dict(zip(keys, one, strict=True)) for one in items]
