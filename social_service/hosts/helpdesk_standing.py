"""How a ticket of Helpdesk stands, read and shown: its facts, its team and priority, and the deadlines that we promise.

Deadlines of social tickets are ours, whatever Helpdesk's agreements can say. Acts for the system.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

import frappe

from social_service.hosts.frappe_store import from_site_time, to_site_time
from social_service.hosts.helpdesk_teams import usable_team
from social_service.records import Kind, Standing, TicketState

TICKET, PRIORITY, STATUS = "HD Ticket", "HD Ticket Priority", "HD Ticket Status"
FIELDS = (
	*("name", "status", "resolution_date", "modified", "is_merged", "merged_with", "agent_group", "priority"),
	*(
		"ticket_type",
		"customer",
		"_assign",
		"social_channel",
		"social_kind",
		"social_topic",
		"social_language",
	),
)
OURS = (  # what a standing says
	*("response_by", "resolution_by", "agreement_status", "on_hold_since", "total_hold_time"),
	*("first_responded_on", "first_response_time", "first_response_failed_by"),
	*("resolution_time", "resolution_failed_by"),
)


# --- read ---------------------------------------------------------------------------------------------------


def states(names: Sequence[str]) -> dict[str, TicketState]:
	rows = frappe.get_all(TICKET, {"name": ["in", list(names)]}, list(FIELDS))
	categories = dict(frappe.get_all(STATUS, fields=["name", "category"], as_list=True)) if rows else {}
	return {str(row.name): state_of(row, categories.get(row.status, "")) for row in rows}


def state_of(row: Mapping, category: str) -> TicketState:
	merged = str(row.get("merged_with") or "") if row.get("is_merged") else ""
	is_open, kind = category != "Resolved", row.get("social_kind")
	closed_at = None if is_open else from_site_time(row.get("resolution_date") or row.get("modified"))
	return TicketState(
		name=str(row.get("name")),
		is_open=is_open and not merged,
		closed_at=closed_at,
		merged_into=merged,
		team=row.get("agent_group") or "",
		is_on_hold=category == "Paused",
		channel=row.get("social_channel") or "",
		kind=Kind(kind) if kind else None,
		assigned=tuple(json.loads(row.get("_assign") or "[]")),
		**{fact: row.get(field) or "" for fact, field in FACTS.items()},
	)


FACTS = {
	"priority": "priority",
	"ticket_type": "ticket_type",
	"customer": "customer",
	"topic": "social_topic",
	"language": "social_language",
}


# --- written ------------------------------------------------------------------------------------------------


def route(ticket: str, *, team: str, priority: str) -> None:
	document = frappe.get_doc(TICKET, ticket, for_update=True)
	wanted, _why_not = usable_team(team)
	values = {"agent_group": wanted} if wanted else {}
	if _is_higher(priority, document.priority):
		values["priority"] = priority
	if any(document.get(field) != value for field, value in values.items()):
		document.update(values)
		document.flags.social_routed = (
			True  # read by SocialTicketMixin: the promise stays, and whoever routes keeps the history
		)
		document.save(ignore_permissions=True)


def _is_higher(wanted: str, now: str | None) -> bool:
	"""Helpdesk's lower number is the higher priority."""
	rank = dict(frappe.get_all(PRIORITY, fields=["name", "integer_value"], as_list=True))
	return wanted in rank and (now not in rank or rank[wanted] < rank[now])


def show(ticket: str, standing: Standing) -> None:
	"""Written past the document: nothing else of it changes, and it does not move to the top of every list."""
	values, now = columns_of(standing), frappe.db.get_value(TICKET, ticket, ["sla", *OURS], as_dict=True)
	if now is None:
		return
	changed = {field: value for field, value in values.items() if not _is_same(now.get(field), value)}
	if changed:
		frappe.db.set_value(TICKET, ticket, changed, update_modified=False)
		message, room = {"ticket_id": ticket}, f"open_doc:{TICKET}/{ticket}"
		frappe.publish_realtime("helpdesk:ticket-update", message, room=room, after_commit=True)


def columns_of(standing: Standing) -> dict[str, object]:
	values: dict[str, object] = {
		"response_by": _site(standing.response_by),
		"resolution_by": _site(standing.resolution_by),
		"agreement_status": status_of(standing),
		"on_hold_since": _site(standing.on_hold_since),
		"total_hold_time": standing.held_s,
		"first_responded_on": _site(standing.responded_at),
		"first_response_time": standing.response_s,
		"first_response_failed_by": standing.response_late_s,
		"resolution_time": standing.resolution_s,
		"resolution_failed_by": standing.resolution_late_s,
	}
	return values | ({"sla": standing.agreement} if standing.agreement else {})


def status_of(standing: Standing) -> str:
	"""In the words that Helpdesk has for it. A ticket that was closed without an answer has none."""
	if standing.is_missed:
		return "Failed"
	if standing.on_hold_since:
		return "Paused"
	if standing.is_dropped:
		return ""
	if not standing.responded_at:
		return "First Response Due"
	return "Fulfilled" if standing.resolved_at else "Resolution Due"


def _site(moment: datetime | None) -> datetime | None:
	"""Helpdesk keeps whole seconds of these."""
	return to_site_time(moment).replace(microsecond=0) if moment else None


def _is_same(now: object, wanted: object) -> bool:
	return now == wanted or (not now and not wanted)
