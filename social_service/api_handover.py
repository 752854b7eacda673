"""The doors of a ticket's clocks and of second level: check permission, call one function, return."""

from __future__ import annotations

import frappe
from frappe.utils import cint
from helpdesk.utils import agent_only

from social_service import tasks
from social_service.hosts.frappe_store import refuse
from social_service.hosts.frappe_words import spoken
from social_service.hosts.helpdesk import HelpdeskHost
from social_service.sentence import Refused
from social_service.sla import handing_over, showing


@frappe.whitelist()
@agent_only
def standing(ticket: str) -> dict | None:
	"""What is due when, and where the minutes went."""
	frappe.has_permission("HD Ticket", "read", ticket, throw=True)
	return spoken(showing.show(HelpdeskHost(), ticket, tasks.now()), frappe.local.lang)


@frappe.whitelist()
@agent_only
def teams(ticket: str) -> list:
	"""To whom it may be handed over."""
	_may_write(ticket)
	current = frappe.db.get_value("HD Ticket", ticket, "agent_group")
	everyone = frappe.get_all("HD Team", {"disabled": 0}, pluck="name", order_by="name")
	return [team for team in everyone if team != current]


@frappe.whitelist(methods=["POST"])
@agent_only
def hand_over(ticket: str, team: str, reason: str, minutes: int | str) -> None:
	_may_write(ticket)
	asked = handing_over.HandOver(ticket, team, reason, cint(minutes) * 60, frappe.session.user)
	try:
		handing_over.hand_over(HelpdeskHost(), asked, tasks.now)
	except Refused as refused:
		refuse(refused.sentence)


@frappe.whitelist(methods=["POST"])
@agent_only
def hand_back(ticket: str, answer: str) -> None:
	_may_write(ticket)
	try:
		handing_over.hand_back(HelpdeskHost(), ticket, answer, frappe.session.user, tasks.now)
	except Refused as refused:
		refuse(refused.sentence)


def _may_write(ticket: str) -> None:
	frappe.has_permission("HD Ticket", "write", ticket, throw=True)
