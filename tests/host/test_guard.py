"""The guard on a real site: an agent at a browser reads what stops or warns before anything leaves; of two at once one goes.

In English and German. Pictures go to the folder that SOCIAL_SERVICE_SHOTS names.
"""

from __future__ import annotations

import json
import os
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import frappe
import MySQLdb
import pytest
from frappe.utils import add_days, now_datetime

from social_service.hosts.frappe_store import say
from social_service.ledger import SocialConversation, SocialDraft, SocialTicketEvent
from social_service.records import Happening
from social_service.sentence import _
from tests.host import browser, test_browser
from tests.host.browser import Browser
from tests.host.stage import PEOPLE, Stage
from tests.host.test_browser import QUESTION, languages, open_ticket

needs_browser = pytest.mark.skipif(bool(browser.what_is_missing()), reason=browser.what_is_missing())
knowledge, sit_down = test_browser.knowledge, test_browser.sit_down
SHOTS = os.environ.get("SOCIAL_SERVICE_SHOTS", "")
IBAN = "DE02 1203 0000 0000 2020 51"
LINKED = "Please fill in our form: https://example.org/refund"
AT_ONCE = "At this very moment a colleague answered"
WORDS = {
	"publicly": _("Reply publicly on {0}", "X"),
	"read": _("Everybody would read {0}: {1}.", _("an account number (IBAN)"), IBAN),
	"iban": _("an account number (IBAN)"),
	"price": _("{0} charges about {1} for this answer, and {2} without the link.", "X", "{1}", "{2}"),
	"anyway": _("Send anyway"),
	"writing": _("{0} is writing an answer here. Agree which of you sends.", "Agent"),
	"beside": _("{0} is writing here, too.", "Restricted"),
	"answered": _("{0} has answered this post: “{1}” Send yours only if it adds something.", "Agent", "{1}"),
}
REFUSED = (
	"417",
	"/assets/helpdesk/desk/assets/index-",
)  # Helpdesk's view writes the refusal into the console
STOP, WARNING, TICK = "[data-social-stop]", "[data-social-warning]", "[data-social-anyway]"
SEND = ".comm-area button.bg-surface-gray-10, .comm-area button"


@pytest.fixture
def words(site, knowledge, language) -> dict[str, str]:
	return {key: say(sentence, language) for key, sentence in WORDS.items()}


def write(page: Browser, ticket: str, text: str, words: dict[str, str]) -> None:
	open_ticket(page, ticket)
	page.click("button", words["publicly"])
	page.wait(".comm-area .ProseMirror")
	page.press(text)


def press_send(page: Browser) -> None:
	page.click(SEND, "Ctrl")


def shot(page: Browser, name: str, language: str) -> None:
	if SHOTS:
		page.rest()
		page.picture(f"guard_{name}_{language}", Path(SHOTS))


def forgive_refusal(page: Browser) -> None:
	"""The refusal of an answer stands in the console: that one is meant, and nothing else."""
	assert [one for one in page.complaints() if not any(word in one for word in REFUSED)] == []


# --- at a browser --------------------------------------------------------------------------------------------


@needs_browser
@languages
def test_an_account_number_does_not_leave_in_public(stage, sit_down, words, language):
	ticket, page = stage.ticket(QUESTION), sit_down("agent")
	write(page, ticket, f"We pay it to {IBAN}.", words)
	page.wait(STOP, words["iban"])
	page.wait(STOP, IBAN)
	assert not page.find(TICK)
	shot(page, "iban", language)
	press_send(page)
	page.wait("body", words["iban"])
	page.rest()
	forgive_refusal(page)
	page.wait(".comm-area .ProseMirror", IBAN)
	stage.refresh()
	assert stage.replies() == []
	assert stage.communications(ticket, sent_or_received="Sent") == []


@needs_browser
@languages
def test_a_warning_is_read_ticked_and_then_it_leaves(stage, sit_down, words, language):
	ticket, page = stage.ticket(QUESTION), sit_down("agent")
	write(page, ticket, LINKED, words)
	price = words["price"].split("{1}")[0]
	page.wait(WARNING, price)
	page.wait(WARNING, "0.20" if language == "en" else "0,20")
	press_send(page)
	page.wait("body", words["anyway"])
	stage.refresh()
	assert stage.replies() == []
	page.wait(".comm-area .ProseMirror", "our form")
	page.rest()
	forgive_refusal(page)
	page.click(TICK)
	stage.wait(lambda: [one for one in drafts(stage, ticket) if one.acknowledged])
	page.until(lambda: page.wait(TICK).is_selected(), "ticked")
	shot(page, "price", language)
	press_send(page)
	stage.wait(stage.replies)
	(reply,) = stage.replies()
	assert reply.text == LINKED
	page.rest()  # its last look comes after the reply
	stage.refresh()
	assert [one.written_at for one in drafts(stage, ticket)] == [None]
	(event,) = stage.host.store.find(
		SocialTicketEvent, {"ticket": ticket, "what": Happening.WARNED}, order="name", limit=2
	)
	assert event.by == PEOPLE["agent"][0] and "0.20" in event.detail


@needs_browser
@languages
def test_who_comes_second_sees_who_writes_and_is_asked_before_sending(stage, sit_down, words, language):
	ticket, first, second = stage.ticket(QUESTION), sit_down("agent"), sit_down("restricted")
	write(first, ticket, "We pay half of it back.", words)
	stage.wait(lambda: drafts(stage, ticket))
	open_ticket(second, ticket)
	second.click("button", words["publicly"])
	second.wait(WARNING, words["writing"])  # before a word is written
	assert not second.find(TICK)
	second.press("You get a quarter of it.")
	second.wait(TICK)
	shot(second, "second", language)
	first.press(" Today.")
	first.wait("[data-social-beside]", words["beside"])
	assert not first.find(TICK)
	shot(first, "first", language)
	press_send(second)
	second.wait("body", words["anyway"])
	second.rest()
	forgive_refusal(second)
	press_send(first)
	stage.wait(stage.replies)
	second.wait(WARNING, words["answered"].split("{1}")[0])  # it looks again by itself
	shot(second, "answered", language)
	assert [one.agent for one in stage.replies()] == [PEOPLE["agent"][0]]


def drafts(stage: Stage, ticket: str) -> list[SocialDraft]:
	stage.refresh()
	return stage.host.store.find(SocialDraft, {"ticket": ticket}, order="began_at", limit=10)


# --- through the doors ---------------------------------------------------------------------------------------


def sentence_of(answer) -> str:
	return json.loads(json.loads(answer.json()["_server_messages"])[0])["message"]


def typed(person, ticket: str, text: str) -> dict:
	answer = person.call("social_service.api_writing.typed", ticket=ticket, text=f"<p>{text}</p>")
	assert answer.ok, answer.text
	return answer.json()["message"]


def test_what_is_written_is_known_to_colleagues_and_its_text_is_not(stage):
	ticket = stage.ticket(QUESTION)
	agent, colleague = stage.person("agent"), stage.person("restricted")
	seen = typed(agent, ticket, "We pay half of it back.<br></p><p>-- <br>Alex Agent<br>ACME Care")
	assert seen["length"]["used"] == len("We pay half of it back."), "its signature is not published"
	assert [one["sentence"] for one in typed(colleague, ticket, "")["warnings"]] == [
		"Agent is writing an answer here. Agree which of you sends."
	]
	(row,) = drafts(stage, ticket)
	columns = frappe.get_all("Social Draft", {"name": row.name}, ["*"])[0]
	assert "half" not in json.dumps(columns, default=str)


def test_a_tick_is_ones_own(stage):
	ticket, others = stage.ticket(QUESTION), stage.person("restricted")
	text = {"ticket": ticket, "text": f"<p>{LINKED}</p>"}
	shown = [one["key"] for one in typed(others, ticket, LINKED)["warnings"]]
	assert shown
	ticked = others.call("social_service.api_writing.acknowledge", **text, keys=shown)
	assert ticked.json()["message"]["is_acknowledged"]
	mine = stage.person("agent").reply(ticket, f"<p>{LINKED}</p>")
	assert mine.status_code == 417 and "Send anyway" in sentence_of(mine)
	assert others.reply(ticket, f"<p>{LINKED}</p>").ok


def test_a_bulk_reply_leaves_out_the_tickets_that_are_warned_of(stage):
	tickets = [stage.ticket(QUESTION, by=stage.customer(name)) for name in ("Maria", "Peter")]
	typed(stage.person("restricted"), tickets[1], "I look it up")
	asked = {"ticket_ids": tickets, "message": "<p>It is mended.</p>"}
	answer = stage.person("agent").call("helpdesk.api.ticket.bulk_reply", **asked)
	assert answer.ok, answer.text
	failed = answer.json()["message"]["failed"]
	assert list(failed) == [tickets[1]] and "Restricted is writing an answer here" in failed[tickets[1]]
	stage.refresh()
	assert [one.ticket for one in stage.replies()] == [tickets[0]]


def test_drafts_are_forgotten_after_a_day_by_the_sites_own_cleaning(stage):
	ticket = stage.ticket(QUESTION)
	for role in ("agent", "restricted"):
		typed(stage.person(role), ticket, "Hello")
	old, new = drafts(stage, ticket)
	frappe.db.set_value(
		"Social Draft", old.name, "modified", add_days(now_datetime(), -2), update_modified=False
	)
	cleaning = frappe.get_doc("Log Settings")
	cleaning.add_default_logtypes()
	(days,) = [row.days for row in cleaning.logs_to_clear if row.ref_doctype == "Social Draft"]
	frappe.get_meta("Social Draft")
	frappe.model.base_document.get_controller("Social Draft").clear_old_logs(days=days)
	frappe.db.commit()
	assert [one.name for one in drafts(stage, ticket)] == [new.name]


# --- two at once ---------------------------------------------------------------------------------------------


@contextmanager
def a_request_of(role: str):
	"""In this process, on this connection: not committed before it is told to."""
	frappe.local.request = frappe._dict(method="POST")
	frappe.set_user(PEOPLE[role][0])
	try:
		yield
	finally:
		frappe.local.request = None
		frappe.set_user("Administrator")


def in_the_background(work) -> tuple[threading.Thread, list]:
	told: list = []
	thread = threading.Thread(target=lambda: told.append(work()))
	thread.start()
	return thread, told


def test_who_began_before_a_colleagues_answer_was_committed_is_told(stage):
	"""Its view of the data is from before: it reads no reply, and no draft either."""
	ticket, second = stage.ticket(QUESTION), stage.person("restricted")
	with a_request_of("agent"):
		frappe.get_doc("HD Ticket", ticket).run_method(
			"reply_via_agent", message="<p>We pay half.</p>", to=""
		)
		thread, told = in_the_background(lambda: second.reply(ticket, "<p>You get a quarter.</p>"))
		time.sleep(3)
		assert not told, "it waits for the one that came first"
		frappe.db.commit()
	thread.join()
	(answer,) = told
	assert answer.status_code == 417 and AT_ONCE in sentence_of(answer)
	stage.refresh()
	assert [one.text for one in stage.replies()] == ["We pay half."]
	assert len(stage.communications(ticket, sent_or_received="Sent")) == 1


def test_an_answer_that_was_taken_counts_on_its_conversation(stage):
	ticket = stage.ticket(QUESTION)
	for answers in range(3):
		(talk,) = stage.host.store.find(SocialConversation, {"ticket": ticket}, order="name", limit=2)
		assert talk.answers == answers
		assert stage.person("agent").reply(ticket, f"<p>We pay {answers} of it.</p>").ok
		stage.refresh()


def test_two_who_press_send_at_the_same_second_are_one_answer(stage):
	people = [stage.person(role) for role in ("agent", "restricted")]
	tickets = [stage.ticket(QUESTION, by=stage.customer(f"P{number}")) for number in range(6)]
	for ticket in tickets:
		start = threading.Barrier(2)

		def press(person, number: int, ticket: str = ticket, start=start):
			start.wait()
			return person.reply(ticket, f"<p>We pay it back, says number {number}.</p>")

		running = [
			in_the_background(lambda one=one, number=number: press(one, number))
			for number, one in enumerate(people)
		]
		for thread, _told in running:
			thread.join()
		answers = [told[0] for _thread, told in running]
		assert sorted(one.status_code for one in answers) == [200, 417], [one.text[:300] for one in answers]
		refused = next(one for one in answers if not one.ok)
		assert "has answered this post" in sentence_of(refused) or AT_ONCE in sentence_of(refused)
		stage.refresh()
		assert len([one for one in stage.replies() if one.ticket == ticket]) == 1
		assert len(stage.communications(ticket, sent_or_received="Sent")) == 1


def test_an_answer_that_meets_the_storing_of_a_post_is_told_so_or_goes(stage):
	"""A job holds the conversation and wants the ticket; the agent's request holds the ticket and wants the conversation."""
	ticket, agent = stage.ticket(QUESTION), stage.person("agent")
	name = frappe.db.get_value("Social Conversation", {"ticket": ticket})
	other = connection(stage)
	cursor = other.cursor()
	cursor.execute("update `tabSocial Conversation` set `last_customer_at_ms` = 7 where `name` = %s", (name,))
	thread, told = in_the_background(lambda: agent.reply(ticket, "<p>We pay half.</p>"))
	time.sleep(3)
	try:
		cursor.execute("update `tabHD Ticket` set `_comments` = 'x' where `name` = %s", (ticket,))
		other.commit()
	except MySQLdb.OperationalError as deadlock:
		assert deadlock.args[0] == 1213
		other.rollback()
	thread.join()
	other.close()
	(answer,) = told
	stage.refresh()
	if answer.ok:
		assert len(stage.replies()) == 1
	else:
		assert answer.status_code == 417 and AT_ONCE in sentence_of(answer), answer.text[:500]
		assert stage.replies() == [] and not stage.communications(ticket, sent_or_received="Sent")


def connection(stage: Stage) -> MySQLdb.Connection:
	config = {**stage.site.bench.config, **frappe.conf}
	return MySQLdb.connect(
		host=config.get("db_host") or "127.0.0.1",
		port=int(config.get("db_port") or 3306),
		user=config["db_name"],
		passwd=config["db_password"],
		db=config["db_name"],
		autocommit=False,
	)
