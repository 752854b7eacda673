"""In a real browser: an agent answers with an article and says whether it helped; sees who else asks; corrects a verdict.

Nothing may stand in the browser's console or in the site's Error Log afterwards.
"""

from __future__ import annotations

import re
import secrets
from datetime import datetime

import frappe
import pytest
import requests

from social_service.channels.x.prices import LINK_POST
from social_service.channels.x.text import weighted_length
from social_service.hosts.frappe_store import say
from social_service.ledger import SocialArticleSuggestion, SocialCorrection
from social_service.records import ReplyState
from social_service.sentence import _
from tests.host import browser, test_browser
from tests.host.browser import Browser
from tests.host.stage import PEOPLE, Stage
from tests.host.test_browser import languages, open_ticket, send

REASON = browser.what_is_missing()
pytestmark = pytest.mark.skipif(bool(REASON), reason=REASON)
knowledge, sit_down = test_browser.knowledge, test_browser.sit_down

STORY = {  # question, title, fitting sentence, the answer below it, language, price of a post with a link
	"en": (
		"I arrived 70 minutes late yesterday. How do I get my money back?",
		*("Compensation for delays", "When do I get money back?", "we refund 25 %", "English", "$0.20"),
	),
	"de": (
		"Ich bin gestern 70 Minuten zu spät angekommen. Wie bekomme ich mein Geld zurück?",
		*("Entschädigung bei Verspätung", "Wann bekomme ich Geld zurück?", "erstatten wir 25 %"),
		*("Deutsch", "0,20 $"),
	),
}
WORDS = {
	"suggestions": _("Suggested answers"),
	"short": _("Short answer"),
	"was_inserted": _("Inserted: {0}", _("Short answer")),
	"changed": _("changed on {0}"),
	"wrong": _("Wrong"),
	"helped": _("Helped"),
	"too_long": _("Its first sentence is too long for {0}.", "X"),
	"why": _("Why: {0}"),
	"alike": _("{0} more like this", 1),
	"more": _("More"),
	"urgent": _("Urgent"),
	"draft": _("Draft an article from this ticket"),
	"drafted": _("A draft is made. Read it, then publish it."),
	"kept": _("Kept: “{0}”. Later posts are judged by it, too.", _("Urgent")),
}
OFFER = "[data-social-offer]"


@pytest.fixture
def words(site, knowledge, language) -> dict[str, str]:
	told = {key: say(sentence, language) for key, sentence in WORDS.items()}
	assert language == "en" or not [key for key, sentence in WORDS.items() if told[key] == str(sentence)]
	return told


def show_suggestions(page: Browser, ticket: str, words: dict[str, str], title: str) -> object:
	open_ticket(page, ticket)
	page.click("button", words["suggestions"])
	return page.wait(OFFER, title)


def suggestion_of(stage: Stage, ticket: str, title: str) -> SocialArticleSuggestion:
	stage.refresh()
	found = stage.host.store.find(SocialArticleSuggestion, {"ticket": ticket}, order="rank", limit=10)
	return next(one for one in found if one.title == title)


def count_of(page: Browser) -> int:
	return int(re.search(r"\d+", page.wait("[data-social-count]").text)[0])


@pytest.fixture
def public_address(site):
	"""X takes no name of a test site for a link."""
	field = ("Social Service Settings", "articles_address")
	frappe.db.set_single_value(*field, "https://help.talwind.com")
	frappe.db.commit()
	yield
	frappe.db.set_single_value(*field, "")
	frappe.db.commit()


def send_anyway(page: Browser) -> None:
	"""Past the warning of what the link costs."""
	page.click("[data-social-anyway]")
	page.until(lambda: page.wait("[data-social-anyway]").is_selected(), "ticked")
	page.rest()


@languages
def test_a_suggestion_is_inserted_and_published_and_its_click_teaches(
	stage, sit_down, words, language, public_address
):
	question, title, sentence, answer, spoken, price = STORY[language]
	ticket = stage.ticket(question)
	page = sit_down("agent")
	offer = show_suggestions(page, ticket, words, title)
	year = str(datetime.now().year)
	date = words["changed"].removesuffix("{0}")
	for shown in (sentence, "%", spoken, date, year, price):
		assert shown in offer.text
	assert words["why"].removesuffix("{0}") in page.wait("[data-social-why]").text
	offer.find_element("css selector", "[data-social-insert='short answer']").click()
	page.wait(".comm-area .ProseMirror", answer)
	page.until(lambda: count_of(page) > weighted_length(answer), "the counter")
	counted = count_of(page)
	send_anyway(page)
	send(page, stage, ticket)
	stage.site.worker()
	stage.wait(lambda: stage.replies()[-1].state is ReplyState.SENT)
	(published,) = [one for one in stage.published() if one["by"] == stage.company]
	said, address = published["text"].rsplit("\n", 1)
	assert said.startswith(sentence) and answer in said
	assert counted == weighted_length(published["text"]) == weighted_length(said) + 1 + 23
	assert stage.replies()[-1].cost_micros == LINK_POST
	kept = suggestion_of(stage, ticket, title)
	assert (kept.inserted_as, kept.judged_by, kept.verdict) == ("short answer", PEOPLE["agent"][0], "")
	offer = show_suggestions(page, ticket, words, title)
	assert words["was_inserted"] in offer.text
	page.click(f"{OFFER} [data-social-verdict]", words["helped"])
	page.wait("[data-social-verdict=helped][aria-pressed=true]")
	assert suggestion_of(stage, ticket, title).verdict == "helped"
	assert_a_guest_reads(stage, address, title)


def assert_a_guest_reads(stage: Stage, address: str, title: str) -> None:
	assert address.startswith("http")
	path = "/" + address.split("/", 3)[3]
	answer = requests.get(stage.url + path, allow_redirects=False, timeout=60)
	assert answer.status_code == 200, answer.headers
	assert title in answer.text


@languages
def test_one_click_says_that_an_article_is_wrong_and_the_next_takes_it_back(stage, sit_down, words, language):
	question, title, *_more = STORY[language]
	ticket = stage.ticket(question)
	page = sit_down("agent")
	show_suggestions(page, ticket, words, title)
	for pressed, verdict in (("true", "wrong"), ("false", "")):
		page.click(f"{OFFER} [data-social-verdict]", words["wrong"])
		page.wait(f"[data-social-verdict=wrong][aria-pressed={pressed}]")
		assert suggestion_of(stage, ticket, title).verdict == verdict


@pytest.mark.parametrize("language", ["en"])
def test_what_is_too_long_for_the_network_says_so(stage, sit_down, words, knowledge):
	category = frappe.get_all("HD Article Category", pluck="name", limit=1)[0]
	values = {"title": "Quorble calibration", "category": category, "status": "Published"}
	content = f"<p>To calibrate the quorble you turn it {'round and ' * 40}round.</p>"
	frappe.get_doc({"doctype": "HD Article", "content": content, **values}).insert()
	frappe.db.commit()
	ticket = stage.ticket("How is the quorble calibrated? My quorble calibration is gone")
	page = sit_down("agent")
	offer = show_suggestions(page, ticket, words, "Quorble calibration")
	assert words["too_long"] in offer.text
	button = offer.find_element("css selector", "[data-social-insert=text]")
	assert not button.is_enabled()
	assert button.get_attribute("title") == words["too_long"]


@languages
def test_an_agent_sees_who_else_says_the_same(stage, sit_down, words, language):
	text = f"Who can help with {' '.join(secrets.token_hex(4) for _word in range(8))}?"  # said by nobody else
	first, second = stage.mention(text), stage.mention(text, by=stage.customer("Otto"))
	stage.listen()
	page = sit_down("agent")
	open_ticket(page, stage.message(first).ticket)
	page.click("button", words["alike"])
	shown = page.wait("[data-social-alike]", "otto")
	link = f"/helpdesk/tickets/{stage.message(second).ticket}"
	assert shown.find_element("css selector", "a").get_attribute("href").endswith(link)


@languages
def test_an_agent_corrects_what_was_made_of_a_post(stage, sit_down, words, language):
	post = stage.mention()
	stage.listen()
	page = sit_down("agent")
	open_ticket(page, stage.message(post).ticket)
	page.click("button", words["more"])
	page.click("[role=menuitem]", words["urgent"])
	page.wait("body", words["kept"])
	stage.refresh()
	said = {"message": stage.message(post).name}
	(kept,) = stage.host.store.find(SocialCorrection, said, order="name", limit=2)
	assert (kept.urgent, kept.said_by) == ("yes", PEOPLE["agent"][0])


@languages
def test_an_answered_ticket_becomes_a_draft_of_an_article(stage, sit_down, words, language):
	ticket = stage.ticket("How do I get a new door for the drawer of my wardrobe?")
	page = sit_down("agent")
	open_ticket(page, ticket)
	page.click("button", words["more"])
	page.wait("[role=menuitem]")
	assert not page.find("[role=menuitem]", words["draft"])
	assert stage.person("agent").reply(ticket, "<p>Order it in the shop of spare parts.</p>").ok
	stage.publish()
	open_ticket(page, ticket)
	page.click("button", words["more"])
	known = set(frappe.get_all("HD Article", pluck="name"))
	page.click("[role=menuitem]", words["draft"])
	page.wait("body", words["drafted"])
	page.until(lambda: len(page.driver.window_handles) > 1, "the draft in a tab of its own")
	stage.refresh()
	(name,) = set(frappe.get_all("HD Article", pluck="name")) - known
	assert frappe.db.get_value("HD Article", name, "status") == "Draft"
	page.driver.switch_to.window(page.driver.window_handles[1])
	page.wait("body", "spare parts")
