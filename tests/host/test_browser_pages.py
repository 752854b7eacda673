"""In a real browser, in English and German: a promise is changed and deadlines follow; workspace and report, empty to busy.

Nothing may stand in the browser's console or in the site's Error Log afterwards.
"""

from __future__ import annotations

import re
import secrets
import time
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

import frappe
import pytest
from frappe.utils import get_datetime

from social_service.hosts.frappe_store import say, to_site_time
from social_service.hosts.helpdesk_promises import POLICY
from social_service.records import Fate
from social_service.sentence import _
from tests.host import browser, test_browser
from tests.host.browser import Browser
from tests.host.stage import Stage
from tests.host.test_browser import languages, open_ticket
from tests.host.test_pages import MINUTE, REPORT, post

REASON = browser.what_is_missing()
pytestmark = pytest.mark.skipif(bool(REASON), reason=REASON)
knowledge, sit_down = test_browser.knowledge, test_browser.sit_down
roles = pytest.mark.parametrize("role", ["manager", "agent"])

TAB, ALL = "\ue004", "\ue009a\ue000"  # Ctrl+A
ZONE = {"timezoneId": "Europe/Berlin"}  # the header's "Due in" takes the site's times for the browser's
HOUR = 60 * MINUTE
A_WHILE = timedelta(seconds=2)
LONG_AGO = "from_date=2024-03-30&to_date=2024-03-30"
COUNTED = ("Social Message", "Social Conversation", "Social Reply", "Social Stream", "Social Channel")

WORDS = {
	"save": _("Save"),
	"opened": _("Tickets opened today"),
	"waiting": _("Waiting for an answer"),
	"unpublished": _("Replies not published"),
	"undecided": _("Posts not decided"),
	"failed": _("Failed posts"),
	"alarms": _("Alarms"),
	"by_day": _("Posts by day"),
	"posts": _("Posts"),
	"tickets": _("Tickets"),
	"unanswered": _("Unanswered"),
	"within": _("Within target"),
	"median": _("First response, p50"),
	"no_channel": _("No channel is connected yet. Connect one under {0}, and its posts are counted here."),
	"no_post": _("No post of these days is here. Choose other days, or look at {0} whether posts arrive."),
}


@pytest.fixture
def words(site, knowledge, language) -> dict[str, str]:
	"""What stands on the pages, in the language of whoever looks."""
	told = {key: say(sentence, language) for key, sentence in WORDS.items()}
	in_english = [key for key, sentence in WORDS.items() if told[key] == str(sentence)]
	assert language == "en" or in_english == ["tickets"], "that one is a German word as well"
	return told


# --- a promise is changed ------------------------------------------------------------------------------------


@pytest.fixture
def policy(stage):
	"""An hour and a half for the posts of this channel."""
	values = {"title": f"Browser {secrets.token_hex(3)}", "channel": stage.channel, "first_response": 5400}
	document = frappe.get_doc({"doctype": POLICY, **values}).insert()
	frappe.db.commit()
	yield document.name
	stage.refresh()
	frappe.delete_doc(POLICY, document.name)
	frappe.db.commit()


def follows(stage: Stage, key: str, target: timedelta) -> bool:
	"""Helpdesk has no midnight: a deadline beyond it is a second late."""
	stage.refresh()
	message = stage.message(key)
	ticket = frappe.db.get_value(
		"HD Ticket", message.ticket, ["response_by", "first_responded_on"], as_dict=True
	)
	assert ticket.first_responded_on is None
	late = get_datetime(ticket.response_by) - to_site_time(message.sent_at + target)
	return abs(late) <= timedelta(seconds=1)


def sees_the_deadline(page: Browser, ticket: str) -> None:
	"""The minutes in the header of Helpdesk's ticket view are those until the ticket's response_by."""
	due = get_datetime(frappe.db.get_value("HD Ticket", ticket, "response_by"))
	most = due - to_site_time(datetime.now(timezone.utc))
	open_ticket(page, ticket)
	pattern = r"First Response\s+Due in (?:(\d+)h )?(\d+)m"
	shown = page.until(
		lambda: next((re.search(pattern, page._text(one)) for one in page.find("#app-header")), None),
		"when the first response is due",
	)
	least = due - to_site_time(datetime.now(timezone.utc))
	left = int(shown[1] or 0) * HOUR + int(shown[2]) * MINUTE
	assert least - MINUTE < left <= most, shown[0]


@languages
def test_deadlines_follow_a_promise_that_is_changed_in_its_form(stage, policy, sit_down, words):
	key = stage.mention()
	agent, manager = sit_down("agent"), sit_down("manager")
	for page in (agent, manager):
		page.driver.execute_cdp_cmd("Emulation.setTimezoneOverride", ZONE)
	time.sleep(A_WHILE.total_seconds())
	stage.listen()
	message = stage.message(key)
	ticket = message.ticket
	assert message.decided_at - message.sent_at >= A_WHILE, "else both could be the deadline's start"
	assert follows(stage, key, 1.5 * HOUR)
	sees_the_deadline(agent, ticket)
	stage.site.worker()
	promise(manager, policy, "4", words)
	stage.wait(lambda: follows(stage, key, 4.5 * HOUR))
	for page in (agent, manager):
		sees_the_deadline(page, ticket)
	agent.open(f"/app/social-sla-policy/{policy}")
	told = agent.wait("[data-fieldname=first_response] .control-value", " 30m")  # 4h, or 4Std
	assert agent._text(told).startswith("4")
	assert not [one for one in agent.find(".page-actions button", words["save"]) if one.is_displayed()]


def promise(page: Browser, policy: str, hours: str, words: dict[str, str]) -> None:
	"""Other hours, the same minutes."""
	page.open(f"/app/social-sla-policy/{policy}")
	page.click("[data-fieldname=first_response] input[type=text]")
	page.click("[data-fieldname=first_response] [data-duration=hours]")
	page.press(ALL, hours, TAB)
	page.click(".page-actions button", words["save"])
	page.until(lambda: not page.driver.execute_script("return cur_frm.is_dirty()"), "saved")


# --- workspace and report ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Expected:
	"""What the pages must show."""

	posts: int = 0
	tickets: int = 0
	opened_today: int = 0
	waiting: int = 0
	failed: int = 0


class NewSite:
	"""As on the day of its installation: nothing is connected and nothing has arrived."""

	def __init__(self, stage: Stage) -> None:
		self.host, self.channel = stage.host, ""

	def a_day(self) -> Expected:
		"""Six posts, three of them tickets: two answered within a minute, one not at all."""
		self._connect()
		now = datetime.now(timezone.utc) - MINUTE
		for answered in (1, 1, None):
			post(self.host, self.channel, now, answered=answered)
		for fate in (Fate.IGNORED, Fate.WATCHED, Fate.FAILED):
			post(self.host, self.channel, now, fate=fate)
		return Expected(posts=6, tickets=3, opened_today=3, waiting=1, failed=1)

	def busy_days(self) -> Expected:
		"""Six days more, with 40 posts each, every fourth a ticket and every eighth not answered."""
		for day in range(1, 7):
			then = datetime.now(timezone.utc) - timedelta(days=day) - MINUTE
			for number in range(40):
				answered, fate = (1, None)[number // 4 % 2], (Fate.WATCHED, Fate.OPENED)[number % 4 == 0]
				post(self.host, self.channel, then, answered=answered, fate=fate)
		return Expected(posts=246, tickets=63, opened_today=3, waiting=31, failed=1)

	def _connect(self) -> None:
		channel = frappe.get_doc({"doctype": "Social Channel", "title": "Pages", "driver": "x"})
		channel.name = self.channel = f"pages-{secrets.token_hex(4)}"
		channel.db_insert()
		frappe.db.commit()


@pytest.fixture
def new_site(stage):
	"""What other tests have left is put aside, and is there again at the end."""
	frappe.db.commit()
	for doctype in COUNTED:
		frappe.db.sql_ddl(f"rename table `tab{doctype}` to `aside {doctype}`")
		frappe.db.sql_ddl(f"create table `tab{doctype}` like `aside {doctype}`")
	yield NewSite(stage)
	frappe.db.commit()
	for doctype in COUNTED:
		frappe.db.sql_ddl(f"drop table `tab{doctype}`")
		frappe.db.sql_ddl(f"rename table `aside {doctype}` to `tab{doctype}`")


@roles
@languages
def test_workspace_and_report_from_the_first_day_on(stage, new_site, sit_down, words, role):
	page = sit_down(role)
	sees_the_workspace(page, words, Expected())
	page.open(f"/app/query-report/{REPORT}")
	sees_a_sentence(page, words["no_channel"])
	one_day = new_site.a_day()
	sees_the_workspace(page, words, one_day)
	sees_the_report(page, words, one_day)
	busy = new_site.busy_days()
	sees_the_workspace(page, words, busy)
	sees_the_report(page, words, busy)
	page.open(f"/app/query-report/{REPORT}?{LONG_AGO}")
	sees_a_sentence(page, words["no_post"])


def sees_the_workspace(page: Browser, words: dict[str, str], expected: Expected) -> None:
	page.open("/app/social-service")
	figures = {
		"opened": expected.opened_today,
		"waiting": expected.waiting,
		"unpublished": 0,
		"undecided": 0,
		"failed": expected.failed,
		"alarms": 0,
	}
	for name, figure in figures.items():
		sees_the_figure(page, ".number-widget-box", words[name], figure)
	page.wait(".dashboard-widget-box", words["by_day"])
	if expected.posts:
		page.until(lambda: bars(page, ".dashboard-widget-box"), "bars")
	nothing_pops_up(page)


def sees_the_report(page: Browser, words: dict[str, str], expected: Expected) -> None:
	page.open(f"/app/query-report/{REPORT}")
	page.wait(".report-summary", words["within"])
	for name, figure in {"tickets": expected.tickets, "unanswered": expected.waiting}.items():
		sees_the_figure(page, ".report-summary .summary-item", words[name], figure)
	page.wait(".report-summary", words["median"])
	page.wait(".dt-row-header, .dt-header", words["posts"])
	page.wait(".dt-scrollable .dt-row", "Pages")
	assert str(expected.posts) in page._text(page.wait(".dt-scrollable .dt-row", "Pages")).split()
	page.until(lambda: bars(page, ".chart-wrapper"), "bars")
	nothing_pops_up(page)


def sees_the_figure(page: Browser, selector: str, label: str, figure: int) -> None:
	"""On a card with its label, perhaps in capitals, and perhaps the dots of a menu."""
	wanted = [*label.casefold().split(), str(figure)]
	page.until(
		lambda: any(
			page._text(one).casefold().replace("...", "").split() == wanted for one in page.find(selector)
		),
		f"{selector} with {wanted}",
	)


def bars(page: Browser, inside: str) -> list:
	return [one for one in page.find(f"{inside} svg.frappe-chart rect.bar") if one.size["height"] > 1]


def sees_a_sentence(page: Browser, sentence: str) -> None:
	before, after = sentence.split("{0}")
	page.wait(".form-message", before)
	page.wait(".form-message", after)
	page.wait(".form-message a")
	assert not bars(page, ".chart-wrapper")
	nothing_pops_up(page)


def nothing_pops_up(page: Browser) -> None:
	assert not [page._text(one) for one in page.find(".modal.show, .desk-alert.red, .desk-alert.orange")]
	assert page.complaints() == []
