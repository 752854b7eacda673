"""*Try on the last 100 posts*: a rule as it is typed, on posts that are stored, and nothing is kept of it."""

from __future__ import annotations

import os
from pathlib import Path

import frappe
import pytest

from social_service.hosts.frappe_store import say
from social_service.sentence import _
from tests.host import browser, test_browser

knowledge, sit_down = test_browser.knowledge, test_browser.sit_down
REASON = browser.what_is_missing()
TRY = "social_service.api_channels.try_rule"
TYPED = {
	"title": "Typed",
	"outcome": "ignore",
	"words": "~kettle",
	"sort_order": "1",
	"enabled": 0,
	"topic": "tea",
}


@pytest.fixture
def post(stage):
	stage.ticket(f"my ketle {stage.token} is broken, please help!")
	return next(one for one in stage.messages().values() if stage.token in one.text)


def answer_to(stage, **more):
	answer = stage.person("manager").call(TRY, rule={**TYPED, **more})
	assert answer.ok, answer.text
	return answer.json()["message"]


def test_a_rule_as_typed_tells_what_it_would_change_and_stores_nothing(stage, post):
	before = frappe.db.count("Social Triage Rule"), frappe.db.count("Social Message")
	told = answer_to(stage)
	(caught,) = [one for one in told["caught"] if stage.token in one["text"]]
	assert (caught["word"], caught["decides"], caught["changes"]) == ("ketle", True, True)
	assert (caught["before"]["fate"], caught["after"]["fate"]) == ("opened", "ignored")
	assert caught["after"]["topic"] == "tea"
	assert 0 < told["looked_at"] <= 100
	frappe.db.rollback()
	assert before == (frappe.db.count("Social Triage Rule"), frappe.db.count("Social Message"))


def test_a_rule_behind_another_one_says_so(stage, post):
	told = answer_to(stage, sort_order="900")
	(caught,) = [one for one in told["caught"] if stage.token in one["text"]]
	assert (caught["decides"], caught["changes"]) == (False, False)


@pytest.mark.parametrize("more", [{"hours": "late"}, {"language": "german"}, {"words": "~tea"}])
def test_what_can_not_be_saved_can_not_be_tried(stage, more):
	answer = stage.person("manager").call(TRY, rule={**TYPED, **more})
	assert answer.status_code == 417, answer.text


def test_the_form_refuses_it_too(host):
	rule = frappe.get_doc({"doctype": "Social Triage Rule", "title": "x", "outcome": "spam", "hours": "late"})
	with pytest.raises(frappe.ValidationError, match="22-6"):
		rule.insert()
	frappe.db.rollback()


@pytest.mark.skipif(bool(REASON), reason=REASON)
@pytest.mark.parametrize("language", ["de"])
def test_a_manager_tries_a_rule_in_its_form(stage, post, sit_down):
	rule = frappe.get_all("Social Triage Rule", {"enabled": 1, "words": ["like", "%help%"]}, pluck="name")[0]
	page = sit_down("manager")
	page.open(f"/app/social-triage-rule/{rule}")
	page.click(".page-actions button, .inner-group-button button", say(_("Try on the last 100 posts"), "de"))
	dialog = page.wait(".modal.show .table")
	assert stage.token in page._text(dialog)
	page.rest()
	if folder := os.environ.get("SOCIAL_SERVICE_SHOTS"):
		page.picture("try_rule_de", Path(folder))
