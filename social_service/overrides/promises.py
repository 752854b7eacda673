"""A ticket of Helpdesk and what is promised for it; and a policy, or what it is built on, that has changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace

import frappe
from frappe.model.document import Document
from frappe.utils import get_datetime

from social_service import sla, tasks
from social_service.hosts import helpdesk_promises as promises
from social_service.hosts import helpdesk_standing as standings
from social_service.hosts.frappe_store import from_site_time
from social_service.hosts.helpdesk import HelpdeskHost
from social_service.hosts.helpdesk_hours import service_hours
from social_service.ledger import SocialSLAClock
from social_service.records import Milestone, Standing, TicketState
from social_service.settings import SocialSLAPolicy
from social_service.sla import choosing
from social_service.sla.stages import Stage, stages

RESTORED = tuple(field for field in standings.OURS if field != "first_responded_on")

# --- a ticket is saved --------------------------------------------------------------------------------------


def agreement_for(doc: Document) -> str:
	"""Of the policy that the ticket has; "" where none fits."""
	policy = policy_of(doc)
	return policy.agreement if policy else ""


def policy_of(doc: Document) -> SocialSLAPolicy | None:
	before = None if doc.is_new() else _chosen_before(str(doc.name))
	doc.flags.social_clocks = bool(before)
	return choosing.chosen(choosing.facts_of(_state(doc)), promises.policies(), before)


def _chosen_before(ticket: str) -> choosing.Chosen | None:
	"""Read without our store: whoever saves a ticket may be in the middle of a transaction of their own."""
	wanted = {"ticket": ticket, "milestone": Milestone.RESOLUTION.value}
	rows = frappe.get_all(SocialSLAClock.doctype, wanted, ["policy", "facts"], order_by="started_at_ms")
	return choosing.Chosen(rows[0].policy or "", rows[0].facts or "") if rows else None


def _state(doc: Document) -> TicketState:
	return replace(standings.state_of(doc, "Open"), name=str(doc.name or ""))


def show(doc: Document) -> None:
	"""Over what Helpdesk made of its own agreement: a ticket with clocks keeps what they said last, and whoever keeps them
	says what is new; a ticket without has the deadlines of its policy."""
	before = doc.get_doc_before_save()
	if before and doc.flags.social_clocks is None:
		policy_of(doc)
	if before and doc.flags.social_clocks:
		doc.update({field: before.get(field) for field in RESTORED})
	elif policy := _by_agreement(doc.sla):
		doc.update(standings.columns_of(_first_standing(doc, policy)))


def _by_agreement(agreement: str | None) -> SocialSLAPolicy | None:
	return next((one for one in promises.policies() if one.agreement and one.agreement == agreement), None)


def _first_standing(doc: Document, policy: SocialSLAPolicy) -> Standing:
	hours = service_hours(policy)
	started_at = from_site_time(get_datetime(doc.service_level_agreement_creation))
	responded, held = doc.first_responded_on, doc.on_hold_since
	return Standing(
		response_by=hours.add(started_at, policy.first_response),
		resolution_by=hours.add(started_at, policy.resolution + (doc.total_hold_time or 0)),
		responded_at=responded and from_site_time(get_datetime(responded)),
		on_hold_since=held and from_site_time(get_datetime(held)),
		held_s=doc.total_hold_time or 0,
		is_missed=not responded and hours.add(started_at, policy.first_response) < tasks.now(),
	)


def stages_of(clock: str) -> Sequence[Stage]:
	"""Where the minutes of this clock went."""
	found = HelpdeskHost().store.get(SocialSLAClock, [clock]).get(clock)
	return stages(found, tasks.now()) if found else ()


def is_closed_now(doc: Document) -> bool | None:
	"""By the hours of the policy; None where there is none."""
	policy = _by_agreement(doc.sla)
	return None if policy is None else not service_hours(policy).is_open(tasks.now())


# --- a policy is saved --------------------------------------------------------------------------------------


def keep() -> dict[str, str]:
	"""Policy → its agreement."""
	kept = promises.keep_promises()
	tasks.deadlines_soon()
	return kept


def retire(agreement: str) -> None:
	"""A policy was deleted."""
	promises.retire(agreement)
	keep()


def host_changed(doc: Document, method: str | None = None) -> None:
	"""Service hours, holidays or priorities of the helpdesk."""
	if not (
		doc.flags.social_service or frappe.flags.in_migrate
	):  # our tables may not be there yet; setup keeps
		keep()


def seed() -> None:
	"""Without the promise for a priority that this helpdesk does not have."""
	for policy in sla.DEFAULTS:
		if policy.priority and not frappe.db.exists(promises.PRIORITY, policy.priority):
			continue
		frappe.get_doc({"doctype": policy.doctype, **asdict(policy), "name": None}).insert(
			ignore_permissions=True
		)
