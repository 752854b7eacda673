"""The pages people open: report, workspace, cards, chart. Right numbers, only what one may see, and friendly when empty."""

from __future__ import annotations

import json
import secrets
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import frappe
import pytest
from frappe.modules.import_file import import_file_by_path
from frappe.utils import add_days, today

import social_service
from social_service.account import duty_row
from social_service.hosts import frappe_store
from social_service.hosts.frappe_store import from_site_time
from social_service.ledger import (
	Duty,
	SocialConversation,
	SocialMessage,
	SocialSLAClock,
	SocialStream,
	digest,
)
from social_service.records import ClockState, Fate, Kind, Milestone, Visibility
from social_service.social_service.report.social_response_times.social_response_times import execute
from tests.host.stage import OTHER_TEAM, TEAM, Person

REPORT = "Social Response Times"
MODULE = Path(social_service.__file__).parent / "social_service"
KINDS = ("report", "workspace", "number_card", "dashboard_chart", "onboarding_step", "module_onboarding")
FILES = sorted(path for kind in KINDS for path in (MODULE / kind).glob("*/*.json"))
CARDS = [json.loads(path.read_text(encoding="utf-8")) for path in (MODULE / "number_card").glob("*/*.json")]
PAGE = json.dumps({"name": "Social Service", "title": "Social Service", "public": 1})
DAY = date(2024, 3, 30)  # long before anything that other tests post; the day after has 23 hours in Berlin
MINUTE = timedelta(minutes=1)


@pytest.fixture
def channel(host):
	"""As in a request: what is written here is gone when the test ends."""
	frappe.local.request = frappe._dict(method="GET")
	document = frappe.get_doc({"doctype": "Social Channel", "title": "Pages", "driver": "x"})
	document.name = f"pages-{secrets.token_hex(4)}"
	document.db_insert()
	yield document.name
	frappe.db.rollback()
	frappe.local.request = None


@pytest.fixture
def kept(channel):
	"""The same, seen by the web server too."""
	frappe.local.request = None
	frappe.db.commit()
	yield channel
	for kind in (SocialMessage, SocialConversation, SocialStream):
		frappe.db.delete(kind.doctype, {"channel": channel})
	frappe.db.delete("Social Channel", {"name": channel})
	frappe.db.commit()


def at(clock: str, day: date = DAY) -> datetime:
	return from_site_time(datetime.fromisoformat(f"{day} {clock}"))


def post(host, channel: str, sent_at: datetime, answered: int | None = None, **more) -> None:
	"""A post, by default one that opened a ticket; ``answered`` minutes later, None = not yet."""
	key = secrets.token_hex(8)
	team, fate = more.get("team", TEAM), more.get("fate", Fate.OPENED)
	visibility = more.get("visibility", Visibility.PUBLIC)
	whole = {
		"channel": channel,
		"thread_id": key,
		"visibility": visibility,
		"team": team,
		"digest": digest(key),
	}
	message = SocialMessage(
		**whole,
		external_id=key,
		post_digest=key,
		kind=Kind.MENTION,
		text="my order is broken",
		sent_at=sent_at,
		stored_at=sent_at + more.get("lag", MINUTE),
		decided_at=sent_at + MINUTE,
		fate=fate,
	)
	host.store.add(message)
	if fate is Fate.OPENED:
		response = None if answered is None else sent_at + answered * MINUTE
		times = {"first_post_at": sent_at, "first_response_at": response}
		host.store.add(SocialConversation(**whole, **times, profile=key, ticket=more.get("ticket", key)))


def a_day(host, channel: str) -> None:
	"""Five posts, three of them tickets: answered after 20 and 90 minutes, one not at all."""
	post(host, channel, at("09:00"), answered=20)
	post(host, channel, at("10:00"), answered=90, team=OTHER_TEAM, lag=3 * MINUTE)
	post(host, channel, at("23:30"))
	post(host, channel, at("12:00"), fate=Fate.IGNORED, team="")
	post(host, channel, at("13:00"), fate=Fate.WATCHED)


def run(
	channel: str, **filters: object
) -> tuple[list[dict], list[dict], str, dict | None, list[dict] | None]:
	return execute({"channel": channel, "from_date": str(DAY), "to_date": str(DAY), **filters})


# --- the report ----------------------------------------------------------------------------------------------


def test_an_empty_site_says_what_to_do(host, channel):
	frappe.db.delete("Social Channel")
	_columns, rows, message, chart, summary = run("")
	assert (rows, chart, summary) == ([], None, None)
	assert "No channel is connected yet" in message
	assert 'href="/app/social-channel"' in message


def test_days_without_posts_say_so(host, channel):
	_columns, rows, message, _chart, _summary = run(channel)
	assert rows == []
	assert "No post of these days" in message


def test_one_day_by_hand(host, channel):
	a_day(host, channel)
	_columns, rows, message, chart, summary = run(channel)
	(row,) = rows
	assert row["group"] == "Pages"
	assert (row["posts"], row["tickets"], row["answered"], row["unanswered"]) == (5, 3, 2, 1)
	assert (row["answered_share"], row["response_p50"]) == (66.7, 90 * 60)
	assert row["response_p90"] > 300 * 86_400, "who waits since 2024 is not left out"
	assert row["at_least"] == ["response_p90"]
	assert (row["lag_p50"], row["lag_p90"]) == (60, 180)
	assert "Who still waits counts" in message
	assert len(chart["data"]["labels"]) == 1
	assert {one["label"]: one["value"] for one in summary}["Unanswered"] == 1


def test_the_night_of_the_clock_change_has_its_own_hours(host, channel):
	short = DAY + timedelta(days=1)
	post(host, channel, at("01:50", short), answered=20)
	post(host, channel, at("23:59", short), answered=20)
	post(host, channel, at("00:00", short + timedelta(days=1)), answered=20)
	filters = {"from_date": str(DAY), "to_date": str(short), "group_by": "day"}
	_columns, rows, *_rest = run(channel, **filters)
	assert [(row["key"], row["posts"], row["response_p50"]) for row in rows] == [
		(DAY, 0, None),
		(short, 2, 1200),
		(None, 2, 1200),
	]


def test_a_busy_month_adds_up_however_it_is_grouped(host, channel):
	for number in range(300):
		day = DAY - timedelta(days=number % 30)
		team = (TEAM, OTHER_TEAM, "")[number % 3]
		fate = Fate.OPENED if number % 5 == 0 else Fate.WATCHED
		post(host, channel, at("09:00", day), answered=number % 7 or None, team=team, fate=fate)
	for by in ("channel", "team", "day"):
		filters = {"from_date": str(DAY - timedelta(days=29)), "group_by": by}
		_columns, rows, *_rest = run(channel, **filters)
		total = rows[-1]
		parts = rows[:-1] or rows
		assert (total["posts"], total["tickets"]) == (300, 60)
		for field in ("posts", "tickets", "answered", "unanswered"):
			assert sum(row[field] for row in parts) == total[field]
		assert len(parts) == {"channel": 1, "team": 3, "day": 30}[by]


def test_a_team_can_be_chosen(host, channel):
	a_day(host, channel)
	(row,) = run(channel, team=OTHER_TEAM)[1]
	assert (row["posts"], row["tickets"], row["answered"]) == (1, 1, 1)


def test_promises_show_what_was_kept(host, channel):
	frappe.db.delete("Social SLA Policy")
	assert "within_share" not in [column["fieldname"] for column in run(channel)[0]]
	policy = {
		"title": "An hour",
		"first_response": 3600,
		"resolution": 86_400,
		"enabled": 1,
		"channel": channel,
	}
	frappe.get_doc({"doctype": "Social SLA Policy", **policy}).db_insert()
	a_day(host, channel)
	columns, (row,), _message, chart, _summary = run(channel)
	assert {"within_share", "overdue"} <= {column["fieldname"] for column in columns}
	assert (row["within_share"], row["overdue"]) == (33.3, 1), "who waits is in the denominator"
	assert [one["values"] for one in chart["data"]["datasets"]] == [[1], [1], [1]]


def test_with_clocks_it_says_what_was_ours_to_fetch_and_how_long_later_posts_waited(host, channel):
	a_day(host, channel)
	for milestone, started, minutes in ((Milestone.FIRST, "09:00", 20), (Milestone.NEXT, "11:00", 45)):
		clock = SocialSLAClock(
			ticket="clocked",
			milestone=milestone,
			state=ClockState.MET,
			started_at=at(started),
			due_at=at(started) + 60 * MINUTE,
			digest=digest(channel, milestone),
			channel=channel,
			team=TEAM,
			stopped_at=at(started) + minutes * MINUTE,
			until_fetched=120,
		)
		host.store.add(clock)
	columns, (row,), message, _chart, _summary = run(channel)
	assert (row["fetch_p50"], row["next_p50"], row["next_p90"]) == (120, 45 * 60, 45 * 60)
	assert {"fetch_p50", "next_p50"} <= {column["fieldname"] for column in columns}
	assert "Of it until we had it" in message


@pytest.mark.parametrize(
	("filters", "says"),
	[
		({"from_date": "2024-03-31", "to_date": "2024-03-30"}, "first day is after the last"),
		({"from_date": "2022-01-01", "to_date": "2024-03-30"}, "at most 366 days"),
	],
)
def test_wrong_days_say_what_to_change(host, channel, filters, says):
	with pytest.raises(frappe.ValidationError, match=says):
		run(channel, **filters)


def test_without_days_the_last_week_is_shown(host, channel):
	post(host, channel, datetime.now(timezone.utc) - 30 * MINUTE)
	post(host, channel, from_site_time(datetime.fromisoformat(f"{add_days(today(), -7)} 23:59:59")))
	(row,) = execute({"channel": channel})[1]
	assert row["posts"] == 1


@pytest.mark.parametrize("by", ["channel", "team", "day"])
@pytest.mark.parametrize("chosen", [{}, {"channel": "none such"}, {"team": TEAM}], ids=str)
def test_whatever_is_asked_an_index_answers(host, channel, monkeypatch, by, chosen):
	statements, execute_now = {}, frappe_store._execute

	def noted(statement, values):
		statements[statement] = tuple(values)
		return execute_now(statement, values)

	monkeypatch.setattr(frappe_store, "_execute", noted)
	execute({"from_date": str(DAY), "to_date": str(DAY), "group_by": by, **chosen})
	of_ledger = {one: values for one, values in statements.items() if "`tabSocial SLA Policy`" not in one}
	assert len(of_ledger) == 4, "counts, lags, clocks, waits"
	for statement, values in of_ledger.items():
		(plan,) = frappe.db.sql(f"EXPLAIN {statement}", values, as_dict=True)
		assert plan.key or plan.possible_keys, statement


# --- who sees what -------------------------------------------------------------------------------------------


@pytest.fixture
def by_team(site):
	"""A site that restricts tickets by team."""
	settings = frappe.get_doc("HD Settings")

	def restrict(on: int) -> None:
		settings.db_set(
			{"restrict_tickets_by_agent_group": on, "do_not_restrict_tickets_without_an_agent_group": 0}
		)
		frappe.clear_document_cache("HD Settings")
		frappe.db.commit()

	yield restrict
	restrict(0)


def asked_by(url: str, role: str, channel: str, **filters: object):
	wanted = {"channel": channel, "from_date": str(DAY), "to_date": str(DAY), **filters}
	return Person(url, role).call(
		"frappe.desk.query_report.run", report_name=REPORT, filters=json.dumps(wanted)
	)


@pytest.mark.parametrize(
	"case",
	[
		("manager", 0, (5, 3)),
		("agent", 0, (5, 3)),
		("restricted", 0, (5, 3)),
		("manager", 1, (3, 2)),  # in TEAM as well
		("agent", 1, (3, 2)),
		("restricted", 1, (1, 1)),
	],
)
def test_counts_are_filtered_by_team(host, url, kept, by_team, case):
	role, restricted, seen = case
	a_day(host, kept)
	by_team(restricted)
	row = asked_by(url, role, kept).json()["message"]["result"][-1]
	assert (row["posts"], row["tickets"]) == seen
	listed = Person(url, role).call(
		"frappe.desk.reportview.get_count",
		doctype="Social Message",
		filters=json.dumps({"channel": kept}),
		fields="[]",
	)
	assert restricted or listed.json()["message"] == seen[0], "the list behind the number has as many"


def test_asking_for_anothers_team_shows_nothing(host, url, kept, by_team):
	a_day(host, kept)
	by_team(1)
	assert asked_by(url, "restricted", kept, team=TEAM).json()["message"]["result"] == []


@pytest.mark.parametrize("role", ["guest", "customer"])
def test_nobody_else_runs_the_report(host, url, kept, role):
	assert asked_by(url, role, kept).status_code == 403


# --- workspace, cards, chart ---------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["agent", "manager"])
def test_the_workspace_loads(url, role):
	person = Person(url, role)
	page = person.call("frappe.desk.desktop.get_desktop_page", page=PAGE).json()["message"]
	file = json.loads((MODULE / "workspace/social_service/social_service.json").read_text(encoding="utf-8"))
	labels = {
		kind: [one["label"] for one in page[kind]["items"]]
		for kind in ("number_cards", "charts", "shortcuts")
	}
	assert labels == {kind: [one["label"] for one in file[kind]] for kind in labels}
	assert [one["label"] for one in page["cards"]["items"]] == [
		"Listen",
		"Triage",
		"Engage",
		"Measure",
		"Setup",
	]
	assert len(page["onboardings"]["items"]) <= (role == "manager")
	sidebar = person.call("frappe.desk.desktop.get_workspace_sidebar_items").json()["message"]["pages"]
	assert "Social Service" in [one["name"] for one in sidebar]


def test_every_block_of_the_workspace_finds_its_thing():
	"""Frappe looks a block up by label, and quietly leaves out what it does not find."""
	file = json.loads((MODULE / "workspace/social_service/social_service.json").read_text(encoding="utf-8"))
	labels = {
		"number_card": {one["label"] for one in file["number_cards"]},
		"chart": {one["label"] for one in file["charts"]},
		"shortcut": {one["label"] for one in file["shortcuts"]},
		"card": {one["label"] for one in file["links"] if one["type"] == "Card Break"},
	}
	shown = {kind: set() for kind in labels}
	for block in json.loads(file["content"]):
		if block["type"] in shown:
			shown[block["type"]].add(block["data"][f"{block['type']}_name"])
	assert shown == labels


def test_a_customer_has_no_workspace(url):
	assert Person(url, "customer").call("frappe.desk.desktop.get_desktop_page", page=PAGE).status_code == 403


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card["name"])
def test_cards_count(host, url, kept, card):
	def shown() -> int:
		arguments = {"doc": json.dumps(card), "filters": card["filters_json"]}
		path = "frappe.desk.doctype.number_card.number_card.get_result"
		return Person(url, "agent").call(path, **arguments).json()["message"]

	before = shown()
	now = datetime.now(timezone.utc)
	post(host, kept, now - MINUTE)
	post(host, kept, now - MINUTE, answered=1)
	post(host, kept, now - MINUTE, fate=Fate.FAILED)
	for _number in range(3):
		post(host, kept, now - MINUTE, fate=None)
	silent = duty_row(host, kept, Duty.ACCOUNT)
	host.store.change(silent, alarm="The sign-in ends.")
	more = {
		"Social Tickets Opened Today": 2,
		"Social Waiting for an Answer": 1,
		"Social Posts That Failed": 1,
		"Social Posts Not Decided": 3,
		"Social Alarms": 1,
	}
	assert shown() - before == more.get(card["name"], 0)


def test_the_chart_counts_posts_by_day(host, url, kept):
	def of_today() -> int:
		path = "frappe.desk.doctype.dashboard_chart.dashboard_chart.get"
		answer = (
			Person(url, "agent").call(path, chart_name="Social Posts by Day", refresh=1).json()["message"]
		)
		return answer["datasets"][0]["values"][-1]

	before = of_today()
	post(host, kept, datetime.now(timezone.utc) - timedelta(seconds=5))
	assert of_today() - before == 1


def test_the_chart_and_the_cards_are_standard(site, host):
	assert set(
		frappe.get_all("Number Card", {"module": "Social Service", "is_standard": 1}, pluck="name")
	) == {card["name"] for card in CARDS}
	assert frappe.db.get_value("Dashboard Chart", "Social Posts by Day", "is_standard") == 1


VOLATILE = {"name", "creation", "modified", "modified_by", "owner", "last_synced_on"}


def content(kind: str, name: str) -> dict:
	"""What a record says, without when it was written."""
	frappe.clear_document_cache(kind, name)
	document = frappe.get_doc(kind, name).as_dict()
	return {
		field: [{f: v for f, v in row.items() if f not in VOLATILE} for row in value]
		if isinstance(value, list)
		else value
		for field, value in document.items()
		if field not in VOLATILE
	}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_importing_again_changes_nothing(host, path):
	document = json.loads(path.read_text(encoding="utf-8"))
	assert import_file_by_path(str(path)) is False, "migrate would write it each time"
	before = content(document["doctype"], document["name"])
	assert import_file_by_path(str(path), force=True)
	assert content(document["doctype"], document["name"]) == before
	frappe.db.rollback()
