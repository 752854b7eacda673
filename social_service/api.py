"""The doors of the ticket view, of the channel form and of the rule form: check permission, call one function, return."""

from __future__ import annotations

from typing import Literal

import frappe
from frappe.utils import cint, get_url
from helpdesk.utils import agent_only

from social_service import (
	account,
	article_draft,
	blind_sample,
	channel_setup,
	channel_view,
	corrections,
	engage,
	knowledge,
	offers,
	tasks,
	ticket_view,
	trial,
)
from social_service import channel_health as health_of
from social_service.channels.errors import ChannelError
from social_service.drafts import Way
from social_service.guard import answered_message
from social_service.hosts import frappe_articles
from social_service.hosts.frappe_permissions import visible_teams
from social_service.hosts.frappe_store import refuse
from social_service.hosts.frappe_words import spoken
from social_service.hosts.frappe_worker import NoWorker, WorkerFailed, ask_a_worker
from social_service.hosts.helpdesk import HelpdeskHost
from social_service.listen.backfill import ask as read_again
from social_service.overrides.reply_text import plain_text
from social_service.records import AgentReplied, Judgement
from social_service.sentence import Refused
from social_service.settings import refuse_rule

WEBHOOK = "/api/method/social_service.webhooks.receive?channel={0}"

# --- the ticket view ----------------------------------------------------------------------------------------


@frappe.whitelist()
@agent_only
def ticket_state(ticket: str) -> dict | None:
	_may_see(ticket)
	return _answer(ticket_view.look(HelpdeskHost(), ticket, tasks.now, visible_teams(frappe.session.user)))


@frappe.whitelist()
@agent_only
def suggestions(ticket: str) -> list:
	_may_see(ticket)
	return _answer(ticket_view.offers_of(HelpdeskHost(), ticket, frappe_articles.published, tasks.now))


@frappe.whitelist(methods=["POST"])
@agent_only
def suggestion_inserted(ticket: str, article: str, way: Literal["text", "link", "short answer"]) -> None:
	frappe.has_permission("HD Ticket", "write", ticket, throw=True)
	host, by = HelpdeskHost(), frappe.session.user
	try:
		offers.inserted(host, ticket, article, Way(way), by=by, clock=tasks.now)
	except Refused as refused:
		refuse(refused.sentence)


@frappe.whitelist(methods=["POST"])
@agent_only
def judge_suggestion(ticket: str, article: str, verdict: Literal["helped", "wrong"]) -> str:
	"""What is kept: the same word a second time takes it back."""
	frappe.has_permission("HD Ticket", "write", ticket, throw=True)
	host, by = HelpdeskHost(), frappe.session.user
	try:
		return offers.judge(host, ticket, article, Judgement(verdict), by=by, clock=tasks.now)
	except Refused as refused:
		refuse(refused.sentence)


@frappe.whitelist()
@agent_only
def more_like_this(ticket: str) -> list:
	_may_see(ticket)
	return _answer(knowledge.more_like(HelpdeskHost(), ticket, tasks.now, visible_teams(frappe.session.user)))


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


# --- what agents teach --------------------------------------------------------------------------------------


@frappe.whitelist(methods=["POST"])
@agent_only
def correct_messages(messages: list | str, word: str) -> dict:
	"""``word``: one of ``corrections.WORDS``. Of how many it was kept, and how many are decided again."""
	names = frappe.parse_json(messages)
	for name in names:
		frappe.has_permission("Social Message", "read", name, throw=True)
	return _corrected(names, word, "list")


@frappe.whitelist(methods=["POST"])
@agent_only
def correct_ticket(ticket: str, word: str) -> dict:
	"""The customer's newest post in it."""
	_may_see(ticket)
	message = answered_message(HelpdeskHost(), ticket)
	return _corrected([message.name if message else ""], word, "ticket")


def _corrected(names: list[str], word: str, via: str) -> dict:
	host = HelpdeskHost()
	try:
		opinion = corrections.Opinion(corrections.labels_of(word), frappe.session.user, via)
		told = [corrections.correct(host, name, opinion, tasks.now) for name in names]
	except Refused as refused:
		refuse(refused.sentence)
	for channel in {one.channel for one in told if one.is_to_decide}:
		tasks.decide_soon(channel)
	return {"corrected": len(told), "decided_again": sum(one.is_to_decide for one in told)}


# --- the blind sample ---------------------------------------------------------------------------------------

JUDGES = ("Agent", "Agent Manager", "System Manager")


@frappe.whitelist()
def next_blind_sample() -> dict:
	frappe.only_for(JUDGES)
	return _answer(blind_sample.look(HelpdeskHost(), _seen_by_me, tasks.now))


@frappe.whitelist(methods=["POST"])
def judge_blind_sample(sample: str, answer: str) -> dict:
	"""And the next one."""
	frappe.only_for(JUDGES)
	host = HelpdeskHost()
	try:
		row = blind_sample.sample_of(host, sample)
		frappe.has_permission("Social Message", "read", row.message, throw=True)
		told = blind_sample.judge(host, row, answer, frappe.session.user, tasks.now)
	except Refused as refused:
		refuse(refused.sentence)
	if told and told.is_to_decide:
		tasks.decide_soon(told.channel)
	return next_blind_sample()


def _seen_by_me(messages: list[str]) -> list[str]:
	return frappe.get_list("Social Message", {"name": ["in", messages]}, pluck="name", limit_page_length=0)


# --- knowledge ----------------------------------------------------------------------------------------------


@frappe.whitelist(methods=["POST"])
@agent_only
def draft_article(ticket: str) -> dict:
	_may_see(ticket)
	frappe.has_permission("HD Article", "create", throw=True)
	try:
		draft = article_draft.draft_from(HelpdeskHost(), ticket, frappe_articles.full_names)
	except Refused as refused:
		refuse(refused.sentence)
	return _answer(frappe_articles.insert_draft(draft.title, draft.html))


# --- answers ------------------------------------------------------------------------------------------------


def _answer(value: object) -> object:
	return spoken(value, frappe.local.lang)
