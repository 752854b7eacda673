"""In a real browser, in English and German: an answer begins and ends as the company speaks, saved replies fit into it, a
private message is asked for, and the bar says who reads what.

Nothing may stand in the browser's console or in the site's Error Log afterwards.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import frappe
import pytest

from social_service.channels.x.text import weighted_length
from social_service.hosts.frappe_store import say
from social_service.ledger import SocialMessage, SocialTicketEvent
from social_service.records import Happening, ReplyState
from social_service.sentence import _
from tests.host import browser, test_browser
from tests.host.browser import Browser
from tests.host.stage import PEOPLE, Stage
from tests.host.test_browser import languages, open_ticket, send

needs_browser = pytest.mark.skipif(bool(browser.what_is_missing()), reason=browser.what_is_missing())
knowledge, sit_down = test_browser.knowledge, test_browser.sit_down
SHOTS = os.environ.get("SOCIAL_SERVICE_SHOTS", "")  # a folder; set it to look at the pages
EDITOR, CARD, BAR = ".comm-area .ProseMirror", "[id^=communication-]", "[data-social-audience]"
STORY = {  # question, greeting, what the agent writes, what is asked for
	"en": (
		"I arrived 70 minutes late yesterday. How do I get my money back?",
		("Hi {name},", "Hi Maria,"),
		"We pay half of it back.",
		"please send us the details in a private message",
	),
	"de": (
		"Ich bin gestern 70 Minuten zu spät angekommen. Wie bekomme ich mein Geld zurück?",
		("Hallo {name},", "Hallo Maria,"),
		"Wir zahlen die Hälfte zurück.",
		"schreiben Sie uns die Einzelheiten bitte als private Nachricht",
	),
}
WORDS = {
	"publicly": _("Reply publicly on {0}", "X"),
	"on_x": _("Reply on {0}", "X"),
	"on_mastodon": _("Reply on {0}", "Mastodon"),
	"suggestions": _("Suggested answers"),
	"as_text": _("As text"),
	"more": _("More"),
	"ask": _("Ask for a private message"),
	"reply_privately": _("Reply privately"),
	"anyway": _("Send anyway"),
	"only_they": _("Private reply to {0} on {1}: only they read it", "{0}", "X"),
	"everybody": _("Public reply to {0} on {1}: everybody can read it", "{0}", "Mastodon"),
	"in_private": _("{0} · in private", ""),
	"moved": _("{0} goes on in private ({1}). Only they read an answer to it.", "Maria", _("we asked")),
	"choose": _("{0} wrote in public after private messages: choose who reads your answer", ""),
	"private": _("In private"),
	"public": _("In public"),
}


@pytest.fixture
def words(site, knowledge, language) -> dict[str, str]:
	told = {key: say(sentence, language) for key, sentence in WORDS.items()}
	assert language == "en" or not [key for key, sentence in WORDS.items() if told[key] == str(sentence)]
	return told


@pytest.fixture
def speaking(stage, language):
	"""The company's voice on this channel, in this language."""
	made = speak(stage, language)
	yield stage
	for name in made:
		frappe.delete_doc("Social Voice", name, force=True)
	frappe.db.set_value("User", PEOPLE["agent"][0], "social_initials", None)
	frappe.db.commit()


def speak(stage: Stage, language: str) -> list[str]:
	rows = [
		{"channel": stage.channel, "language": language, "greeting": STORY[language][1][0]},
		{"channel": stage.channel, "sign_off": "^{initials}"},
	]
	made = [frappe.get_doc({"doctype": "Social Voice", **row}).insert().name for row in rows]
	frappe.db.set_value("User", PEOPLE["agent"][0], "social_initials", "AX")
	frappe.db.commit()
	return made


def shot(page: Browser, name: str, language: str) -> None:
	if SHOTS:
		page.rest()
		page.picture(f"voice_{name}_{language}", Path(SHOTS))


def published_by(stage: Stage) -> list[dict]:
	return [one for one in stage.published() if one["by"] == stage.company]


def newest(stage: Stage, ticket: str) -> SocialMessage:
	return [one for one in stage.messages().values() if one.ticket == ticket][-1]


def written(page: Browser) -> str:
	return page.wait(EDITOR).text


# --- greeting and sign-off --------------------------------------------------------------------------------------


@needs_browser
@languages
def test_an_empty_answer_begins_and_ends_as_the_company_speaks(speaking, sit_down, words, language):
	stage, (question, (_template, greeting), text, _request) = speaking, STORY[language]
	ticket = stage.ticket(question)
	page = sit_down("agent")
	open_ticket(page, ticket)
	page.click("button", words["publicly"])
	page.wait(EDITOR, greeting)
	page.wait(EDITOR, "^AX")
	page.press(text)
	page.wait(EDITOR, text)
	whole = f"{greeting}\n\n{text}\n\n^AX"
	page.wait("[data-social-count]", str(weighted_length(whole)))
	shot(page, "frame", language)
	page.click("button", words["publicly"])  # a second time it adds nothing
	page.rest()
	assert written(page).count(greeting) == 1
	send(page, stage, ticket)
	stage.publish()
	assert [one["text"].removeprefix(f"@{newest(stage, ticket).handle} ") for one in published_by(stage)] == [
		whole
	]


@needs_browser
@languages
def test_a_suggestion_stands_inside_of_it(speaking, sit_down, words, language):
	stage, (question, (_template, greeting), _text, _request) = speaking, STORY[language]
	page = sit_down("agent")
	open_ticket(page, stage.ticket(question))
	page.click("button", words["publicly"])
	page.wait(EDITOR, greeting)
	page.click("button", words["suggestions"])
	page.click("[data-social-insert]", words["as_text"])
	page.until(lambda: len(written(page)) > 60, "the article's text")
	lines = [line for line in written(page).splitlines() if line.strip()]
	assert lines[0] == greeting
	assert lines.index("^AX") > 1, "the sign-off stands behind the article's words"
	shot(page, "suggestion", language)


@needs_browser
@languages
def test_a_saved_reply_is_rendered_with_the_handle_and_never_with_the_made_up_address(
	speaking, sit_down, words, language
):
	stage, (question, (_template, greeting), *_more) = speaking, STORY[language]
	title = f"Late {secrets.token_hex(3)}"
	message = "<p>{{ raised_by }}: {{ social_network }}, {{ subject[:5] }}, {{ first_name }}.</p>"
	saved = frappe.get_doc(
		{"doctype": "HD Saved Reply", "title": title, "message": message, "scope": "Personal"}
	)
	saved.insert()
	saved.db_set("owner", PEOPLE["agent"][0])
	frappe.db.commit()
	ticket = stage.ticket(question)
	handle = frappe.db.get_value("HD Ticket", ticket, "social_handle")
	page = sit_down("agent")
	open_ticket(page, ticket)
	page.click("button", words["publicly"])
	page.wait(EDITOR, greeting)
	press_saved_replies(page)
	page.click("[role=dialog] .cursor-pointer", title)
	page.rest()
	assert all("querySelector is not a function" in one for one in page.complaints()), (
		"Helpdesk's own, of its dialog"
	)
	page.wait(EDITOR, f"@{handle}: X, Maria, Agent.")
	assert "social.invalid" not in written(page)
	lines = [line for line in written(page).splitlines() if line.strip()]
	assert lines[:3] == [greeting, f"@{handle}: X, Maria, Agent.", "^AX"]
	shot(page, "saved_reply", language)
	send(page, stage, ticket)
	stage.publish()
	assert f"@{handle}: X, Maria, Agent." in published_by(stage)[0]["text"]


def press_saved_replies(page: Browser) -> None:
	"""Helpdesk's own button of the editor: the one behind the paper clip. It has no words."""
	page.rest()
	find = """const box = document.querySelector(".comm-area .ProseMirror").closest(".overflow-hidden");
		return [...box.querySelectorAll("button.flex.rounded.p-1")].filter(one => one.offsetParent)[1];"""
	page.driver.execute_script(find).click()


# --- public and private -----------------------------------------------------------------------------------------


@needs_browser
@languages
def test_a_private_message_is_asked_for_and_comes_into_the_same_ticket(stage, sit_down, words, language):
	question, _greeting, _text, request = STORY[language]
	customer = stage.customer()
	ticket = stage.ticket(question, by=customer)
	page = sit_down("agent")
	open_ticket(page, ticket)
	page.click("button", words["more"])
	page.click("[role=menuitem]", words["ask"])
	page.wait(EDITOR, request)
	page.wait(EDITOR, "/messages/compose?recipient_id=")
	page.click("[data-social-anyway]")  # X charges for the link
	page.until(lambda: page.wait("[data-social-anyway]").is_selected(), "ticked")
	shot(page, "asked", language)
	send(page, stage, ticket)
	stage.publish()
	stage.refresh()
	assert stage.replies()[-1].state is ReplyState.SENT
	assert happened(stage, ticket) == [(Happening.ASKED_FOR_PRIVATE, "")]
	stage.now()
	stage.network.post(customer, "DE02 1203 0000 0000 2020 51", direct_to=stage.company)
	stage.listen()
	assert happened(stage, ticket)[-1] == (Happening.MOVED_TO_PRIVATE, "we asked")
	page.reload()
	page.wait(CARD, "Maria · X" + words["in_private"])
	page.wait("body", say(WORDS["moved"], "en"))  # a note speaks the site's language
	page.click("button", words["on_x"])
	page.wait(BAR, words["only_they"].split("{0}")[0])
	shot(page, "moved", language)


def happened(stage: Stage, ticket: str) -> list[tuple[Happening, str]]:
	stage.refresh()
	switches = (Happening.ASKED_FOR_PRIVATE, Happening.MOVED_TO_PRIVATE, Happening.MOVED_TO_PUBLIC)
	found = stage.host.store.find(SocialTicketEvent, {"ticket": ticket}, order="at,name", limit=50)
	return [(one.what, one.detail) for one in found if one.what in switches]


@needs_browser
@languages
def test_a_public_post_is_answered_in_private_and_back_in_public_somebody_has_to_say_so(
	stages, sit_down, words, language
):
	stage, (question, _greeting, text, _request) = stages["mastodon"](), STORY[language]
	customer = stage.customer()
	ticket = stage.ticket(question, by=customer)
	page = sit_down("agent")
	open_ticket(page, ticket)
	page.click("button", words["more"])
	page.wait("[role=menuitem]", words["reply_privately"])
	shot(page, "menu", language)
	page.click("[role=menuitem]", words["reply_privately"])
	page.wait("[data-social-choose=private][aria-pressed=true]")
	page.wait(BAR, words["only_they"].split("{0}")[0])
	page.press(f"{text} DE02 1203 0000 0000 2020 51")
	page.wait("[data-social-count]")
	assert not page.find("[data-social-stop]"), "an account number may be told to its owner"
	shot(page, "privately", language)
	send(page, stage, ticket)
	stage.publish()
	(sent,) = published_by(stage)
	assert sent["visibility"] == "direct"
	assert happened(stage, ticket) == [(Happening.ASKED_FOR_PRIVATE, "")]
	stage.mention(f"{question} Hallo?", by=customer, reply_to=newest(stage, ticket).external_id)
	stage.listen()
	page.reload()
	page.click("button", words["on_mastodon"])
	page.wait(BAR, words["choose"].strip())
	assert not page.find("[data-social-choose][aria-pressed=true]")
	page.press(text)
	page.wait("[data-social-stop]")
	shot(page, "choose", language)
	page.click("[data-social-choose]", words["public"])
	page.wait("[data-social-choose=public][aria-pressed=true]")
	page.wait(BAR, words["everybody"].split("{0}")[0])
	page.is_gone("[data-social-stop]")
	shot(page, "chosen", language)
	send(page, stage, ticket)
	stage.publish()
	assert [one["visibility"] for one in published_by(stage)] == ["direct", "public"]


# --- the form ---------------------------------------------------------------------------------------------------


def test_a_site_begins_with_a_sentence_in_each_language_and_refuses_a_second_row_for_the_same(stage):
	seeded = frappe.get_all(
		"Social Voice", {"channel": ["is", "not set"]}, ["language", "private_request", "greeting"]
	)
	assert {one.language for one in seeded} >= {"de", "en"}
	assert all("{link}" in one.private_request and not one.greeting for one in seeded)
	with pytest.raises(frappe.ValidationError, match="There is a row"):
		frappe.get_doc({"doctype": "Social Voice", "language": "de", "greeting": "Moin {name},"}).insert()
	with pytest.raises(frappe.ValidationError, match="Nothing is known for"):
		frappe.get_doc(
			{"doctype": "Social Voice", "channel": stage.channel, "greeting": "Moin {vorname},"}
		).insert()
	frappe.db.rollback()


@needs_browser
@languages
def test_a_manager_sees_what_the_fields_mean(stage, sit_down, words, language):
	page = sit_down("manager")
	page.open("/app/social-voice/new")
	page.wait("[data-fieldname=greeting] input")
	page.wait("[data-fieldname=sign_off]", "{initials}")
	shot(page, "form", language)
