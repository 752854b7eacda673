"""When somebody answers under a policy: its own hours, or those of one of Helpdesk's agreements; holidays; time zone."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import frappe
from frappe.utils import get_system_timezone, to_timedelta

from social_service.service_hours import ServiceHours, Span, read_spans
from social_service.settings import SocialSLAPolicy

AGREEMENT, HOLIDAYS = "HD Service Level Agreement", "HD Holiday"
WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MINUTE, MIDNIGHT = 60, 24 * 60


def service_hours(policy: SocialSLAPolicy) -> ServiceHours:
	zone = ZoneInfo(policy.time_zone or get_system_timezone())
	return ServiceHours(zone, spans_of(policy), holidays_of(policy))


def spans_of(policy: SocialSLAPolicy) -> tuple[Span, ...] | None:
	"""None: around the clock."""
	if policy.hours.strip():
		return read_spans(policy.hours)
	return _of_agreement(policy.hours_of) if policy.hours_of else None


def holidays_of(policy: SocialSLAPolicy) -> frozenset[date]:
	name = policy.holidays or (
		policy.hours_of and frappe.db.get_value(AGREEMENT, policy.hours_of, "holiday_list")
	)
	return (
		frozenset(frappe.get_all(HOLIDAYS, {"parent": name}, pluck="holiday_date")) if name else frozenset()
	)


def _of_agreement(agreement: str) -> tuple[Span, ...]:
	fields = ["workday", "start_time", "end_time"]
	rows = frappe.get_all("HD Service Day", {"parent": agreement, "parenttype": AGREEMENT}, fields)
	return tuple(
		sorted((WEEK.index(row.workday), _minute(row.start_time), _minute(row.end_time)) for row in rows)
	)


def _minute(wall: timedelta) -> int:
	"""Helpdesk has no midnight: its day ends a second before."""
	seconds = to_timedelta(wall).total_seconds()
	return MIDNIGHT if seconds >= (MIDNIGHT - 1) * MINUTE else int(seconds // MINUTE)


def nearest_days(spans: tuple[Span, ...] | None) -> list[tuple[str, timedelta, timedelta]]:
	"""The shape that Helpdesk knows: of each weekday one span, from the first moment that is open to the last."""
	opened: dict[int, list[tuple[int, int]]] = {}
	for day, since, until in ((day, 0, MIDNIGHT) for day in range(7)) if spans is None else spans:
		opened.setdefault(day, []).append((since, min(until, MIDNIGHT)))
		if until > MIDNIGHT:
			opened.setdefault((day + 1) % 7, []).append((0, until - MIDNIGHT))
	return [
		(
			WEEK[day],
			_wall(min(since for since, _until in open_)),
			_wall(max(until for _since, until in open_)),
		)
		for day, open_ in sorted(opened.items())
	]


def _wall(minute: int) -> timedelta:
	return timedelta(seconds=min(minute * MINUTE, MIDNIGHT * MINUTE - 1))
