"""*Try it* on the form of a policy, saved or not: which one applies to a post, why, and until when. Nothing is kept of it."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import frappe
import pytest

from social_service.hosts.frappe_store import say
from social_service.hosts.helpdesk_promises import POLICY
from social_service.sentence import _
from tests.host import browser, test_browser

knowledge, sit_down = test_browser.knowledge, test_browser.sit_down
REASON = browser.what_is_missing()
DOORS = "social_service.api_promises."
SHOTS = "SOCIAL_SERVICE_SHOTS"
TYPED = {"title": "Reviews", "kind": "review", "first_response": 600, "resolution": 3600, "sort_order": 10}
ON_FRIDAY = "2026-03-06 17:30:00"  # of the site, Berlin


def tried(stage, policy: dict, **post: object) -> dict:
	answer = stage.person("manager").call(DOORS + "try_policy", policy={**TYPED, **policy}, post=post)
	assert answer.ok, answer.text
	return answer.json()["message"]


def dues(told: dict) -> list[str]:
	"""In the zone of the site."""
	moments = [datetime.fromisoformat(one["due_at"]) for one in told["deadlines"]]
	return [f"{frappe.utils.convert_utc_to_system_timezone(one):%d.%m. %H:%M}" for one in moments]


# --- doors --------------------------------------------------------------------------------------------------


def test_a_policy_that_was_never_saved_says_for_whom_it_would_be(stage):
	before = frappe.db.count(POLICY), frappe.db.count("HD Service Level Agreement")
	told = tried(stage, {"enabled": 1}, kind="review", sent_at=ON_FRIDAY)
	assert (told["policy"], told["is_typed"]) == ("Reviews", True)
	assert dues(told) == ["06.03. 17:40", "06.03. 17:40", "06.03. 18:30"]
	other = tried(stage, {"enabled": 1}, kind="mention", priority="Urgent")
	assert (other["policy"], other["is_typed"]) == ("Crisis", False)
	assert [reason.split(" ")[0] for reason in other["reasons"]] == ["“Reviews”", "“Crisis”"]
	frappe.db.rollback()
	assert before == (frappe.db.count(POLICY), frappe.db.count("HD Service Level Agreement"))


def test_its_own_hours_and_time_zone_count(stage):
	hours = {"enabled": 1, "hours": "Mon-Fri 8-12, 13-18", "first_response": 3600, "resolution": 3600}
	assert dues(tried(stage, hours, kind="review", sent_at=ON_FRIDAY))[0] == "09.03. 08:30"
	abroad = {**hours, "time_zone": "America/New_York"}  # 11:30 there: half an hour until lunch
	assert dues(tried(stage, abroad, kind="review", sent_at=ON_FRIDAY))[0] == "06.03. 19:30"


def test_holidays_of_the_helpdesk_count(stage):
	days = {"doctype": "HD Service Holiday List", "holiday_list_name": "Try it"}
	days |= {"from_date": "2026-01-01", "to_date": "2026-12-31"}
	days["holidays"] = [{"holiday_date": "2026-03-07", "description": "Closed"}]
	made = frappe.get_doc(days).insert()
	frappe.db.commit()
	try:
		told = tried(
			stage, {"enabled": 1, "holidays": made.name}, kind="review", sent_at="2026-03-06 23:55:00"
		)
		assert dues(told)[0] == "08.03. 00:05"
		assert told["hours"] == "Counted in the service hours, by the clocks of Europe/Berlin."
	finally:
		made.delete()
		frappe.db.commit()


@pytest.mark.parametrize(
	"policy",
	[{"hours": "Mon-Fri"}, {"time_zone": "Berlin"}, {"warn_percent": 100}, {"customers": "Nobody & Sons"}],
)
def test_what_can_not_be_saved_can_not_be_tried(stage, policy):
	answer = stage.person("manager").call(DOORS + "try_policy", policy={**TYPED, **policy}, post={})
	assert answer.status_code == 417, answer.text


def test_the_form_refuses_it_too(host):
	values = {**TYPED, "doctype": POLICY}
	for more, said in (
		({"hours": "Mon-Fri 8-18\nSaturn 10-16"}, "“Saturn” is no day of the week"),
		({"customers": "Nobody & Sons"}, "no customer called Nobody"),
		({"kind": "review", "visibility": "private"}, "Choose the kind or the visibility"),
		({"warn_percent": 100}, "between 1 and 99"),
	):
		with pytest.raises(frappe.ValidationError, match=said):
			frappe.get_doc({**values, **more}).insert()
		frappe.db.rollback()


def test_the_last_posts_are_offered_with_what_their_tickets_say(stage):
	ticket = stage.ticket(f"my kettle {stage.token} is broken, please help!")
	told = stage.person("manager").call(DOORS + "last_posts").json()["message"]
	(post,) = [one for one in told if stage.token in one["text"]]
	priority = frappe.db.get_value("HD Ticket", ticket, "priority")
	assert (post["facts"]["kind"], post["facts"]["priority"]) == ("mention", priority)
	assert len(told) <= 50


# --- the form -----------------------------------------------------------------------------------------------


@pytest.mark.skipif(bool(REASON), reason=REASON)
@pytest.mark.parametrize("language", ["en", "de"])
def test_a_manager_tries_a_policy_in_its_form(stage, sit_down, language):
	ticket = stage.ticket(f"my kettle {stage.token} is broken, please help!")
	assert ticket
	name = frappe.db.get_value(POLICY, {"title": "Public posts"})
	page = sit_down("manager")
	page.open(f"/app/social-sla-policy/{name}")
	page.wait(".page-actions button, .inner-group-button button", say(_("Try it"), language))
	picture(page, f"policy_{language}", height=2000)
	page.click(".page-actions button, .inner-group-button button", say(_("Try it"), language))
	page.wait(".modal.show .indicator-pill.green", say(_("This policy applies"), language))
	choose(page, "post", stage.token)
	page.wait(".modal.show .table", say(_("Next response, to a later post"), language))
	page.rest()
	picture(page, f"try_policy_{language}")
	choose(page, "kind", say(_("direct message"), language))
	page.wait(".modal.show .indicator-pill.orange", "Private messages")
	page.wait(
		".modal.show li",
		say(
			_(
				"“{0}” does not apply: it is only for posts whose {1}, and here it is “{2}”.",
				"Crisis",
				"{1}",
				"{2}",
			),
			language,
		).split("{1}")[0],
	)
	page.rest()
	picture(page, f"try_policy_other_{language}")


def choose(page, field: str, text: str) -> None:
	page.until(
		lambda: page.driver.execute_script(
			"""const [field, text] = arguments;
			const select = document.querySelector(`.modal.show [data-fieldname="${field}"] select`);
			const option = [...select.options].find((one) => one.text.includes(text));
			if (!option) return false;
			select.value = option.value;
			select.dispatchEvent(new Event("change", { bubbles: true }));
			return true;""",
			field,
			text,
		),
		f"{text} in {field}",
	)


def picture(page, name: str, height: int = browser.SIZE[1]) -> None:
	if folder := os.environ.get(SHOTS):
		page.driver.set_window_size(browser.SIZE[0], height)
		page.rest()
		page.picture(name, Path(folder))
		page.driver.set_window_size(*browser.SIZE)
