"""Our policies as Helpdesk's own agreements, so that its badges, lists and deadlines are right.

Of an agreement made here, the policy says who, when and how long; the rest (statuses, default priority) is the site's.
Agreements that people made are read, never written. All of this acts for the system: doors have asked for permission.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields
from html import escape

import frappe
from frappe.model.document import Document
from frappe.model.rename_doc import rename_doc

from social_service.hosts.frappe_store import say
from social_service.hosts.helpdesk import PLAIN
from social_service.hosts.helpdesk_conditions import conditions_of, expression
from social_service.hosts.helpdesk_hours import nearest_days, spans_of
from social_service.hosts.values import from_column, shape
from social_service.sentence import Sentence, _
from social_service.settings import SocialSLAPolicy, in_order

POLICY, AGREEMENT, PRIORITY, HOLIDAYS = (
	SocialSLAPolicy.doctype,
	"HD Service Level Agreement",
	"HD Ticket Priority",
	"HD Service Holiday List",
)
NAME = "Social: {0}"
NO_HOLIDAYS = NAME.format("no holidays")
MADE_BY = "Social SLA Policy: "  # in front of the description; finds what an uninstalled app has left
WAITING = {
	"social_channel": ["is", "set"],
	"status_category": ["!=", "Resolved"],
}


# --- policies -----------------------------------------------------------------------------------------------


def as_policy(document: Document | frappe._dict) -> SocialSLAPolicy:
	types = shape(SocialSLAPolicy)
	return SocialSLAPolicy(
		**{name: from_column(*types[name], document.get(name)) for name in types if name != "name"},
		name=document.name or "",
	)


def policies() -> list[SocialSLAPolicy]:
	columns = [field.name for field in fields(SocialSLAPolicy)]
	return [as_policy(row) for row in frappe.get_all(POLICY, fields=columns)]


# --- agreements ---------------------------------------------------------------------------------------------


def keep_promises() -> dict[str, str]:
	"""Every policy's agreement as it should be. All of them, because each leaves out what the earlier ones fit."""
	everything = policies()
	standing = in_order(everything)
	kept = {}
	for policy in everything:
		earlier = standing[: standing.index(policy)] if policy.enabled else standing
		conditions = conditions_of(policy, earlier) if policy.enabled else None
		kept[policy.name] = _keep(policy, conditions)
	return kept


def retire(agreement: str) -> None:
	"""Deleted; if tickets stood under it, kept and disabled."""
	if not frappe.db.exists(AGREEMENT, {"name": agreement, "default_sla": 0}):
		return  # who made it the site's default has made it theirs
	if frappe.db.exists("HD Ticket", {"sla": agreement}):
		_save(frappe.get_doc(AGREEMENT, agreement), {"enabled": 0})
	else:
		frappe.delete_doc(AGREEMENT, agreement, ignore_permissions=True)


def forget_promises() -> None:
	"""Before the app goes."""
	for policy in policies():
		frappe.db.set_value(POLICY, policy.name, "agreement", None)
		retire(policy.agreement)
	if not frappe.db.exists(AGREEMENT, {"holiday_list": NO_HOLIDAYS}):
		frappe.delete_doc(HOLIDAYS, NO_HOLIDAYS, ignore_permissions=True, ignore_missing=True)


def _keep(policy: SocialSLAPolicy, conditions: list | None) -> str:
	if conditions is None and not policy.agreement:
		return ""
	document = _agreement_of(policy)
	_save(document, {"enabled": 0} if conditions is None else _values(policy, conditions, document))
	if document.name != policy.agreement:
		frappe.db.set_value(POLICY, policy.name, "agreement", document.name, update_modified=False)
	return document.name


def _agreement_of(policy: SocialSLAPolicy) -> Document:
	name = NAME.format(policy.title.strip().translate(PLAIN))
	old = policy.agreement
	if old and old != name:
		_refuse_taken(name)
		rename_doc(AGREEMENT, old, name, ignore_permissions=True, show_alert=False, rebuild_search=False)
	elif not old and frappe.db.exists(AGREEMENT, name):
		if not _is_left_over(name):
			_refuse_taken(name)
	elif not old:
		return frappe.get_doc({"doctype": AGREEMENT, "service_level": name, **_of_the_default()})
	return frappe.get_doc(AGREEMENT, name)


def _is_left_over(name: str) -> bool:
	description = frappe.db.get_value(AGREEMENT, name, "description") or ""
	return description.startswith(MADE_BY) and not frappe.db.exists(POLICY, {"agreement": name})


def _refuse_taken(name: str) -> None:
	if frappe.db.exists(AGREEMENT, name):
		_throw(
			_(
				"Your helpdesk has an agreement called {0} already. Choose another title for this policy.",
				name,
			)
		)


def _throw(sentence: Sentence) -> None:
	frappe.throw(escape(say(sentence, frappe.local.lang), quote=False))


def _save(document: Document, values: dict) -> None:
	changed = {field: value for field, value in values.items() if not _is_so(document.get(field), value)}
	if changed or document.is_new():
		document.update(changed)
		document.flags.social_service = True
		document.save(ignore_permissions=True)


def _is_so(now: object, wanted: object) -> bool:
	if not isinstance(wanted, list):
		return now == wanted
	same = (
		all(row.get(key) == value for key, value in one.items())
		for row, one in zip(now, wanted, strict=False)
	)
	return len(now) == len(wanted) and all(same)


# --- what a policy says of its agreement ---------------------------------------------------------------------


def _values(policy: SocialSLAPolicy, conditions: list, document: Document) -> dict:
	return {
		"enabled": 1,
		"description": (MADE_BY + (policy.promise or policy.title))[:140],
		"condition": expression(conditions),
		"condition_json": json.dumps(conditions),
		"apply_sla_for_resolution": 1,
		"start_date": None,
		"end_date": None,
		"priorities": list(_priorities(policy, document.default_priority)),
		**_hours_of(policy),
	}


def _priorities(policy: SocialSLAPolicy, default: str | None) -> Iterator[dict]:
	"""A row for each: Helpdesk passes over an agreement that lacks the ticket's priority."""
	names = frappe.get_all(PRIORITY, pluck="name", order_by="integer_value desc, name")
	chosen = default if default in names else names[0]
	for name in names:
		yield {
			"priority": name,
			"response_time": policy.first_response,
			"resolution_time": policy.resolution,
			"default_priority": int(name == chosen),
		}


def _hours_of(policy: SocialSLAPolicy) -> dict:
	"""The nearest that Helpdesk knows. Deadlines of social tickets are ours (`overrides/hd_ticket.py`), not counted by these."""
	rows = [
		{"workday": day, "start_time": opens, "end_time": closes}
		for day, opens, closes in nearest_days(spans_of(policy))
	]
	return {"support_and_resolution": rows, "holiday_list": _holidays(policy)}


def _holidays(policy: SocialSLAPolicy) -> str:
	named = policy.holidays or (
		policy.hours_of and frappe.db.get_value(AGREEMENT, policy.hours_of, "holiday_list")
	)
	if not named and not frappe.db.exists(HOLIDAYS, NO_HOLIDAYS):
		span = {"from_date": "2020-01-01", "to_date": "2099-12-31"}
		frappe.get_doc({"doctype": HOLIDAYS, "holiday_list_name": NO_HOLIDAYS, **span}).insert(
			ignore_permissions=True
		)
	return named or NO_HOLIDAYS


def _of_the_default() -> dict:
	"""What social tickets had so far from the site's default agreement, and the policy doesn't speak of."""
	wanted = ["default_priority", "default_ticket_status", "ticket_reopen_status"]
	return frappe.db.get_value(AGREEMENT, {"default_sla": 1, "enabled": 1}, wanted, as_dict=True) or {}


# --- tickets that are open -----------------------------------------------------------------------------------


def anybody_waits() -> bool:
	return bool(frappe.db.exists("HD Ticket", WAITING))


def open_tickets() -> list[str]:
	"""The newest first."""
	return frappe.get_all("HD Ticket", WAITING, pluck="name", order_by="creation desc")
