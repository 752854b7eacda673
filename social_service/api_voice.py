"""The doors of how and to whom an answer speaks: check permission, call one function, return."""

from __future__ import annotations

from typing import Literal

import frappe
from helpdesk.utils import agent_only

from social_service import audience, switching, tasks, ticket_view, voice
from social_service.hosts.frappe_store import refuse
from social_service.hosts.frappe_words import spoken
from social_service.hosts.helpdesk import HelpdeskHost
from social_service.overrides.reply_text import words_of
from social_service.records import Visibility
from social_service.sentence import Refused


@frappe.whitelist(methods=["POST"])
@agent_only
def frame(ticket: str, text: str) -> dict:
	"""Greeting and sign-off of an answer that this agent begins now. ``text``: the editor's HTML."""
	_may(ticket, "read")
	framed = voice.frame_of(HelpdeskHost(), ticket, this_agent(), words_of(frappe.session.user, text))
	return spoken(framed, frappe.local.lang)


@frappe.whitelist()
@agent_only
def private_request(ticket: str) -> str:
	_may(ticket, "read")
	try:
		return switching.private_request(HelpdeskHost(), ticket, tasks.now)
	except Refused as refused:
		refuse(refused.sentence)


@frappe.whitelist(methods=["POST"])
@agent_only
def choose_audience(ticket: str, who: Literal["public", "private"]) -> None:
	"""Who reads the answer to the customer's newest post."""
	_may(ticket, "write")
	host = HelpdeskHost()
	try:
		audience.choose(host, ticket_view.driver_of(host, ticket, tasks.now), ticket, Visibility(who))
	except Refused as refused:
		refuse(refused.sentence)


def _may(ticket: str, what: str) -> None:
	frappe.has_permission("HD Ticket", what, ticket, throw=True)


def this_agent() -> voice.Agent:
	names = ["first_name", "last_name", "social_initials"]
	first, last, initials = frappe.db.get_value("User", frappe.session.user, names)
	return voice.Agent(first or "", initials or voice.initials_of(first or "", last or ""))
