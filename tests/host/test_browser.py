"""In a real browser, in English and German: a channel is connected, a post answered, a failed answer shown and retried.

Nothing may stand in the browser's console or in the site's Error Log afterwards.
"""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path
from secrets import token_hex

import frappe
import pytest

from social_service import tasks
from social_service.hosts.frappe_store import say
from social_service.ledger import Duty, SocialMessage
from social_service.records import Fate, Kind, ReplyState, Visibility
from tests.host import browser
from tests.host.browser import WORDS, Browser
from tests.host.conftest import connect, simulated
from tests.host.stage import PEOPLE, Stage

REASON = browser.what_is_missing()
pytestmark = pytest.mark.skipif(bool(REASON), reason=REASON)
ARTICLES = Path(tasks.__file__).parent / "rehearsal" / "company" / "articles.jsonl"
QUESTION = "I arrived 70 minutes late yesterday. How do I get my money back?"
FROM_ARTICLE = "we refund 25 %"
PICTURES = "SOCIAL_SERVICE_PICTURES"  # set it to take the pictures of docs/ anew

TAB = "\ue004"
DIALOG, MESSAGE = ".social-connect.show", ".modal.show"
languages = pytest.mark.parametrize("language", ["en", "de"])


@pytest.fixture(scope="module")
def knowledge(site):
	"""What `bench get-app` and the setup wizard leave behind, and a knowledge base."""
	connect(site)  # the last module's tests may have closed theirs
	link = site.bench.sites / "assets" / "social_service"
	if not link.exists():
		link.symlink_to(site.bench.path / "apps" / "social_service" / "social_service" / "public")
	site.command("compile-po-to-mo", "--app", "social_service")
	frappe.db.sql("update `tabInstalled Application` set is_setup_complete = 1")
	category = {"doctype": "HD Article Category", "category_name": f"Travel {secrets.token_hex(2)}"}
	name = frappe.get_doc(category).insert().name
	for line in ARTICLES.read_text(encoding="utf-8").splitlines():
		article = json.loads(line)
		if not frappe.db.exists("HD Article", {"title": article["title"]}):
			lines = article["text"].splitlines()
			text = "".join(f"<h2>{one[3:]}</h2>" if one[:1] == "#" else f"<p>{one}</p>" for one in lines)
			values = {"title": article["title"], "content": text, "category": name, "status": "Published"}
			frappe.get_doc({"doctype": "HD Article", **values}).insert()
	frappe.db.commit()
	frappe.clear_cache()


@pytest.fixture
def words(site, knowledge, language) -> dict[str, str]:
	"""What stands on the buttons, in the language of whoever looks."""
	told = {key: say(sentence, language) for key, sentence in WORDS.items()}
	in_english = [key for key, sentence in WORDS.items() if told[key] == str(sentence)]
	assert language == "en" or not in_english
	return told


@pytest.fixture
def sit_down(site, url, stage, knowledge, language):
	"""Somebody at a browser. At the end nothing may have complained."""
	open_ones: list[Browser] = []
	errors_before = frappe.db.count("Error Log")

	def start(role: str) -> Browser:
		frappe.db.set_value("User", PEOPLE[role][0], "language", language)
		frappe.db.commit()
		frappe.clear_cache(user=PEOPLE[role][0])
		open_ones.append(Browser(site, url, role, language))
		return open_ones[-1]

	yield start
	complaints = [one for page in open_ones for one in page.complaints()]
	for page in open_ones:
		page.close()
	stage.refresh()
	frappe.db.set_value("User", {"name": ["like", "%@example.com"]}, "language", "en")
	frappe.db.commit()
	assert complaints == []
	assert frappe.db.count("Error Log") == errors_before, frappe.get_last_doc("Error Log").error


def open_ticket(page: Browser, ticket: str) -> None:
	page.open(f"/helpdesk/tickets/{ticket}")
	page.wait(".comm-area")


def send(page: Browser, stage: Stage, ticket: str) -> None:
	before = len(stage.replies())
	page.click(".comm-area button.bg-surface-gray-10, .comm-area button", "Ctrl")
	stage.wait(lambda: len(stage.replies()) > before)
	page.wait(f"#communication-{stage.communications(ticket)[-1]['name']}")


def last_card(stage: Stage, ticket: str) -> str:
	return f"#communication-{stage.communications(ticket, sent_or_received='Sent')[-1]['name']}"


@languages
def test_an_agent_answers_with_a_suggestion_and_sees_it_delivered(stage, sit_down, words):
	ticket = stage.ticket(QUESTION)
	page = sit_down("agent")
	open_ticket(page, ticket)
	page.wait("[id^=communication-]", "Maria · X")
	page.click("header button, button", words["suggestions"])
	page.click("[data-social-insert]", words["as_text"])
	page.wait("[data-social-audience]", words["audience"].split("{0}")[1])
	page.wait("[data-social-count]", "280")
	page.wait(".comm-area .ProseMirror", FROM_ARTICLE)
	send(page, stage, ticket)
	page.wait(last_card(stage, ticket), words["sending"])
	stage.site.worker()
	stage.wait(lambda: stage.replies()[-1].state is ReplyState.SENT)
	page.reload()
	page.wait(last_card(stage, ticket), words["sent"])
	(published,) = [one for one in stage.published() if one["by"] == stage.company]
	assert FROM_ARTICLE in published["text"]
	assert "http" not in published["text"]
	assert "Alex Agent" not in published["text"]


@languages
def test_a_failed_answer_is_shown_and_tried_again(stage, sit_down, words):
	ticket = stage.ticket(QUESTION)
	page = sit_down("agent")
	open_ticket(page, ticket)
	page.click("button", words["publicly"])
	page.wait(".comm-area .ProseMirror")
	page.press("We pay half of it back.")
	stage.network.fail("dm_closed", method="POST", path="/2/tweets")
	send(page, stage, ticket)
	stage.publish()
	stage.refresh()
	assert stage.replies()[-1].state is ReplyState.FAILED
	page.reload()
	page.wait(last_card(stage, ticket), words["failed"])
	page.click("button", words["retry"])
	stage.wait(lambda: stage.replies()[-1].state is ReplyState.QUEUED)
	stage.publish()
	page.reload()
	page.wait(last_card(stage, ticket), words["sent"])
	page.is_gone("button", words["retry"])
	assert len([one for one in stage.published() if one["by"] == stage.company]) == 1


@languages
def test_an_agent_learns_before_writing_that_a_post_may_not_be_answered(stage, sit_down, words):
	frappe.db.set_value("Social Channel", stage.channel, "hashtags", "talwind")
	frappe.db.commit()
	stage.now()
	post = stage.network.post(stage.customer(), "My train is late again, who can help me? #talwind")
	stage.listen()
	page = sit_down("agent")
	open_ticket(page, stage.message(post).ticket)
	page.click(".comm-area button", "Reply")
	page.wait("[data-social-audience]", words["not_summoned"])
	assert not page.find("button", words["publicly"])


@pytest.mark.parametrize("language", ["en"])
def test_an_ordinary_ticket_has_nothing_of_it(stage, sit_down, language):
	ticket = frappe.get_doc(
		{"doctype": "HD Ticket", "subject": "By mail", "raised_by": "anna@example.com"}
	).insert()
	frappe.db.commit()
	page = sit_down("agent")
	open_ticket(page, ticket.name)
	page.click(".comm-area button", "Reply")
	page.wait(".comm-area", "anna@example.com")
	assert not page.find("[data-social-bar]")
	asked = "return performance.getEntriesByType('resource').map(one => one.name).join(' ')"
	assert "social_service" not in page.driver.execute_script(asked)


@languages
def test_a_manager_connects_a_channel_and_sees_what_it_would_open(stage, sit_down, words):
	title = f"Care {secrets.token_hex(3)}"
	stage.silence_other_channels()
	stage.mention(QUESTION)
	stage.site.worker()
	page = sit_down("manager")
	page.open("/app/social-channel/new")
	page.wait("[data-fieldname=driver] select option[value=x]")
	page.driver.execute_script("cur_frm.set_value('driver', 'x')")
	page.type("[data-fieldname=title] input", title + TAB)
	page.click(".page-actions button", words["save"])
	type_in(page, {"access_token": stage.token, "base_url": stage.network.url})
	page.click(f"{DIALOG} .btn-modal-primary", words["connect"])
	page.wait(MESSAGE, words["works"])
	page.wait(MESSAGE, words["as"].split("{0}")[0] + stage.company)
	stage.refresh()
	channel = frappe.db.get_value("Social Channel", {"title": title})
	assert stage.host.secret(channel, "access_token") == stage.token
	page.open(f"/app/social-channel/{channel}")
	page.wait(".social-health", stage.company)
	page.wait(".social-connection .green", words["is_stored"].removeprefix("{0}"))
	page.click("button", words["preview"])
	page.wait(".modal.show table", words["opens"])
	stage.refresh()
	assert not frappe.db.exists("Social Message", {"channel": channel})
	page.open(f"/app/social-channel/{channel}")
	page.click("button", words["pause"])
	page.wait(".form-message", words["paused"])
	stage.refresh()
	assert not frappe.db.get_value("Social Channel", channel, "enabled")


def type_in(page: Browser, values: dict[str, str]) -> None:
	for field, text in values.items():
		page.type(f"{DIALOG} [data-fieldname={field}] input", text)


@languages
def test_the_dialog_keeps_what_is_stored_and_sends_it_nowhere(stage, sit_down, words):
	stage.site.worker()
	page = sit_down("manager")
	page.open(f"/app/social-channel/{stage.channel}")
	page.click("button", words["connect"])
	page.wait(f"{DIALOG} [data-fieldname=access_token]", words["stored"])
	assert stage.token not in page.driver.page_source
	assert page.wait(f"{DIALOG} [data-fieldname=base_url] input").get_attribute("value") == stage.network.url
	page.rest()  # Frappe fills a dialog's fields one after the other
	page.type(f"{DIALOG} [data-fieldname=hashtags] textarea", "talwind")
	page.type(f"{DIALOG} [data-fieldname=client_secret] input", "typed-by-hand")
	page.rest()  # Frappe would ask its server how strong a password is
	page.click(f"{DIALOG} .btn-modal-primary", words["connect"])
	page.wait(MESSAGE, words["works"])
	stage.refresh()
	assert frappe.db.get_value("Social Channel", stage.channel, "hashtags") == "talwind"
	assert stage.host.secret(stage.channel, "access_token") == stage.token
	assert stage.host.secret(stage.channel, "client_secret") == "typed-by-hand"
	asked = "return performance.getEntriesByType('resource').map(one => one.name).join(' ')"
	assert "test_password_strength" not in page.driver.execute_script(asked)


@languages
def test_a_gap_is_shown_and_read_again(stage, sit_down, words):
	stage.mention()
	stage.listen()
	row = next(one for one in stage.streams() if one.stream_key == "mentions")
	gap = {"gap_since": row.began_at, "gap_until": tasks.now(), "gap_reason": "It was down."}
	with stage.host.transaction():
		stage.host.store.change(row, **gap, alarm="Nothing has come for hours.", alarm_at=tasks.now())
	page = sit_down("manager")
	page.open("/app/social-channel")
	page.wait(".list-row .red", words["silent"])
	page.open(f"/app/social-channel/{stage.channel}")
	page.wait(".social-alarm", "Nothing has come for hours.")
	page.wait(".social-health table", "It was down.")
	page.click("[data-backfill]", words["backfill"])
	stage.wait(lambda: [one for one in stage.streams() if one.duty is Duty.SCAN and one.facts.get("asked")])
	frappe.db.set_value("Social Channel", stage.channel, "parked", "Write to help@example.com")
	frappe.db.commit()
	page.open("/app/social-channel")
	page.wait(".list-row .gray", words["parked"])
	page.open(f"/app/social-channel/{stage.channel}")
	page.wait(".form-message", "help@example.com")


@languages
def test_the_list_shows_at_a_glance_which_channel_fails(stage, sit_down, words):
	stage.mention()
	stage.listen()
	page = sit_down("manager")
	page.open("/app/social-channel")
	page.wait(".list-row", words["listening"])
	frappe.db.set_value("Social Channel", stage.channel, "base_url", "http://127.0.0.1:9")
	for _time in range(3):
		stage.listen()
	page.open("/app/social-channel")
	page.wait(".list-row .red", words["failing"])
	page.open(f"/app/social-channel/{stage.channel}")
	page.wait(".social-health .red")


@pytest.mark.skipif(PICTURES not in os.environ, reason=f"pictures of docs/ are taken when {PICTURES} is set")
@pytest.mark.parametrize("language", ["en"])
def test_pictures_for_the_docs(stage, sit_down, monkeypatch, words):
	"""The same pages, with names that a person can read."""
	with simulated("x") as network:
		with monkeypatch.context() as names:
			names.setattr(secrets, "token_hex", lambda size: "" if size == 3 else token_hex(size))
			company = Showcase(stage.site, stage.url, network)
			ticket = company.what_happened()
		page = sit_down("agent")
		page.driver.set_window_size(1440, 1000)
		take_ticket(page, company, ticket, words)
		page = sit_down("manager")
		page.driver.set_window_size(1440, 1000)
		take_channel(page, company, words)


class Showcase(Stage):
	def what_happened(self) -> str:
		values = {"title": "Talwind Care", "hashtags": "talwind", "keywords": "talwind -is:retweet"}
		frappe.db.set_value("Social Channel", self.channel, values)
		frappe.db.commit()
		frappe.db.set_single_value(
			"Social Service Settings", "articles_address", "https://www.talwind.example"
		)
		self.mention("Thank you for the friendly staff on the 7:40 train!", by=self.customer("Jonas"))
		self.mention("Where can I see whether my train is late?", by=self.customer("Ayla"))
		self.now()
		self.network.post(self.customer("Robin"), "Sunny morning in the valley #talwind")
		return self.ticket(QUESTION, by=self.customer("Maria"))


def take_ticket(page: Browser, company: Showcase, ticket: str, words: dict[str, str]) -> None:
	assert company.person("agent").reply(ticket, "<p>Sorry about that! I am looking it up for you.</p>").ok
	company.publish()
	company.mention(
		"Thanks! It was the 17:12 to Neustadt.", by="maria", reply_to=company.published()[-1]["id"]
	)
	company.listen()
	open_ticket(page, ticket)
	page.wait(last_card(company, ticket), "Sent")
	page.click("button", words["suggestions"])
	page.wait("[data-social-insert]")
	page.rest()
	page.picture("suggestions")
	page.click("[data-social-insert]")
	page.wait("[data-social-count]")
	page.rest()
	page.picture("ticket")


def take_channel(page: Browser, company: Showcase, words: dict[str, str]) -> None:
	company.site.worker()
	page.open(f"/app/social-channel/{company.channel}")
	page.wait(".social-health", "Mentions")
	page.rest()
	page.picture("channel")
	page.click("button", words["preview"])
	page.wait(".modal.show table", words["opens"])
	page.rest()
	page.picture("preview")


@languages
def test_a_failed_post_is_decided_again_from_its_form(stage, sit_down, words):
	sent_at = tasks.now()
	key = token_hex(8)
	failed = SocialMessage(
		channel=stage.channel,
		external_id=key,
		digest=SocialMessage.key(stage.channel, key),
		post_digest=key,
		thread_id=key,
		kind=Kind.MENTION,
		visibility=Visibility.PUBLIC,
		text="My train is late, please help!",
		sent_at=sent_at,
		stored_at=sent_at,
		author_id="7",
		author_name="Maria",
		fate=Fate.FAILED,
		fate_reason="It broke",
	)
	name = stage.host.store.add(failed)[0].name
	page = sit_down("manager")
	page.open(f"/app/social-message/{name}")
	page.click(".page-head button, .page-actions button, button", words["retry"])
	stage.wait(lambda: stage.message(key).fate is None)
	stage.listen()
	assert stage.message(key).fate is Fate.OPENED
	page.reload()
	page.wait(".form-page", stage.message(key).fate_reason)
