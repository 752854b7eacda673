"""The doors of the ticket view and of the channel form: check permission, call one function, return."""

from __future__ import annotations

import frappe
from helpdesk.utils import agent_only

from social_service import channel_view, engage, tasks, ticket_view
from social_service.guard import Refused
from social_service.hosts import frappe_articles
from social_service.hosts.frappe_store import refuse
from social_service.hosts.frappe_words import spoken
from social_service.hosts.frappe_worker import NoWorker, WorkerFailed, ask_a_worker
from social_service.hosts.helpdesk import HelpdeskHost
from social_service.overrides.reply_text import plain_text
from social_service.records import AgentReplied

# --- the ticket view ----------------------------------------------------------------------------------------


@frappe.whitelist()
@agent_only
def ticket_state(ticket: str) -> dict | None:
	_may_see(ticket)
	return _answer(ticket_view.look(HelpdeskHost(), ticket, tasks.now))


@frappe.whitelist()
@agent_only
def suggestions(ticket: str) -> list:
	_may_see(ticket)
	return _answer(ticket_view.offers(HelpdeskHost(), ticket, frappe_articles.published, tasks.now))


@frappe.whitelist()
@agent_only
def measure(ticket: str, text: str) -> dict:
	"""``text``: the editor's HTML."""
	_may_see(ticket)
	return _answer(ticket_view.measure(HelpdeskHost(), _draft(ticket, text), tasks.now))


@frappe.whitelist(methods=["POST"])
@agent_only
def retry_reply(ticket: str) -> None:
	frappe.has_permission("HD Ticket", "write", ticket, throw=True)
	host = HelpdeskHost()
	try:
		reply = ticket_view.stuck_reply(host, ticket)
	except Refused as refused:
		refuse(refused.sentence)
	engage.retry(host, reply.name, tasks.now)
	tasks.send_soon(reply.name)


def _may_see(ticket: str) -> None:
	frappe.has_permission("HD Ticket", "read", ticket, throw=True)


def _draft(ticket: str, html: str) -> AgentReplied:
	agent = frappe.session.user
	signature = frappe.db.get_value("User", agent, "email_signature") or ""
	return AgentReplied(ticket, "", agent, plain_text(html, signature))


# --- the channel form ---------------------------------------------------------------------------------------


@frappe.whitelist()
def networks() -> list:
	frappe.has_permission("Social Channel", "read", throw=True)
	return _answer(channel_view.networks())


@frappe.whitelist()
def channel_colors() -> dict:
	frappe.has_permission("Social Channel", "read", throw=True)
	return _answer(channel_view.colors(HelpdeskHost()))


@frappe.whitelist()
def channel_health(channel: str) -> dict:
	_may_set_up(channel)
	return _answer(channel_view.health(HelpdeskHost(), channel, tasks.now))


@frappe.whitelist(methods=["POST"])
def check_channel(channel: str) -> dict:
	_may_set_up(channel)
	return _asked(tasks.check, channel)


@frappe.whitelist(methods=["POST"])
def preview_channel(channel: str) -> dict:
	_may_set_up(channel)
	return _asked(tasks.preview, channel)


def _may_set_up(channel: str) -> None:
	frappe.has_permission("Social Channel", "write", channel, throw=True)


def _asked(work: object, channel: str) -> dict:
	try:
		return _answer(ask_a_worker(work, name=channel))
	except (NoWorker, WorkerFailed) as error:
		refuse(error.sentence)


# --- answers ------------------------------------------------------------------------------------------------


def _answer(value: object) -> object:
	return spoken(value, frappe.local.lang)
