"""The outbox on a site: a second person decides, an answer is taken back, publishing is stopped. In requests, jobs and a browser."""

from __future__ import annotations

import os
from datetime import datetime, timedelta, timezone
from pathlib import Path

import frappe
import pytest

from social_service import tasks
from social_service.hosts.frappe_store import say, to_site_time
from social_service.records import ReplyState
from social_service.sentence import _
from tests.host import browser, test_browser
from tests.host.browser import Browser
from tests.host.stage import OTHER_TEAM, PEOPLE, Stage
from tests.host.test_browser import languages, last_card, open_ticket, send

API = "social_service.api_answers."
SETTINGS, RULE = "Social Service Settings", "Social Approval Rule"
TEXT, BETTER = "We send a new one.", "Sorry for that! A new one left today."
AGENT, APPROVER, MANAGER = (PEOPLE[role][0] for role in ("agent", "restricted", "manager"))
SHOTS = "SOCIAL_SERVICE_SHOTS"
knowledge, sit_down = test_browser.knowledge, test_browser.sit_down
needs_browser = pytest.mark.skipif(
	bool(browser.what_is_missing()), reason=browser.what_is_missing() or "there is one"
)


@pytest.fixture(autouse=True)
def tidy(stage):
	"""No rule, no stop: what a test wants it says."""
	yield
	stage.refresh()
	for name in frappe.get_all(RULE, pluck="name"):
		frappe.delete_doc(RULE, name, force=True)
	frappe.db.set_single_value(SETTINGS, {"undo_seconds": 0, "stop_publishing": 0, "approval_hours": 24})
	frappe.db.commit()


def let_undo(seconds: int) -> None:
	frappe.db.set_single_value(SETTINGS, "undo_seconds", seconds)
	frappe.db.commit()


def add_rule(**values: object) -> None:
	"""The other team's only member has to agree."""
	frappe.get_doc({"doctype": RULE, "title": "Everything", "approver_team": OTHER_TEAM, **values}).insert()
	frappe.db.commit()


def answered(stage: Stage, text: str = TEXT) -> tuple[str, str]:
	"""(ticket, reply)"""
	ticket = stage.ticket()
	assert stage.person("agent").reply(ticket, f"<p>{text}</p>").ok
	stage.refresh()
	return ticket, stage.replies()[-1].name


def ask(stage: Stage, role: str, door: str, **values: object):
	answer = stage.person(role).call(API + door, **values)
	stage.refresh()
	return answer


def ours(stage: Stage) -> list[str]:
	return [
		one["text"].split(" ", 1)[1] if one["text"].startswith("@") else one["text"]
		for one in stage.published()
		if one["by"] == stage.company
	]


def shown(stage: Stage, ticket: str) -> list[tuple[str, str]]:
	"""Text and badge of each answer, as the ticket view gets them."""
	told = stage.person("agent").call(
		"helpdesk.helpdesk.doctype.hd_ticket.api.get_ticket_activities", ticket=ticket
	)
	return [
		(frappe.utils.strip_html(one["content"]).strip(), one["delivery_status"])
		for one in told.json()["message"]["communications"]
		if one["sent_or_received"] == "Sent"
	]


def told(user: str, ticket: str) -> list[str]:
	return frappe.get_all("HD Notification", {"user_to": user, "reference_ticket": ticket}, pluck="message")


def events(ticket: str) -> list[tuple]:
	rows = frappe.get_all(
		"Social Ticket Event", {"ticket": ticket}, ["what", "by", "detail"], order_by="at_ms,name"
	)
	return [
		(row.what, row.by, row.detail)
		for row in rows
		if row.what in ("approved", "edited", "returned", "cancelled")
	]


# --- four eyes -----------------------------------------------------------------------------------------------


def test_an_answer_that_waits_leaves_no_job_and_tells_who_is_asked(stage):
	add_rule()
	ticket, _name = answered(stage)
	stage.publish()
	tasks.dispatch()
	assert stage.replies()[0].state is ReplyState.AWAITING_APPROVAL
	assert (stage.queued(tasks.send), ours(stage)) == (0, [])
	assert shown(stage, ticket) == [(TEXT, "Awaiting approval")]
	assert len(told(APPROVER, ticket)) == 1
	assert told(MANAGER, ticket) == []
	assert not frappe.db.get_value("HD Ticket", ticket, "first_responded_on")


@pytest.mark.parametrize("door", ["approve", "look", "give_back"])
def test_nobody_but_who_is_asked_decides(stage, door):
	add_rule()
	_ticket, name = answered(stage)
	more = {"approve": {"replies": [name]}, "look": {"reply": name}}
	more["give_back"] = {"reply": name, "reason": "Say sorry."}
	assert {role: ask(stage, role, door, **more[door]).status_code for role in ("agent", "manager")} == {
		"agent": 403,
		"manager": 403,
	}
	assert ask(stage, "restricted", door, **more[door]).ok


def test_the_approver_edits_and_what_is_published_is_what_the_ticket_shows(stage):
	add_rule()
	ticket, name = answered(stage)
	looked = ask(stage, "restricted", "look", reply=name, text="").json()["message"]
	assert (looked["text"], looked["stops"]) == (TEXT, [])
	assert ask(stage, "restricted", "approve", replies=[name], text=BETTER).ok
	assert stage.queued(tasks.send) == 1
	assert (stage.replies()[0].text, stage.replies()[0].drafted) == (BETTER, TEXT)
	stage.publish()
	assert (ours(stage), shown(stage, ticket)) == ([BETTER], [(BETTER, "Sent")])
	assert sorted(events(ticket)) == [("approved", APPROVER, "Everything"), ("edited", APPROVER, TEXT)]
	again = ask(stage, "restricted", "approve", replies=[name])
	assert again.status_code == 417


def test_the_guard_looks_at_the_edited_text_again(stage):
	add_rule()
	_ticket, name = answered(stage)
	for text in ("long " * 100, "Call 0171 2345678"):
		assert ask(stage, "restricted", "approve", replies=[name], text=text).status_code == 417
		assert ask(stage, "restricted", "look", reply=name, text=text).json()["message"]["stops"]
	frappe.db.sql("update `tabSocial Message` set deleted_at_ms = 1 where ticket = %s", _ticket)
	frappe.db.commit()
	assert ask(stage, "restricted", "approve", replies=[name]).status_code == 417
	assert stage.replies()[0].state is ReplyState.AWAITING_APPROVAL


def test_a_returned_answer_is_not_sent_and_its_author_reads_why(stage):
	add_rule()
	ticket, name = answered(stage)
	assert ask(stage, "restricted", "give_back", reply=name, reason=" ").status_code == 417
	assert ask(stage, "restricted", "give_back", reply=name, reason="Say sorry <first>.").ok
	stage.publish()
	tasks.dispatch()
	assert (ours(stage), shown(stage, ticket)) == ([], [(TEXT, "Not sent")])
	(row,) = ask(stage, "agent", "underway", ticket=ticket).json()["message"]
	assert (row["can_put_back"], row["text"], "Say sorry <first>." in row["told"]) == (True, TEXT, True)
	assert len(told(AGENT, ticket)) == 1
	assert events(ticket) == [("returned", APPROVER, "Say sorry <first>.")]


def test_what_nobody_approved_in_time_goes_back(stage):
	add_rule()
	ticket, name = answered(stage)
	frappe.db.sql("update `tabSocial Reply` set expires_at_ms = 1 where name = %s", name)
	frappe.db.commit()
	tasks.dispatch()
	assert (stage.replies()[0].state, shown(stage, ticket)) == (ReplyState.CANCELLED, [(TEXT, "Not sent")])
	assert len(told(AGENT, ticket)) == 1


@pytest.mark.parametrize(("days", "waits"), [(3, True), (40, False)])
def test_new_agents_are_those_that_helpdesk_has_not_had_for_long(stage, days, waits):
	add_rule(new_agent_days=30)
	began = to_site_time(datetime.now(timezone.utc) - timedelta(days=days))
	frappe.db.set_value("HD Agent", {"user": AGENT}, "creation", began, update_modified=False)
	frappe.db.commit()
	answered(stage)
	assert (stage.replies()[0].state is ReplyState.AWAITING_APPROVAL) is waits


def test_of_a_bulk_reply_each_answer_waits(stage):
	add_rule()
	tickets = [stage.ticket(by=stage.customer(name)) for name in ("Maria", "Peter")]
	call = {"ticket_ids": tickets, "message": "<p>It is mended.</p>"}
	assert stage.person("agent").call("helpdesk.api.ticket.bulk_reply", **call).ok
	stage.refresh()
	names = [one.name for one in stage.replies()]
	assert {one.state for one in stage.replies()} == {ReplyState.AWAITING_APPROVAL}
	done = ask(stage, "restricted", "approve", replies=names).json()["message"]
	assert (done["done"], done["refused"]) == (2, {})


def test_who_is_asked_but_may_not_see_the_ticket_does_not_decide(stage):
	"""Where Helpdesk restricts tickets by team, it does so here."""
	add_rule()
	_ticket, name = answered(stage)
	settings = frappe.get_doc("HD Settings")
	settings.db_set(
		{"restrict_tickets_by_agent_group": 1, "do_not_restrict_tickets_without_an_agent_group": 0}
	)
	frappe.db.commit()
	frappe.clear_document_cache("HD Settings")
	try:
		assert ask(stage, "restricted", "approve", replies=[name]).status_code == 403
	finally:
		settings.db_set("restrict_tickets_by_agent_group", 0)
		frappe.db.commit()
		frappe.clear_document_cache("HD Settings")


@pytest.mark.parametrize(
	("values", "says"), [({"language": "german"}, "language code"), ({"title": ""}, "title")]
)
def test_a_rule_that_can_not_be_meant_is_refused(stage, values, says):
	with pytest.raises(frappe.ValidationError, match=says):
		add_rule(**values)
	frappe.db.rollback()


# --- undo ----------------------------------------------------------------------------------------------------


def test_it_does_not_leave_before_the_time_to_take_it_back_is_over(stage):
	let_undo(20)
	ticket, name = answered(stage)
	assert stage.queued(tasks.send) == 0
	(row,) = ask(stage, "agent", "underway", ticket=ticket).json()["message"]
	assert 15 < row["seconds"] <= 20
	stage.publish()
	tasks.dispatch()
	assert (ours(stage), stage.queued(tasks.send), stage.replies()[0].state) == ([], 0, ReplyState.QUEUED)
	assert ask(stage, "agent", "cancel", replies=[name]).json()["message"]["done"] == 1
	stage.make_due()
	stage.publish()
	assert (ours(stage), shown(stage, ticket)) == ([], [(TEXT, "Not sent")])
	assert stage.person("agent").reply(ticket, f"<p>{TEXT}</p>").ok  # the same words, a second time


def test_the_ticket_view_asks_for_it_when_the_time_is_over_and_the_minute_finds_the_rest(stage):
	let_undo(1)
	_ticket, name = answered(stage)
	stage.wait(lambda: stage.replies()[0].next_try_at < tasks.now())
	assert ask(stage, "agent", "send_now", reply=name).ok
	assert stage.queued(tasks.send) == 1
	stage.empty_queue()
	tasks.dispatch()
	assert stage.queued(tasks.send) == 1
	stage.publish()
	assert ours(stage) == [TEXT]
	late = ask(stage, "agent", "cancel", replies=[name])
	assert (late.status_code, stage.replies()[0].state) == (417, ReplyState.SENT)


def test_many_at_once_are_taken_back_and_each_that_can_not_be_says_why(stage):
	let_undo(600)
	names = [answered(stage, f"Answer {number}")[1] for number in range(3)]
	frappe.db.set_value("Social Reply", names[1], "state", "Sent")
	frappe.db.set_value("Social Reply", names[2], "state", "Unknown")
	frappe.db.commit()
	done = ask(stage, "manager", "cancel", replies=names).json()["message"]
	assert (done["done"], list(done["refused"]), done["may_be_out"]) == (2, [names[1]], 1)
	assert "too late" in done["refused"][names[1]]
	states = [frappe.db.get_value("Social Reply", name, "state") for name in names]
	assert states == ["Cancelled", "Sent", "Unknown"]


# --- all publishing ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["site", "channel"])
def test_a_manager_stops_publishing_and_what_is_held_says_why(stage, where):
	ticket, _name = answered(stage)
	channel = stage.channel if where == "channel" else ""
	assert ask(stage, "agent", "stop_publishing", stop=1, channel=channel).status_code == 403
	assert ask(stage, "manager", "stop_publishing", stop=1, channel=channel).ok
	told_now = ask(stage, "manager", "publishing").json()["message"]
	assert told_now["is_stopped"] is (where == "site")
	assert [one["stop_publishing"] for one in told_now["channels"]] == [int(where == "channel")]
	stage.publish()
	held = stage.replies()[0]
	assert (ours(stage), held.state, "stopped" in held.error) == ([], ReplyState.QUEUED, True)
	assert stage.person("agent").reply(ticket, "<p>Another one</p>").status_code == 417
	assert ask(stage, "manager", "stop_publishing", stop=0, channel=channel).ok
	stage.make_due()
	stage.publish()
	assert (ours(stage), stage.replies()[0].error) == ([TEXT], "")


def test_publishing_is_stopped_whatever_else_is_wrong_with_a_channel(stage):
	frappe.db.set_value("Social Channel", stage.channel, "poll_min_s", 1)
	frappe.db.commit()
	assert ask(stage, "manager", "stop_publishing", stop=1, channel=stage.channel).ok
	assert frappe.db.get_value("Social Channel", stage.channel, "stop_publishing") == 1


# --- in a browser --------------------------------------------------------------------------------------------

WORDS = {
	"publicly": _("Reply publicly on {0}", "X"),
	"sent": _("Sent"),
	"not_sent": _("Not sent"),
	"awaiting": _("Awaiting approval"),
	"leaves": _("Your answer leaves in {0} s"),
	"undo": _("Undo"),
	"take_back": _("Take back"),
	"put_back": _("Back into the editor"),
	"waits": _("Waits for approval: {0}", "Everything"),
	"waits_for_me": _("Waits for your approval: {0}", "Everything"),
	"read": _("Read and decide"),
	"approve": _("Approve"),
	"approve_edited": _("Approve as edited"),
	"give_back": _("Return"),
	"too_long": _("Too long for {0} by {1}: {2} of {3} {4}."),
	"stop": _("Stop all publishing"),
	"go_on": _("Allow publishing again"),
	"stopped": _("All publishing is stopped. Answers stay queued."),
	"publishing": _("Publishing"),
	"to_approve": _("To approve"),
}
BAR = "[data-social-underway]"


@pytest.fixture
def words(site, knowledge, language) -> dict[str, str]:
	told = {key: say(sentence, language) for key, sentence in WORDS.items()}
	assert language == "en" or not [key for key, sentence in WORDS.items() if told[key] == str(sentence)]
	return told


def shot(page: Browser, name: str, language: str) -> None:
	if folder := os.environ.get(SHOTS):
		page.rest()
		page.picture(f"outbox-{name}-{language}", Path(folder))


def write(page: Browser, words: dict[str, str], text: str) -> None:
	page.click("button", words["publicly"])
	page.wait(".comm-area .ProseMirror")
	page.press(text)


@needs_browser
@languages
def test_an_agent_takes_an_answer_back_and_sends_it_changed(stage, sit_down, words, language):
	let_undo(30)
	ticket = stage.ticket()
	page = sit_down("agent")
	open_ticket(page, ticket)
	write(page, words, "We send a new oen.")
	send(page, stage, ticket)
	page.wait(f"{BAR} [data-social-told]", words["leaves"].split("{0}")[0])
	shot(page, "undo", language)
	page.click(f"{BAR} button", words["undo"])
	page.wait(".comm-area .ProseMirror", "We send a new oen.")
	stage.wait(lambda: stage.replies()[-1].state is ReplyState.CANCELLED)
	shot(page, "undone", language)
	page.reload()  # no socket.io runs here
	page.wait(last_card(stage, ticket), words["not_sent"])
	let_undo(4)
	page.click("button", words["publicly"])
	page.wait(".comm-area .ProseMirror", "We send a new oen.")
	page.press("Now: ")
	send(page, stage, ticket)
	stage.site.worker()
	stage.wait(
		lambda: stage.replies()[-1].state is ReplyState.SENT, seconds=20
	)  # no dispatcher runs: the view asked
	page.is_gone(BAR)
	(published,) = ours(stage)
	assert published.startswith("Now: ")


@needs_browser
@languages
def test_a_second_agent_reads_edits_and_approves(stage, sit_down, words, language):
	add_rule()
	let_undo(4)
	ticket = stage.ticket()
	page = sit_down("agent")
	open_ticket(page, ticket)
	write(page, words, TEXT)
	send(page, stage, ticket)
	page.wait(f"{BAR} [data-social-told]", words["waits"])
	page.wait(last_card(stage, ticket), words["awaiting"])
	assert not page.find(f"{BAR} button", words["read"])
	shot(page, "waits", language)
	second = sit_down("restricted")
	open_ticket(second, ticket)
	second.wait(f"{BAR} [data-social-told]", words["waits_for_me"])
	shot(second, "asked", language)
	second.click(f"{BAR} button", words["read"])
	box = second.wait("[data-social-text]")
	assert box.get_attribute("value") == TEXT
	box.send_keys(" x" * 200)
	second.wait("[data-social-objections]", words["too_long"].split("{0}")[0])
	shot(second, "too-long", language)
	box.clear()
	box.send_keys(BETTER)
	second.wait("[data-social-do=approve]", words["approve_edited"])
	second.until(lambda: second.wait("[data-social-do=approve]").is_enabled(), "may be approved")
	shot(second, "edited", language)
	second.click("[data-social-do=approve]")
	second.wait(f"{BAR} [data-social-told]", words["leaves"].split("{0}")[0])
	stage.site.worker()
	stage.wait(lambda: stage.replies()[-1].state is ReplyState.SENT, seconds=20)
	page.reload()
	page.wait(last_card(stage, ticket), words["sent"])
	assert shown(stage, ticket) == [(BETTER, "Sent")]
	shot(page, "approved", language)
	assert ours(stage) == [BETTER]


@needs_browser
@languages
def test_a_returned_answer_goes_back_into_its_authors_editor(stage, sit_down, words, language):
	add_rule()
	ticket, _name = answered(stage)
	second = sit_down("restricted")
	open_ticket(second, ticket)
	second.click(f"{BAR} button", words["read"])
	second.type("[data-social-reason]", "Say sorry <b>first</b>.")
	second.click("[data-social-do=give_back]")
	stage.wait(lambda: stage.replies()[-1].state is ReplyState.CANCELLED)
	page = sit_down("agent")
	open_ticket(page, ticket)
	page.wait(f"{BAR} [data-social-told]", "Say sorry <b>first</b>.")
	page.wait(last_card(stage, ticket), words["not_sent"])
	shot(page, "returned", language)
	page.click(f"{BAR} button", words["put_back"])
	page.wait(".comm-area .ProseMirror", TEXT)


@needs_browser
@languages
def test_a_manager_works_on_the_outbox(stage, sit_down, words, language):
	let_undo(600)
	names = [answered(stage, f"Answer {number}")[1] for number in range(3)]
	frappe.db.set_value(
		"Social Reply", names[0], {"state": "Failed", "error": "The author did not mention us."}
	)
	frappe.db.commit()
	page = sit_down("manager")
	page.open(f"/app/social-reply?channel={stage.channel}")
	page.wait(".list-row", "The author did not mention us.")
	page.click(".inner-group-button button", words["publishing"])
	shot(page, "list", language)
	page.click(".inner-group-button .dropdown-item", words["stop"])
	page.wait(".social-stopped", words["stopped"])
	stage.wait(lambda: frappe.db.get_single_value(SETTINGS, "stop_publishing", cache=False))
	shot(page, "stopped", language)
	page.click(".inner-group-button button", words["publishing"])
	page.click(".inner-group-button .dropdown-item", words["go_on"])
	page.is_gone(".social-stopped")
	page.click(".list-header-subject .list-check-all")
	page.click(".actions-btn-group button")
	page.click(".actions-btn-group .dropdown-item", words["take_back"])
	page.wait(".modal.show .msgprint", "3")
	shot(page, "taken-back", language)
	stage.wait(lambda: {one.state for one in stage.replies()} == {ReplyState.CANCELLED})


@needs_browser
@languages
def test_who_is_asked_decides_in_the_form_of_the_answer(stage, sit_down, words, language):
	add_rule()
	_ticket, name = answered(stage)
	page = sit_down("agent")
	page.open(f"/app/social-reply/{name}")
	page.wait(".page-head .custom-actions button, .custom-actions button", words["take_back"])
	assert not page.find(".custom-actions button", words["read"])
	second = sit_down("restricted")
	second.open(f"/app/social-reply/{name}")
	second.click(".custom-actions button", words["read"])
	second.wait(".modal.show [data-fieldname=post]", "my order is broken")
	shot(second, "form", language)
	second.click(".modal.show .btn-modal-primary", words["approve"])
	stage.wait(lambda: stage.replies()[-1].state is ReplyState.QUEUED)


@needs_browser
@pytest.mark.parametrize("language", ["en", "de"])
def test_the_workspace_leads_to_what_waits(stage, sit_down, words, language):
	add_rule()
	answered(stage)
	page = sit_down("manager")
	page.open("/app/social-service")
	page.click(".shortcut-widget-box", words["to_approve"])
	page.wait(".list-row", TEXT)
	assert len(page.find(".list-row .indicator-pill.yellow")) == len(page.find(".list-row .indicator-pill"))
