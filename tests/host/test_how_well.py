"""*How well on my last 90 days?* in a real browser, in German: the button, a worker's answer as sentences and a table."""

from __future__ import annotations

import os
from pathlib import Path

import frappe
import pytest

from social_service.evaluate.site import ANSWERED, CORRECTED, Judged
from social_service.hosts.frappe_store import say
from social_service.ledger import SocialArticleSuggestion
from social_service.miss_budget import BUDGETS
from social_service.sentence import _
from tests.host import browser, test_browser
from tests.host.browser import Browser

REASON = browser.what_is_missing()
pytestmark = pytest.mark.skipif(bool(REASON), reason=REASON)
knowledge, sit_down = test_browser.knowledge, test_browser.sit_down
german = pytest.mark.parametrize("language", ["de"])

HOW_WELL = "social_service.api_settings.how_well"
FORM = "/app/social-service-settings"
PICTURES = "SOCIAL_SERVICE_SHOTS"  # a folder: the dialog's picture goes there
WORDS = {
	"effort": _("How much would agents read?"),
	"button": _("How well on my last {0} days?", 90),
	"right": _("Judged again by the rules and the model of today, {0} of {1} posts come out right.", "", ""),
	"missed": _("Missed"),
	"answered": ANSWERED,
	"corrected": CORRECTED,
}


def ask(page: Browser, words: dict[str, str]) -> object:
	page.open(FORM)
	page.click(".page-actions button, .inner-group-button button", words["button"])
	return page.wait(".social-how-well")


@pytest.fixture
def past(stage):
	"""An answered ticket whose suggestion helped, and a post of which an agent says that it needed a reply."""
	ticket = stage.ticket(test_browser.QUESTION)
	assert stage.person("agent").reply(ticket, "<p>We refund 25 %.</p>").ok
	stage.publish()
	host = stage.host
	rows = host.store.find(SocialArticleSuggestion, {"ticket": ticket}, order="rank", limit=1)
	article = {"ticket": ticket, "article": rows[0].article, "verdict": "helped"}
	assert stage.person("agent").call("social_service.api.judge_suggestion", **article).ok
	stage.mention("sitting by the lake, what a day")
	stage.listen()
	(chat,) = [one for one in stage.messages().values() if "lake" in one.text]
	call = stage.person("agent").call(
		"social_service.api.correct_messages", messages=[chat.name], word="needs_reply"
	)
	assert call.ok, call.text
	stage.refresh()


def told(stage) -> dict:
	stage.site.worker()
	answer = stage.person("manager").call(HOW_WELL, days=90)
	assert answer.ok, answer.text
	return answer.json()["message"]


@german
def test_a_manager_asks_and_reads_it_in_german(stage, past, sit_down):
	stage.site.worker()
	words = {key: say(sentence, "de") for key, sentence in WORDS.items()}
	page = sit_down("manager")
	dialog = ask(page, words)
	text = page._text(dialog)
	assert words["right"].split("  ")[0][:40] in text
	for column in ("answered", "corrected", "missed"):
		assert words[column] in text
	page.rest()
	if folder := os.environ.get(PICTURES):
		page.picture("how_well_de", Path(folder))


@german
def test_an_agent_has_no_such_button(stage, sit_down):
	page = sit_down("agent")
	page.open(FORM)
	page.rest()
	assert not page.find("button", say(WORDS["button"], "de"))


def test_what_comes_out_is_what_people_said(stage, past):
	before = frappe.db.count("Social Correction"), frappe.db.count("Social Article Suggestion")
	found = told(stage)
	by_way = {row["known_from"]: row for row in found["triage"]}
	assert set(by_way) >= {str(ANSWERED), str(CORRECTED), "All"}  # other tests may have left a blind sample
	assert set(by_way["All"]) >= set(Judged.__dataclass_fields__)
	assert by_way["All"]["needed"] >= 2 and by_way[str(CORRECTED)]["missed"] >= 1
	assert found["suggestions"]["posts"] >= found["suggestions"]["among_three"] >= 1
	assert found["posts"] >= 2
	stage.refresh()
	assert before == (frappe.db.count("Social Correction"), frappe.db.count("Social Article Suggestion"))


@pytest.mark.parametrize("days", [0, 366, "-3", "soon"])
def test_days_have_bounds(stage, days):
	answer = stage.person("manager").call(HOW_WELL, days=days)
	assert answer.status_code == 417 and "365" in answer.text


@german
def test_a_manager_reads_what_a_miss_budget_costs(stage, past, sit_down):
	words = {key: say(sentence, "de") for key, sentence in WORDS.items()}
	page = sit_down("manager")
	page.open(FORM)
	page.click(".page-actions button, .inner-group-button button", words["effort"])
	lines = page._text(page.wait(".social-efforts")).splitlines()
	assert len(lines) == len(BUDGETS)
	assert sum("jetzt" in line for line in lines) == 1
	page.rest()
	if folder := os.environ.get(PICTURES):
		page.picture("reading_effort_de", Path(folder))
