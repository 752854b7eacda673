"""The public clock in Helpdesk: its badges, lists and hourly job say what we say, to the minute, whoever's clock shows what."""

from __future__ import annotations

import os
import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from pathlib import Path

import frappe
import pytest
from frappe.desk.form.assign_to import add as assign
from frappe.utils import get_datetime
from helpdesk.helpdesk.doctype.hd_ticket.hd_ticket import update_sla_status_in_ticket

from social_service import history, tasks
from social_service.hosts.frappe_store import from_site_time, say, to_site_time
from social_service.ledger import SocialSLAClock, SocialTicketEvent
from social_service.records import ClockState, Happening, Kind, Milestone
from social_service.sla import showing
from social_service.sla.keeping import clocks_of
from social_service.ticket_texts import TEXTS
from tests.host import browser
from tests.host.browser import Browser
from tests.host.promising import HOUR, MINUTE
from tests.host.stage import OTHER_TEAM, PEOPLE, TEAM

FIRST, NEXT, WHOLE = Milestone.FIRST, Milestone.NEXT, Milestone.RESOLUTION
AGENT = PEOPLE["agent"][0]


def utc(text: str) -> datetime:
	return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


def rows(host, ticket: str) -> dict[Milestone, SocialSLAClock]:
	return {row.milestone: row for row in clocks_of(host, ticket)}


def fresh(ticket) -> frappe.model.document.Document:
	frappe.db.commit()
	return frappe.get_doc("HD Ticket", ticket.name if hasattr(ticket, "name") else ticket)


def agrees(host, ticket) -> frappe.model.document.Document:
	"""The ticket's fields are those of its clocks, and Helpdesk's hourly job changes nothing of it."""
	before = fresh(ticket)
	update_sla_status_in_ticket()
	after = fresh(ticket)
	assert after.agreement_status == before.agreement_status
	kept = rows(host, before.name)
	assert before.response_by == to_site_time(kept[FIRST].due_at).replace(microsecond=0)
	assert before.resolution_by == to_site_time(kept[WHOLE].due_at).replace(microsecond=0)
	return after


# --- deadlines ----------------------------------------------------------------------------------------------

# post (UTC), hours, zone, first response → due (UTC), worked out by hand. The site is in Berlin.
DEADLINES = {
	"two spans a day in Tokyo: half an hour before noon, the rest after one": (
		*("2026-01-12 02:30", "Mon-Fri 9-12, 13-18", "Asia/Tokyo", 2 * HOUR),
		"2026-01-12 05:30",
	),
	"over midnight in Tokyo: from 23:30 on Saturday until half past one": (
		*("2026-01-10 14:30", "Sat 22-2", "Asia/Tokyo", 2 * HOUR),
		"2026-01-10 16:30",
	),
	"over midnight, and what is left a week later": (
		*("2026-01-10 16:30", "Sat 22-2", "Asia/Tokyo", HOUR),
		"2026-01-17 13:30",
	),
	"in the site's zone when none is named": (
		*("2026-01-09 16:30", "Mon-Fri 8-18", "", HOUR),
		"2026-01-12 07:30",
	),
	"the night in which summer begins, in New York": (
		*("2026-03-08 06:30", "Mon-Sun 0-24", "America/New_York", HOUR),
		"2026-03-08 07:30",
	),
}


@pytest.mark.parametrize("why", DEADLINES)
def test_deadlines_are_ours_whatever_helpdesks_hours_can_say(helpdesk, why):
	posted, hours, zone, target, due = DEADLINES[why]
	values = {"hours": hours, "time_zone": zone, "first_response": target, "resolution": 3 * HOUR}
	policy = helpdesk.policy(channel=helpdesk.channel, **values)
	ticket = agrees(helpdesk.host, helpdesk.ticket(Kind.MENTION, utc(posted)))
	assert (ticket.sla, ticket.response_by) == (policy.agreement, to_site_time(utc(due)))
	ticket.subject = "Saved by an agent"
	ticket.save()
	assert agrees(helpdesk.host, ticket).response_by == to_site_time(utc(due))


def test_helpdesks_agreement_has_the_nearest_shape(helpdesk):
	policy = helpdesk.policy(channel=helpdesk.channel, hours="Mon 8-12, 13-18\nSun 22-6\nTue 9-24")
	made = frappe.get_doc("HD Service Level Agreement", policy.agreement)
	assert [(row.workday, str(row.start_time), str(row.end_time)) for row in made.support_and_resolution] == [
		("Monday", "0:00:00", "18:00:00"),
		("Tuesday", "9:00:00", "23:59:59"),
		("Sunday", "22:00:00", "23:59:59"),
	]


def test_holidays_of_the_policy_count(helpdesk):
	days = {"from_date": "2026-01-01", "to_date": "2026-12-31"}
	holiday = {"holiday_date": "2026-01-12", "description": "Closed"}
	name = helpdesk.add(
		"HD Service Holiday List", holiday_list_name=secrets.token_hex(4), holidays=[holiday], **days
	).name
	values = {"hours": "Mon-Fri 9-17", "holidays": name, "first_response": HOUR, "resolution": 2 * HOUR}
	policy = helpdesk.policy(channel=helpdesk.channel, **values)
	ticket = helpdesk.ticket(Kind.MENTION, utc("2026-01-10 11:00"))
	assert ticket.response_by == datetime(2026, 1, 13, 10, 0), "Monday is none, so Tuesday at ten"
	assert frappe.db.get_value("HD Service Level Agreement", policy.agreement, "holiday_list") == name


# --- status -------------------------------------------------------------------------------------------------


def test_hold_and_reopen_move_the_resolution_and_helpdesk_shows_the_same(helpdesk):
	helpdesk.policy(
		channel=helpdesk.channel, hours="Mon-Sun 0-24", first_response=5 * HOUR, resolution=8 * HOUR
	)
	ticket = helpdesk.ticket(
		Kind.MENTION, datetime.now(timezone.utc).replace(microsecond=0) - timedelta(hours=3)
	)
	assert ticket.agreement_status == "First Response Due"
	due = get_datetime(ticket.resolution_by)
	ticket.status = "Replied"
	ticket.save()
	ticket = agrees(helpdesk.host, ticket)
	assert ticket.agreement_status == "Paused" and ticket.on_hold_since and not ticket.first_responded_on
	two_hours_ago(helpdesk, ticket.name, Happening.ON_HOLD)
	ticket.status = "Open"
	ticket.save()
	assert ticket.resolution_by == fresh(ticket).resolution_by, "whoever saved it sees it at once"
	ticket = agrees(helpdesk.host, ticket)
	held = get_datetime(ticket.resolution_by) - due
	assert abs(held - timedelta(hours=2)) < timedelta(seconds=10)
	assert abs(ticket.total_hold_time - 2 * HOUR) < 10 and not ticket.on_hold_since
	ticket.status = "Resolved"
	ticket.save()
	ticket = agrees(helpdesk.host, ticket)
	assert (
		ticket.agreement_status == "" and rows(helpdesk.host, ticket.name)[FIRST].state is ClockState.DROPPED
	)
	assert abs(ticket.resolution_time - HOUR) < 10
	ticket.status = "Open"
	ticket.save()
	assert agrees(helpdesk.host, ticket).agreement_status == "First Response Due"
	assert [one.what for one in history.of_ticket(helpdesk.host, ticket.name)] == [
		Happening.ON_HOLD,
		Happening.RESUMED,
		Happening.RESOLVED,
		Happening.REOPENED,
	]


def two_hours_ago(helpdesk, ticket: str, what: Happening) -> None:
	frappe.db.commit()
	with helpdesk.host.transaction():
		found = helpdesk.host.store.find(SocialTicketEvent, {"ticket": ticket}, order="-at", limit=10)
		event = next(one for one in found if one.what is what)
		helpdesk.host.store.change(event, at=event.at - timedelta(hours=2))


def test_a_missed_promise_is_failed_in_helpdesk_within_a_minute(helpdesk):
	helpdesk.policy(channel=helpdesk.channel, first_response=4 * MINUTE, resolution=8 * HOUR)
	ticket = helpdesk.ticket(Kind.MENTION, datetime.now(timezone.utc) - timedelta(minutes=3, seconds=58))
	assert ticket.agreement_status == "First Response Due"
	frappe.db.commit()
	import time  # noqa: PLC0415

	time.sleep(3)
	tasks.watch_promises()
	assert agrees(helpdesk.host, ticket).agreement_status == "Failed"


def test_a_persons_change_chooses_the_promise_anew_and_an_escalation_does_not(helpdesk):
	customer = helpdesk.add("HD Customer", customer_name=f"VIP {secrets.token_hex(3)}").name
	narrow = {"channel": helpdesk.channel, "sort_order": 10}
	high = helpdesk.policy(**narrow, priority="High", first_response=3 * MINUTE)
	vip = helpdesk.policy(**{**narrow, "sort_order": 5}, customers=customer, first_response=2 * MINUTE)
	usual = helpdesk.policy(channel=helpdesk.channel, first_response=30 * MINUTE)
	ticket = helpdesk.ticket(Kind.MENTION)
	assert ticket.sla == usual.agreement
	ticket.priority = "High"
	ticket.save()
	assert agrees(helpdesk.host, ticket).sla == high.agreement
	ticket = fresh(ticket)
	ticket.customer = customer
	ticket.save()
	assert agrees(helpdesk.host, ticket).sla == vip.agreement
	assert rows(helpdesk.host, ticket.name)[FIRST].policy == high.name, "it was missed under that one"
	other = helpdesk.ticket(Kind.MENTION)
	frappe.db.commit()
	with helpdesk.host.transaction():
		helpdesk.host.desk.route(other.name, team="", priority="High")
	assert fresh(other).sla == usual.agreement and fresh(other).priority == "High"


def test_a_late_post_of_the_customer_changes_the_topic_and_its_promise(stage, helpdesk):
	policy = helpdesk.policy(channel=stage.channel, topic="safety", first_response=7 * MINUTE, sort_order=1)
	ticket = helpdesk.and_this(stage.ticket(by=(maria := stage.customer())))
	before = fresh(ticket)
	assert (before.sla, before.social_language) == ("Social: Public posts", "en")
	stage.mention("there is smoke coming out of it, please help", by=maria, reply_to=first_post(stage))
	stage.listen()
	after = agrees(stage.host, ticket)
	assert (after.social_topic, after.priority, after.sla) == ("safety", "Urgent", policy.agreement)


def first_post(stage) -> str:
	return next(iter(stage.messages()))


# --- the way of a post --------------------------------------------------------------------------------------


def test_the_first_response_counts_when_the_network_took_it_and_the_minutes_are_told(stage):
	ticket = stage.ticket()
	row = rows(stage.host, ticket)[FIRST]
	assert row.started_at == stage.message(first_post(stage)).sent_at
	assert row.assigned_at and row.decided_at, "Helpdesk gave it to somebody of the team"
	assert stage.person("agent").reply(ticket, "<p>We send a new one.</p>").ok
	stage.refresh()
	assert rows(stage.host, ticket)[FIRST].stopped_at is None
	stage.now()
	stage.make_due()
	stage.publish()
	row = rows(stage.host, ticket)[FIRST]
	(reply,) = stage.replies()
	assert (row.stopped_at, row.written_at, row.agent) == (reply.sent_at, reply.queued_at, AGENT)
	after = agrees(stage.host, ticket)
	assert from_site_time(after.first_responded_on) == reply.sent_at.replace(microsecond=0)
	assert after.agreement_status in ("Resolution Due", "Paused")
	steps = [str(stage_.name) for stage_ in showing.shown(row, tasks.now()).stages]
	assert steps[:2] == ["fetched", "decided"] and steps[-2:] == ["written", "accepted"]


def test_people_are_told_once_by_helpdesks_notifications(helpdesk):
	helpdesk.policy(
		channel=helpdesk.channel, first_response=6 * MINUTE, warn_percent=50, warn_user=PEOPLE["manager"][0]
	)
	ticket = helpdesk.ticket(Kind.MENTION)
	make_agents()
	assign({"assign_to": [AGENT], "doctype": "HD Ticket", "name": ticket.name})
	frappe.db.commit()
	for _twice in range(2):
		tasks.watch_promises()
	frappe.db.commit()
	told = frappe.get_all("HD Notification", {"reference_ticket": ticket.name}, ["user_to", "message"])
	told = {
		(one.user_to, (one.message or "").split(" due ")[0]) for one in told if "due" in (one.message or "")
	}
	assert told == {
		(user, f"Ticket {ticket.name}: the first response is") for user in (AGENT, PEOPLE["manager"][0])
	}
	happened = [one.what for one in history.of_ticket(helpdesk.host, ticket.name)]
	assert happened == [Happening.ASSIGNED, Happening.WARNED]
	assert rows(helpdesk.host, ticket.name)[FIRST].assigned_at


def make_agents() -> None:
	from tests.host.stage import make_people  # noqa: PLC0415

	make_people()
	frappe.db.commit()


def test_two_workers_at_the_same_moment_tell_each_person_once(site, helpdesk):
	helpdesk.policy(
		channel=helpdesk.channel, first_response=6 * MINUTE, warn_percent=50, warn_user=PEOPLE["manager"][0]
	)
	make_agents()
	frappe.db.delete("HD Notification")  # of tickets whose names come again
	tickets = [helpdesk.ticket(Kind.MENTION).name for _number in range(25)]
	frappe.db.commit()
	with ThreadPoolExecutor() as pool:
		list(pool.map(lambda _worker: site.bench.python(WATCH, site.name), range(2)))
	frappe.db.commit()
	told = {"reference_ticket": ["in", tickets], "user_to": PEOPLE["manager"][0]}
	assert sorted(frappe.get_all("HD Notification", told, pluck="reference_ticket")) == sorted(tickets)


WATCH = """
import sys, frappe
frappe.init(sys.argv[1]); frappe.connect()
from social_service import tasks
tasks.watch_promises()
"""


def test_a_breach_escalates_to_another_team_and_a_user(helpdesk):
	make_agents()
	helpdesk.policy(
		channel=helpdesk.channel,
		first_response=5 * MINUTE,
		escalate_priority="Urgent",
		escalate_team=OTHER_TEAM,
		escalate_user=PEOPLE["manager"][0],
	)
	ticket = helpdesk.ticket(Kind.MENTION, datetime.now(timezone.utc) - timedelta(minutes=6), team=TEAM)
	frappe.db.commit()
	tasks.watch_promises()
	after = fresh(ticket)
	assert (after.agent_group, after.priority, after.agreement_status) == (OTHER_TEAM, "Urgent", "Failed")
	notes = frappe.get_all("HD Ticket Comment", {"reference_ticket": ticket.name}, pluck="content")
	assert any("Missed: the first response was due" in note for note in notes)
	assert frappe.db.exists(
		"HD Notification", {"reference_ticket": ticket.name, "user_to": PEOPLE["manager"][0]}
	)
	before = frappe.db.count("HD Notification")
	tasks.watch_promises()
	assert frappe.db.count("HD Notification") == before


def test_the_dispatcher_puts_one_job_into_the_queue_when_something_is_due(stage, helpdesk):
	helpdesk.policy(channel=helpdesk.channel, first_response=6 * MINUTE, warn_percent=50)
	stage.empty_queue()
	frappe.db.commit()
	tasks.dispatch()
	before = stage.queued(tasks.watch_promises)
	helpdesk.ticket(Kind.MENTION)
	frappe.db.commit()
	for _twice in range(2):
		tasks.dispatch()
	assert (before, stage.queued(tasks.watch_promises) >= 1) == (0, True)
	assert stage.queued(tasks.watch_promises) <= 2, "one a minute"
	stage.empty_queue()


def test_a_deleted_ticket_leaves_no_clock_that_another_one_could_inherit(helpdesk):
	helpdesk.policy(channel=helpdesk.channel)
	ticket = helpdesk.ticket(Kind.MENTION)
	frappe.delete_doc("HD Ticket", ticket.name, force=True)
	frappe.db.commit()
	assert clocks_of(helpdesk.host, ticket.name) == []
	assert not frappe.db.count("Social Message", {"ticket": ticket.name})
	frappe.db.commit()


# --- second level -------------------------------------------------------------------------------------------

DOOR = "social_service.api_handover."


def test_an_agent_hands_over_and_the_other_team_hands_back(stage):
	ticket, agent = stage.ticket(), stage.person("agent")
	asked = {"ticket": ticket, "team": OTHER_TEAM, "reason": "Is the parcel lost?", "minutes": 120}
	refused = agent.call(f"{DOOR}hand_over", **{**asked, "reason": " "})
	assert refused.status_code == 417 and "what the other team should do" in refused.text
	assert agent.call(f"{DOOR}hand_over", **asked).ok
	stage.refresh()
	kept = rows(stage.host, ticket)
	assert fresh(ticket).agent_group == OTHER_TEAM and kept[FIRST].state is ClockState.RUNNING
	over = kept[Milestone.HAND_OVER]
	assert (over.team, over.back_to, over.agent) == (OTHER_TEAM, TEAM, AGENT)
	assert over.due_at - over.started_at == timedelta(hours=2)
	assert stage.person("restricted").call(f"{DOOR}hand_back", ticket=ticket, answer="It is found.").ok
	assert fresh(ticket).agent_group == TEAM
	assert rows(stage.host, ticket)[Milestone.HAND_OVER].state is ClockState.MET
	happened = [one.what for one in history.of_ticket(stage.host, ticket)]
	assert happened.count(Happening.HANDED_OVER) == 2, "once each, whoever else saves the ticket for it"


# --- in a browser -------------------------------------------------------------------------------------------

WORDS = {
	"due": showing.SAID[FIRST][1],
	"hand_over": TEXTS["hand_over"],
	"hand_back": TEXTS["hand_back"],
	"asked_of": TEXTS["asked_of"],
	"answered": TEXTS["answered_in"],
	"called": showing.SAID[FIRST][0],
}
SHOTS = Path(os.environ.get("SOCIAL_SERVICE_SHOTS") or "/tmp")
in_a_browser = pytest.mark.skipif(bool(browser.what_is_missing()), reason=browser.what_is_missing())


@pytest.fixture
def page(site, url, stage, language):
	link = site.bench.sites / "assets" / "social_service"
	if not link.exists():
		link.symlink_to(site.bench.path / "apps" / "social_service" / "social_service" / "public")
	site.command("compile-po-to-mo", "--app", "social_service")
	frappe.db.sql("update `tabInstalled Application` set is_setup_complete = 1")
	values = {"language": language, "time_zone": "America/New_York"}
	frappe.db.set_value("User", AGENT, values)
	frappe.db.commit()
	frappe.clear_cache()
	opened = Browser(site, url, "agent", language)
	opened.driver.execute_cdp_cmd("Emulation.setTimezoneOverride", {"timezoneId": "America/New_York"})
	yield opened
	assert opened.complaints() == []
	opened.close()
	frappe.db.set_value("User", AGENT, {"language": "en", "time_zone": None})
	frappe.db.commit()


@in_a_browser
@pytest.mark.parametrize("language", ["en", "de"])
def test_an_agent_in_new_york_sees_what_is_due_where_the_minutes_went_and_hands_over(
	stage, helpdesk, page, language
):
	"""The site is in Berlin, the policy in Tokyo."""
	said = {key: say(sentence, language) for key, sentence in WORDS.items()}
	assert language == "en" or said["due"] != str(WORDS["due"])
	helpdesk.policy(
		title="Every day, around the clock",
		channel=stage.channel,
		hours="Mon-Sun 0-24",
		time_zone="Asia/Tokyo",
		first_response=90 * MINUTE,
		resolution=8 * HOUR,
	)
	ticket = helpdesk.and_this(stage.ticket())
	due = rows(stage.host, ticket)[FIRST].due_at
	page.driver.set_window_size(1440, 1000)
	page.open(f"/helpdesk/tickets/{ticket}")
	shown = page.wait("[data-social-due]", said["due"].split("{0}")[0].strip())
	minutes_left = int((due - datetime.now(timezone.utc)).total_seconds() // 60)
	assert any(str(minutes % 60) in shown.text for minutes in (minutes_left, minutes_left + 1))
	assert clock_in("America/New_York", due, language) in shown.text
	page.wait("#app-header", "Due in 1h")
	page.wait("#app-header", "Due in 7h")
	page.wait("[data-social-minutes]", "→")
	page.rest()
	page.picture(f"clock-{language}", SHOTS)
	page.click("[data-social-hand]", said["hand_over"])
	page.wait("[data-social-team]")
	page.driver.execute_script(
		"document.querySelector('[data-social-team]').value = arguments[0]", OTHER_TEAM
	)
	page.type("[data-social-reason]", "Is the parcel lost?")
	page.rest()
	page.picture(f"hand-over-{language}", SHOTS)
	page.click("[data-social-form] button", said["hand_over"])
	page.wait("[data-social-asked]", "Is the parcel lost?")
	page.wait("[data-social-hand]", said["hand_back"])
	page.rest()
	page.picture(f"handed-over-{language}", SHOTS)
	if language == "en" and "SOCIAL_SERVICE_PICTURES" in os.environ:
		page.reload()
		page.wait("[data-social-asked]")
		page.rest()
		page.picture("promise", element=page.wait("[data-social-promise]"))
	assert rows(stage.host, ticket)[Milestone.HAND_OVER].due_at
	answer(stage, ticket)
	page.reload()
	page.wait("[data-social-done]", said["called"])
	page.rest()
	page.picture(f"answered-{language}", SHOTS)


def clock_in(zone: str, moment: datetime, language: str) -> str:
	from zoneinfo import ZoneInfo  # noqa: PLC0415

	local = moment.astimezone(ZoneInfo(zone))
	return local.strftime("%H:%M") if language == "de" else local.strftime("%I:%M").lstrip("0")


def answer(stage, ticket: str) -> None:
	assert stage.person("agent").reply(ticket, "<p>We send a new one.</p>").ok
	stage.refresh()
	stage.now()
	stage.make_due()
	stage.publish()
	stage.refresh()
	assert rows(stage.host, ticket)[FIRST].stopped_at


@in_a_browser
@pytest.mark.parametrize("language", ["en"])
def test_helpdesks_own_badge_and_list_say_the_same(stage, helpdesk, site, url, language):
	"""At a browser that is where the site is: Helpdesk reads its times by the browser's clock."""
	helpdesk.policy(channel=stage.channel, first_response=90 * MINUTE, resolution=8 * HOUR)
	ticket = helpdesk.and_this(stage.ticket())
	page = Browser(site, url, "agent", language)
	page.driver.execute_cdp_cmd("Emulation.setTimezoneOverride", {"timezoneId": "Europe/Berlin"})
	page.driver.set_window_size(1440, 1000)
	page.open(f"/helpdesk/tickets/{ticket}")
	ours = page.wait("[data-social-due]", "First response due in").text
	page.wait("div", "Due in 1h")
	told = [one.text for one in page.find("div", "Due in 1h") if one.text.startswith("Due in 1h")]
	minutes = ours.split(" h ")[1].split(" min")[0]
	assert any(f"1h {minutes}m" in one for one in told), (ours, told)
	page.close()


@in_a_browser
@pytest.mark.parametrize("language", ["en"])
def test_the_form_of_a_clock_says_where_the_minutes_went(stage, site, url, language):
	ticket = stage.ticket()
	answer(stage, ticket)
	page = Browser(site, url, "agent", language)
	page.open(f"/app/social-sla-clock/{rows(stage.host, ticket)[FIRST].name}")
	page.wait(".social-minutes", "accepted")
	page.rest()
	page.picture("clock-form", SHOTS)
	assert page.complaints() == []
	page.close()
