"""Agents teach on a real site: a click in the list opens the ticket, a night learns, a page is judged in a real browser."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import frappe
import pytest

from social_service import blind_sample, corrections, site_model, tasks
from social_service.hosts.frappe_store import say
from social_service.ledger import SocialBlindSample, SocialMessage, SocialTriageModel, digest
from social_service.records import Fate
from social_service.sentence import _
from tests.host import browser, test_browser
from tests.host.test_browser import languages

REASON = browser.what_is_missing()
at_a_browser = pytest.mark.skipif(bool(REASON), reason=REASON)
knowledge, sit_down = test_browser.knowledge, test_browser.sit_down
SHOTS = "SOCIAL_SERVICE_SHOTS"  # a folder; set it to look at the pages
CORRECT = "social_service.api.correct_messages"
WORD = "Grumpelfix"
WORDS = {
	"title": _("Blind sample"),
	"needed": _("Needed a reply"),
	"not_needed": _("Needed none"),
	"needs_reply": _("Needs a reply"),
	"no_reply": _("Needs no reply"),
	"correct": _("Correct"),
	"actions": _("Actions"),
	"of": _("{0} of {1}", 1, 3),
	"second": _("{0} of {1}", 2, 3),
	"too_few": _("Not enough judged yet: {0} of {1} posts.", 0, 30),
	"roll_back": _("Roll back"),
	"yes": _("Yes"),
	"nothing": _("Nothing waits to be judged. Each night new posts are drawn."),
}


def praise(stage, text: str = "thanks, what a great service today") -> SocialMessage:
	frappe.db.delete("Social Correction")  # what an earlier test said of the same words
	post = stage.mention(text)
	stage.listen()
	message = stage.message(post)
	assert message.fate is Fate.WATCHED, message.fate_reason
	return message


def again(stage, message: SocialMessage) -> SocialMessage:
	stage.refresh()
	return stage.host.store.get(SocialMessage, [message.name])[message.name]


# --- without a browser ---------------------------------------------------------------------------------------


def test_a_click_in_the_list_opens_the_ticket_when_it_is_decided(stage):
	message = praise(stage)
	answer = stage.person("agent").call(CORRECT, messages=[message.name], word="needs_reply")
	assert answer.json()["message"] == {"corrected": 1, "decided_again": 1}
	assert again(stage, message).fate is None
	assert stage.queued(tasks.decide) == 1
	stage.site.worker()
	stage.wait(lambda: again(stage, message).fate is Fate.OPENED)
	told = again(stage, message)
	assert told.decided_by == "agent" and "agent@example.com" in told.fate_reason
	assert frappe.db.exists("HD Ticket", told.ticket)


def test_what_can_not_be_corrected_changes_nothing_of_the_others(stage):
	message = praise(stage)
	answer = stage.person("agent").call(CORRECT, messages=[message.name], word="nonsense")
	assert answer.status_code == 417 and "needs_reply" in answer.text
	host = stage.host
	own, _new = host.store.add(replace(message, name="", digest=stage.token, is_own=True))
	frappe.db.commit()
	answer = stage.person("agent").call(CORRECT, messages=[message.name, own.name], word="spam")
	assert answer.status_code == 417
	assert again(stage, message).fate is Fate.WATCHED
	assert not frappe.db.exists("Social Correction", {"message": message.name})


def test_the_ticket_door_tells_the_ticket_who_said_what(stage):
	ticket = stage.ticket()
	answer = stage.person("agent").call("social_service.api.correct_ticket", ticket=ticket, word="spam")
	assert answer.ok, answer.text
	stage.refresh()
	(note,) = frappe.get_all("HD Ticket Comment", {"reference_ticket": ticket}, pluck="content")
	assert "agent@example.com" in note
	assert frappe.db.get_value("HD Ticket", ticket, "status") == "Open"


@pytest.fixture
def learned(stage) -> SocialTriageModel:
	"""A hundred posts with a new word that an agent called requests, and a night."""
	host, base = stage.host, praise(stage)
	forget_lessons()  # other modules leave some, of nothing
	with host.transaction():
		for number in range(100):
			key = digest(stage.token, str(number))
			text = f"{WORD} {('sagt', 'heute', 'wieder', 'nichts')[number % 4]} {number}"
			row = replace(base, name="", digest=key, post_digest=key, text=text, external_id=key)
			stored, _new = host.store.add(row)
			opinion = corrections.Opinion({"need": "explicit"}, "agent@example.com", "list")
			corrections.keep(host, stored.name, opinion, tasks.now())
	tasks.learn()
	stage.refresh()
	row = host.store.find(SocialTriageModel, {"state": "In Use"}, order="-made_at", limit=1)[0]
	yield row
	stage.refresh()
	forget_lessons()
	frappe.db.delete("Social Message", {"name": ["!=", base.name], "text": ["like", f"{WORD}%"]})
	frappe.db.commit()


def forget_lessons() -> None:
	frappe.db.delete("Social Triage Model")
	frappe.db.delete("Social Correction")
	frappe.db.commit()


def need_of(stage) -> str:
	return site_model.model_of(stage.host).read(f"{WORD} und sonst nichts").values["need"]


def test_what_a_night_learned_is_used_and_rolled_back(stage, learned):
	assert need_of(stage) == "explicit"
	call = {"dt": "Social Triage Model", "dn": learned.name, "method": "roll_back", "args": "{}"}
	assert stage.person("agent").call("run_doc_method", **call).status_code == 403
	assert stage.person("manager").call("run_doc_method", **call).ok
	stage.refresh()
	assert need_of(stage) == "none"
	tasks.learn()
	stage.refresh()
	assert need_of(stage) == "none", "the same corrections would bring it back"
	assert frappe.get_all("Social Triage Model", pluck="state") == ["Rolled Back"]


def test_the_night_puts_both_jobs_into_the_queue(stage):
	tasks.at_night()
	assert (stage.queued(tasks.learn), stage.queued(tasks.draw_blind_sample)) == (1, 1)
	stage.empty_queue()


# --- at a browser --------------------------------------------------------------------------------------------


@pytest.fixture
def words(site, knowledge, language) -> dict[str, str]:
	told = {key: say(sentence, language) for key, sentence in WORDS.items()}
	told["yes"] = {"en": "Yes", "de": "Ja"}[language]
	told["actions"] = {"en": "Actions", "de": "Aktionen"}[language]
	return told


@pytest.fixture
def drawn(stage) -> list[SocialMessage]:
	"""Three posts that the machine watched, drawn for today."""
	frappe.db.delete("Social Blind Sample")
	frappe.db.commit()
	posts = [praise(stage, f"thanks, what a great service <b>{name}</b>") for name in ("one", "two", "three")]
	for row in stage.host.store.find(SocialMessage, {"channel": stage.channel}, order="name", limit=99):
		stage.host.store.change(row, decided_by="words" if row in posts else "")
	frappe.db.sql("update `tabSocial Message` set decided_by = '' where channel != %s", stage.channel)
	frappe.db.commit()
	with_words = [again(stage, one) for one in posts]
	assert {one.decided_by for one in with_words} <= {"words", ""}
	for one in with_words:
		stage.host.store.change(one, decided_by="words")
	frappe.db.commit()
	tasks.draw_blind_sample()
	stage.refresh()
	return with_words


def shot(page, name: str, language: str) -> None:
	if folder := os.environ.get(SHOTS):
		page.rest()
		page.picture(f"{name}_{language}", Path(folder))


@at_a_browser
@languages
def test_an_agent_judges_posts_blindly(stage, drawn, sit_down, words, language):
	page = sit_down("agent")
	page.open("/app/social-blind-sample")
	page.wait(".blind-sample .rate", words["too_few"])
	page.wait(".blind-sample .progress-of", words["of"])
	first = page._text(page.wait(".blind-sample .post-text"))
	assert "<b>" in first, "as it was written, and not as HTML"
	shown = page._text(page.wait(".blind-sample"))
	assert not any(word in shown for word in ("watched", "beobachtet", "Thanks and praise"))
	shot(page, "blind_sample", language)
	page.press("1")
	page.wait(".blind-sample .progress-of", words["second"])
	stage.refresh()
	(judged,) = [one for one in samples(stage) if one.answer]
	assert (judged.answer, judged.judged_by) == (blind_sample.NEEDED, "agent@example.com")
	message = stage.host.store.get(SocialMessage, [judged.message])[judged.message]
	assert message.fate is None and first.strip().startswith(message.text[:20])
	stage.listen()
	assert again(stage, message).fate is Fate.OPENED
	page.click(".blind-sample button", words["not_needed"])
	page.wait(".blind-sample .progress-of", say(_("{0} of {1}", 3, 3), language))
	page.press("3")
	page.wait(".blind-sample", words["nothing"])
	shot(page, "blind_sample_done", language)
	stage.refresh()
	assert sorted(one.answer for one in samples(stage)) == sorted(blind_sample.ANSWERS)


def samples(stage) -> list[SocialBlindSample]:
	return stage.host.store.find(SocialBlindSample, {}, order="name", limit=99)


@at_a_browser
@languages
def test_an_agent_corrects_in_the_list_and_in_the_form(stage, sit_down, words, language):
	message, other = praise(stage), praise(stage, "thanks for the lovely lamp, it is great")
	page = sit_down("agent")
	page.open(f"/app/social-message?channel={stage.channel}")
	page.click(f'input.list-row-checkbox[data-name="{message.name}"]')
	page.click(".actions-btn-group button", words["actions"])
	shot(page, "correct_list", language)
	page.click(".actions-btn-group .dropdown-menu.show a", words["needs_reply"])
	stage.wait(lambda: again(stage, message).fate is None)
	stage.listen()
	assert again(stage, message).fate is Fate.OPENED
	page.open(f"/app/social-message/{other.name}")
	page.click(".inner-group-button button", words["correct"])
	shot(page, "correct_form", language)
	page.click(".inner-group-button .dropdown-menu.show a", words["needs_reply"])
	stage.wait(lambda: again(stage, other).fate is None)


@at_a_browser
@languages
def test_a_manager_sees_before_and_after_and_rolls_back(stage, learned, sit_down, words, language):
	page = sit_down("manager")
	page.open("/app/social-triage-model")
	page.wait(".list-row", "%")
	shot(page, "models_list", language)
	page.open("/app/social-correction")
	page.wait(".list-row")
	shot(page, "corrections_list", language)
	page.open(f"/app/social-triage-model/{learned.name}")
	page.wait('[data-fieldname="after"] .control-value', "100")
	shot(page, "model_form", language)
	page.click(".page-actions button, .custom-actions button", words["roll_back"])
	page.click(".modal.show .btn-primary", words["yes"])
	stage.wait(lambda: frappe.db.get_value("Social Triage Model", learned.name, "state") == "Rolled Back")
