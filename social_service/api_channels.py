"""The doors of the channel form and of the rule form: check permission, call one function, return."""

from __future__ import annotations

import frappe
from frappe.utils import cint, get_url

from social_service import account, channel_setup, channel_view, tasks, trial
from social_service import channel_health as health_of
from social_service.channels.errors import ChannelError
from social_service.hosts.frappe_permissions import visible_teams
from social_service.hosts.frappe_store import refuse
from social_service.hosts.frappe_words import spoken
from social_service.hosts.frappe_worker import NoWorker, WorkerFailed, ask_a_worker
from social_service.hosts.helpdesk import HelpdeskHost
from social_service.listen.backfill import ask as read_again
from social_service.sentence import Refused
from social_service.settings import refuse_rule

WEBHOOK = "/api/method/social_service.webhooks.receive?channel={0}"


@frappe.whitelist()
def networks() -> list:
	frappe.has_permission("Social Channel", "read", throw=True)
	return _answer(channel_setup.networks())


@frappe.whitelist()
def channel_states() -> dict:
	frappe.has_permission("Social Channel", "read", throw=True)
	return _answer(channel_view.states(HelpdeskHost()))


@frappe.whitelist()
def channel_health(channel: str) -> dict:
	_may_set_up(channel)
	return _answer(health_of.health(HelpdeskHost(), channel, tasks.now))


@frappe.whitelist()
def connection(channel: str) -> dict:
	"""No secret leaves: only whether there is one."""
	_may_set_up(channel)
	host = HelpdeskHost()
	told = channel_setup.connection(host, account.the_channel(host, channel))
	return {**_answer(told), "webhook": get_url(WEBHOOK.format(channel))}


@frappe.whitelist(methods=["POST"])
def connect_channel(channel: str, values: dict | str, afresh: bool | int | str = False) -> None:
	"""Keeps what was typed. Whose account it is, the form asks next, by ``check_channel``."""
	document = frappe.get_doc("Social Channel", channel, for_update=True)
	document.check_permission("write")
	host, told = HelpdeskHost(), frappe.parse_json(values)
	try:
		stored = account.the_channel(host, channel)
		typed = channel_setup.understand(host, stored, told, afresh=bool(cint(afresh)))
	except (Refused, ChannelError) as refused:
		refuse(refused.sentence)
	document.connect(typed)
	channel_setup.begin_again(host, channel, tasks.now)


@frappe.whitelist(methods=["POST"])
def check_channel(channel: str) -> dict:
	_may_set_up(channel)
	return _asked(tasks.check, channel)


@frappe.whitelist(methods=["POST"])
def preview_channel(channel: str) -> dict:
	_may_set_up(channel)
	return _asked(tasks.preview, channel)


@frappe.whitelist(methods=["POST"])
def backfill(channel: str, stream: str) -> None:
	_may_set_up(channel)
	try:
		read_again(HelpdeskHost(), channel, stream, tasks.now)  # the next minute finds it
	except (Refused, ChannelError) as refused:
		refuse(refused.sentence)


def _may_set_up(channel: str) -> None:
	frappe.has_permission("Social Channel", "write", channel, throw=True)


def _asked(work: object, channel: str) -> dict:
	try:
		return _answer(ask_a_worker(work, name=channel))
	except (NoWorker, WorkerFailed) as error:
		refuse(error.sentence)


# --- the rule form ------------------------------------------------------------------------------------------


@frappe.whitelist(methods=["POST"])
def try_rule(rule: dict | str) -> dict:
	"""``rule``: the form's values, saved or not. Nothing is stored."""
	frappe.has_permission("Social Triage Rule", "write", throw=True)
	typed = trial.rule_as_typed(frappe.parse_json(rule))
	if reason := refuse_rule(typed):
		refuse(reason)
	return _answer(trial.on_last_posts(HelpdeskHost(), typed, visible_teams(frappe.session.user)))


def _answer(value: object) -> object:
	return spoken(value, frappe.local.lang)
