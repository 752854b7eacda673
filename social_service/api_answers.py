"""The doors of the outbox, for the ticket view and for lists and forms of answers: check permission, call one function, return."""

from __future__ import annotations

from collections.abc import Callable

import frappe
from frappe.utils import cint
from helpdesk.utils import agent_only

from social_service import engage, outbox_view, tasks
from social_service.engage.cancelling import the_reply
from social_service.hosts.frappe_store import refuse
from social_service.hosts.frappe_words import spoken
from social_service.hosts.helpdesk import HelpdeskHost
from social_service.ledger import SocialReply
from social_service.records import ReplyState
from social_service.sentence import Refused, Sentence

SETTINGS, CHANNEL = "Social Service Settings", "Social Channel"


# --- what is on its way -------------------------------------------------------------------------------------


@frappe.whitelist()
@agent_only
def underway(ticket: str) -> list:
	frappe.has_permission("HD Ticket", "read", ticket, throw=True)
	return _answer(outbox_view.underway(HelpdeskHost(), ticket, frappe.session.user, tasks.now))


@frappe.whitelist(methods=["POST"])
@agent_only
def cancel(replies: list | str) -> dict:
	"""How many are not sent, why the others could not be stopped, and how many may be out already."""
	host, by = HelpdeskHost(), frappe.session.user
	return _each(_writable(replies), lambda name: engage.cancel(host, name, by, tasks.now))


@frappe.whitelist(methods=["POST"])
@agent_only
def retry(replies: list | str) -> dict:
	host = HelpdeskHost()
	return _each(_writable(replies), lambda name: engage.retry(host, name, tasks.now), then=tasks.send_soon)


@frappe.whitelist(methods=["POST"])
@agent_only
def send_now(reply: str) -> None:
	"""The time to take it back is over. The job looks whether it is; each minute's dispatcher finds what nobody asks for."""
	for name in _writable([reply]):
		tasks.send_soon(name)


# --- four eyes ----------------------------------------------------------------------------------------------


@frappe.whitelist(methods=["POST"])
@agent_only
def look(reply: str, text: str = "") -> dict:
	"""Changes nothing. ``text``: as the approver has it by now."""
	(name,) = _approvable([reply])
	return _answer(outbox_view.to_approve(HelpdeskHost(), name, text, tasks.now))


@frappe.whitelist(methods=["POST"])
@agent_only
def approve(replies: list | str, text: str = "", seen: list | str = "[]") -> dict:
	"""``text``: of one, where the approver changed it. ``seen``: keys of the warnings that they were shown."""
	host, by, names = HelpdeskHost(), frappe.session.user, _approvable(replies)
	more = {"text": text if len(names) == 1 else "", "seen": frappe.parse_json(seen)}
	return _each(names, lambda name: engage.approve(host, name, by, tasks.now, **more), then=_leave)


@frappe.whitelist(methods=["POST"])
@agent_only
def give_back(reply: str, reason: str) -> dict:
	host, by = HelpdeskHost(), frappe.session.user
	return _each(_approvable([reply]), lambda name: engage.give_back(host, name, by, reason, tasks.now))


def _leave(name: str) -> None:
	if engage.is_due(the_reply(HelpdeskHost(), name), tasks.now()):
		tasks.send_soon(name)


# --- all publishing -----------------------------------------------------------------------------------------


@frappe.whitelist()
@agent_only
def publishing() -> dict:
	"""Is it stopped, where, and may this person change it?"""
	frappe.has_permission(SETTINGS, "read", throw=True)
	fields = ["name", "title", "stop_publishing"]
	return {
		"is_stopped": bool(cint(frappe.db.get_single_value(SETTINGS, "stop_publishing"))),
		"may_change": bool(frappe.has_permission(SETTINGS, "write")),
		"channels": frappe.get_list(CHANNEL, {"enabled": 1}, fields, order_by="title", limit_page_length=0),
	}


@frappe.whitelist(methods=["POST"])
def stop_publishing(stop: int | str, channel: str = "") -> None:
	"""``stop``: 1 or 0. Of one channel, or of the whole site. Everything queued stays; it is asked for before each call."""
	doctype, name = (CHANNEL, channel) if channel else (SETTINGS, SETTINGS)
	document = frappe.get_doc(doctype, name, for_update=True)
	document.check_permission("write")
	document.stop_publishing = cint(stop)
	document.flags.ignore_validate = True  # at once, whatever else is wrong with it
	document.save()


# --- names in, what became of them out ----------------------------------------------------------------------


def _writable(replies: list | str) -> list[str]:
	return _allowed(replies, "write")


def _approvable(replies: list | str) -> list[str]:
	host, names = HelpdeskHost(), _allowed(replies, "read")
	for reply in host.store.get(SocialReply, names).values():
		is_waiting = reply.state is ReplyState.AWAITING_APPROVAL  # else the flow says what it is
		if is_waiting and not engage.may_approve(host, reply, frappe.session.user):
			raise frappe.PermissionError
	return names


def _allowed(replies: list | str, what: str) -> list[str]:
	names = [str(name) for name in frappe.parse_json(replies)]
	for name in names:
		ticket = frappe.db.get_value("Social Reply", name, "ticket")
		frappe.has_permission("HD Ticket", what, ticket, throw=True)
	return names


def _each(
	names: list[str],
	work: Callable[[str], SocialReply | None],
	then: Callable[[str], None] = lambda _name: None,
) -> dict:
	"""One that can't be is refused; of many each says why. ``may_be_out``: how many are looked for first."""
	refused: dict[str, Sentence] = {}
	looked_for = 0
	for name in names:
		try:
			row = work(name)
		except Refused as error:
			if len(names) == 1:
				refuse(error.sentence)
			refused[name] = error.sentence
			continue
		looked_for += row is not None and row.state is ReplyState.UNKNOWN
		then(name)
	return _answer({"done": len(names) - len(refused), "refused": refused, "may_be_out": looked_for})


def _answer(value: object) -> object:
	return spoken(value, frappe.local.lang)
