"""The doors of an answer that is being written: check permission, call one function, return."""

from __future__ import annotations

import frappe
from frappe.utils import get_fullname
from helpdesk.utils import agent_only

from social_service import tasks, writing
from social_service.hosts.frappe_words import spoken
from social_service.hosts.helpdesk import HelpdeskHost
from social_service.overrides.reply_text import words_of
from social_service.records import AgentReplied


@frappe.whitelist(methods=["POST"])
@agent_only
def typed(ticket: str, text: str) -> dict:
	"""``text``: the editor's HTML. Called while it changes, and now and then after."""
	replied = _draft(ticket, text)
	return spoken(writing.typed(HelpdeskHost(), replied, _name(), tasks.now), frappe.local.lang)


@frappe.whitelist(methods=["POST"])
@agent_only
def acknowledge(ticket: str, text: str, keys: list | str) -> dict:
	"""*Send anyway* was ticked (or no longer is: no ``keys``) below these warnings."""
	replied, shown = _draft(ticket, text), [str(one) for one in frappe.parse_json(keys)]
	seen = writing.acknowledge(HelpdeskHost(), replied, _name(), shown, tasks.now)
	return spoken(seen, frappe.local.lang)


def _draft(ticket: str, html: str) -> AgentReplied:
	frappe.has_permission("HD Ticket", "write", ticket, throw=True)
	agent = frappe.session.user
	return AgentReplied(ticket, "", agent, words_of(agent, html))


def _name() -> str:
	return get_fullname(frappe.session.user)[:140]
