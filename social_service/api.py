"""The doors of the ticket view, of the channel form and of the rule form: check permission, call one function, return."""

from __future__ import annotations

from typing import Literal

import frappe
from helpdesk.utils import agent_only

from social_service import (
	article_draft,
	blind_sample,
	corrections,
	engage,
	knowledge,
	offers,
	tasks,
	ticket_view,
	voice,
)
from social_service.api_voice import this_agent
from social_service.drafts import Way
from social_service.guard import answered_message
from social_service.hosts import frappe_articles
from social_service.hosts.frappe_permissions import visible_teams
from social_service.hosts.frappe_store import refuse
from social_service.hosts.frappe_words import spoken
from social_service.hosts.helpdesk import HelpdeskHost
from social_service.records import Judgement
from social_service.sentence import Refused

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
	host = HelpdeskHost()
	frame = voice.frame_of(host, ticket, this_agent())
	return _answer(ticket_view.offers_of(host, ticket, frappe_articles.published, tasks.now, frame))


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
