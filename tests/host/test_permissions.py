"""Who may call and read what: every whitelisted method and every ledger doctype, for a guest, a customer, two agents, a manager."""

from __future__ import annotations

import importlib
import json
import pkgutil

import frappe
import pytest

import social_service
from social_service.hosts.frappe_permissions import visible_teams
from social_service.ledger import LEDGER
from tests.host.stage import OTHER_TEAM, PEOPLE, TEAM

ROLES = ("guest", "customer", "restricted", "agent", "manager")
NOBODY, TEAM_ONLY, AGENTS = set(), {"agent", "manager"}, {"agent", "manager", "restricted"}
HD = "helpdesk.helpdesk.doctype.hd_ticket.api."
HERE = "social_service.social_service.doctype."

# method → who may, for a post of TEAM's while Helpdesk restricts tickets by team
METHODS = {
	"social_service.overrides.host_methods.bulk_reply": TEAM_ONLY,
	"social_service.overrides.host_methods.split_ticket": TEAM_ONLY,
	"social_service.overrides.host_methods.merge_ticket": TEAM_ONLY,
	"social_service.overrides.ticket_view.get_ticket_activities": TEAM_ONLY,
	"social_service.overrides.ticket_view.get_ticket_contact": TEAM_ONLY,
	"social_service.overrides.saved_replies.get_rendered_saved_reply": TEAM_ONLY,
	"social_service.api_voice.frame": TEAM_ONLY,
	"social_service.api_voice.private_request": TEAM_ONLY,
	"social_service.api_voice.choose_audience": TEAM_ONLY,
	"social_service.api.ticket_state": TEAM_ONLY,
	"social_service.api.suggestions": TEAM_ONLY,
	"social_service.api.suggestion_inserted": TEAM_ONLY,
	"social_service.api.judge_suggestion": TEAM_ONLY,
	"social_service.api.more_like_this": TEAM_ONLY,
	"social_service.api_writing.typed": TEAM_ONLY,
	"social_service.api_writing.acknowledge": TEAM_ONLY,
	"social_service.api.retry_reply": TEAM_ONLY,
	"social_service.api_channels.networks": AGENTS,
	"social_service.api_channels.channel_states": AGENTS,
	"social_service.api_channels.channel_health": {"manager"},
	"social_service.api_channels.connection": {"manager"},
	"social_service.api_channels.connect_channel": {"manager"},
	"social_service.api_channels.backfill": {"manager"},
	"social_service.api_channels.check_channel": {"manager"},
	"social_service.api_channels.preview_channel": {"manager"},
	"social_service.api_channels.try_rule": {"manager"},
	"social_service.api_promises.last_posts": {"manager"},
	"social_service.api_promises.try_policy": {"manager"},
	"social_service.api_settings.how_well": {"manager"},
	"social_service.api_handover.standing": TEAM_ONLY,
	"social_service.api_handover.teams": TEAM_ONLY,
	"social_service.api_handover.hand_over": TEAM_ONLY,
	"social_service.api_handover.hand_back": TEAM_ONLY,
	"social_service.api.correct_messages": TEAM_ONLY,
	"social_service.api.correct_ticket": TEAM_ONLY,
	"social_service.api.draft_article": TEAM_ONLY,
	"social_service.api.next_blind_sample": AGENTS,
	"social_service.api.judge_blind_sample": TEAM_ONLY,
	"social_service.api_settings.reading_effort": {"manager"},
	"social_service.webhooks.receive": set(ROLES),  # who signs is heard, see test_webhooks
	"social_service.api_answers.underway": TEAM_ONLY,
	"social_service.api_answers.cancel": TEAM_ONLY,
	"social_service.api_answers.retry": TEAM_ONLY,
	"social_service.api_answers.send_now": TEAM_ONLY,
	"social_service.api_answers.look": {"manager"},  # the answer waits for approval, and the agent wrote it
	"social_service.api_answers.approve": {"manager"},
	"social_service.api_answers.give_back": {"manager"},
	"social_service.api_answers.publishing": AGENTS,
	"social_service.api_answers.stop_publishing": {"manager"},
	HERE + "social_message.social_message.SocialMessage.retry": TEAM_ONLY,
	HERE + "social_triage_model.social_triage_model.SocialTriageModel.roll_back": {"manager"},
}
# doctype → (who may read at all, is it filtered by team?)
DOCTYPES = {
	"Social Stream": (AGENTS, False),
	"Social Profile": (AGENTS, True),
	"Social Conversation": (AGENTS, True),
	"Social Message": (AGENTS, True),
	"Social Payload": (NOBODY, False),
	"Social Reply": (AGENTS, True),
	"Social Article Suggestion": (AGENTS, True),
	"Social Ticket Event": (AGENTS, True),
	"Social Draft": (AGENTS, True),
	"Social SLA Clock": (AGENTS, True),
	"Social Correction": ({"manager"}, False),
	"Social Triage Model": ({"manager"}, False),
	"Social Blind Sample": ({"manager"}, False),
}


# rows of these that say too little to be read by the flow
MADE_UP = ("Social Article Suggestion", "Social Ticket Event", "Social Draft", "Social SLA Clock")


@pytest.fixture
def restricted_stage(stage):
	"""A post of TEAM's with a reply, on a site that restricts tickets by team."""
	settings = frappe.get_doc("HD Settings")
	settings.db_set(
		{"restrict_tickets_by_agent_group": 1, "do_not_restrict_tickets_without_an_agent_group": 0}
	)
	frappe.clear_document_cache("HD Settings")
	frappe.db.commit()
	stage.one_ticket = stage.ticket()
	assert stage.person("agent").reply(stage.one_ticket, "<p>We send a new one.</p>").ok
	yield stage
	for doctype in MADE_UP:
		frappe.db.delete(doctype, {"digest": stage.token})
	settings.db_set("restrict_tickets_by_agent_group", 0)
	frappe.clear_document_cache("HD Settings")
	frappe.db.commit()


NO_DOORS = (".rehearsal.", ".corpus.")  # they need packages that a site does not have


def whitelisted() -> set[str]:
	for module in pkgutil.walk_packages(social_service.__path__, "social_service."):
		if not any(room in module.name for room in NO_DOORS) and not module.name.endswith("cli"):
			importlib.import_module(module.name)
	ours = (one for one in frappe.whitelisted if one.__module__.startswith("social_service."))
	return {f"{one.__module__}.{one.__qualname__}" for one in ours}


def test_every_whitelisted_method_stands_in_the_matrix(site):
	assert whitelisted() == set(METHODS)


def test_every_ledger_doctype_stands_in_the_matrix():
	assert {kind.doctype for kind in LEDGER} == set(DOCTYPES)


def call_as(stage, role: str, method: str):
	"""The call that a browser makes, with arguments that would do something if they were let through."""
	person, message = stage.person(role), next(iter(stage.messages().values()))
	add_a_suggestion(stage)
	if method.endswith(".roll_back"):
		call = {"dt": "Social Triage Model", "dn": any_of("Social Triage Model"), "method": "roll_back"}
		return person.call("run_doc_method", **call, args="{}")
	if method.endswith("SocialMessage.retry"):
		return person.call("run_doc_method", dt="Social Message", dn=message.name, method="retry", args="{}")
	if method.startswith("social_service.api_answers."):
		return person.call(method, **of_an_answer(stage, method.rsplit(".", 1)[1]))
	arguments = {
		"bulk_reply": {"ticket_ids": [stage.one_ticket], "message": f"<p>Hello from {role}</p>"},
		"split_ticket": {"subject": "x", "communication_id": message.ticket_message},
		"merge_ticket": {"source": stage.one_ticket, "target": stage.one_ticket},
		"get_ticket_activities": {"ticket": stage.one_ticket},
		"get_ticket_contact": {"ticket": stage.one_ticket},
		"get_rendered_saved_reply": {"ticket_id": stage.one_ticket, "saved_reply_id": "none"},
		"frame": {"ticket": stage.one_ticket, "text": ""},
		"private_request": {"ticket": stage.one_ticket},
		"choose_audience": {"ticket": stage.one_ticket, "who": "public"},
		"ticket_state": {"ticket": stage.one_ticket},
		"suggestions": {"ticket": stage.one_ticket},
		"suggestion_inserted": {"ticket": stage.one_ticket, "article": "x", "way": "link"},
		"judge_suggestion": {"ticket": stage.one_ticket, "article": "x", "verdict": "helped"},
		"more_like_this": {"ticket": stage.one_ticket},
		"typed": {"ticket": stage.one_ticket, "text": "<p>Hello</p>"},
		"acknowledge": {"ticket": stage.one_ticket, "text": "<p>Hello</p>", "keys": ["price"]},
		"retry_reply": {"ticket": stage.one_ticket},
		"networks": {},
		"standing": {"ticket": stage.one_ticket},
		"teams": {"ticket": stage.one_ticket},
		"hand_over": {"ticket": stage.one_ticket, "team": TEAM, "reason": "x", "minutes": 60},
		"hand_back": {"ticket": stage.one_ticket, "answer": "x"},
		"try_rule": {"rule": {"title": "Typed", "outcome": "spam", "words": "order"}},
		"last_posts": {},
		"try_policy": {
			"policy": {"title": "Typed", "first_response": 60, "resolution": 60, "sort_order": 1},
			"post": {"kind": "mention"},
		},
		"correct_messages": {"messages": [message.name], "word": "urgent"},
		"correct_ticket": {"ticket": stage.one_ticket, "word": "urgent"},
		"draft_article": {"ticket": stage.one_ticket},
		"next_blind_sample": {},
		"judge_blind_sample": {"sample": any_of("Social Blind Sample"), "answer": "can't tell"},
		"how_well": {"days": 90},
		"channel_states": {},
		"channel_health": {"channel": stage.channel},
		"connection": {"channel": stage.channel},
		"connect_channel": {"channel": stage.channel, "values": "{}"},
		"backfill": {"channel": stage.channel, "stream": "mentions"},
		"receive": {},
		"reading_effort": {},
		"check_channel": {"channel": stage.channel},
		"preview_channel": {"channel": stage.channel},
	}[method.rsplit(".", 1)[1]]
	return person.call(method, **arguments)


def of_an_answer(stage, door: str) -> dict:
	"""It waits for approval where it is to be decided, and has failed where it is to be tried again."""
	reply = stage.replies()[0].name
	state = "Awaiting Approval" if door in ("look", "approve", "give_back") else "Failed"
	frappe.db.set_value("Social Reply", reply, "state", state, update_modified=False)
	frappe.db.commit()
	return {
		"underway": {"ticket": stage.one_ticket},
		"look": {"reply": reply},
		"give_back": {"reply": reply, "reason": "Say sorry first."},
		"send_now": {"reply": reply},
		"publishing": {},
		"stop_publishing": {"stop": 0},
	}.get(door, {"replies": [reply]})


def any_of(doctype: str) -> str:
	return frappe.get_all(doctype, pluck="name", limit=1)[0]


@pytest.mark.parametrize("method", METHODS)
def test_methods(restricted_stage, method):
	if method.endswith(("_channel", "how_well")):
		restricted_stage.site.worker()  # these wait for its answer
	allowed = {role for role in ROLES if call_as(restricted_stage, role, method).status_code != 403}
	assert allowed == METHODS[method]


def rows_seen(stage, role: str, doctype: str) -> tuple[int | None, int | None, int | None]:
	"""How many rows the list gives, how many it counts, and the status of opening one; None = forbidden."""
	person = stage.person(role)
	table = frappe.get_all(doctype, pluck="name", limit=1, order_by="creation desc")
	listed = person.get(f"api/resource/{doctype}", limit_page_length=0)
	counted = person.call("frappe.desk.reportview.get_count", doctype=doctype, filters="[]", fields="[]")
	opened = person.get(f"api/resource/{doctype}/{table[0]}") if table else listed
	return (
		len(listed.json()["data"]) if listed.ok else None,
		counted.json()["message"] if counted.ok else None,
		opened.status_code,
	)


@pytest.mark.parametrize("doctype", DOCTYPES)
@pytest.mark.parametrize("role", ROLES)
def test_doctypes(restricted_stage, role, doctype):
	readers, by_team = DOCTYPES[doctype]
	add_a_suggestion(restricted_stage)
	everything = frappe.db.count(doctype)
	assert everything
	listed, counted, status = rows_seen(restricted_stage, role, doctype)
	if role not in readers:
		assert (listed, counted, status) == (None, None, 403)
	elif by_team and role == "restricted":
		assert (listed, counted, status) == (0, 0, 403)
	elif by_team:  # what earlier tests left without a ticket or a team is nobody's
		assert 0 < listed == counted <= everything
		assert status == 200
	else:
		assert (listed, counted, status) == (everything, everything, 200)


def add_a_suggestion(stage) -> None:
	values = {
		"ticket": stage.one_ticket,
		"message": next(iter(stage.messages().values())).name,
		"digest": stage.token,
	}
	if not frappe.db.exists("Social Article Suggestion", {"digest": stage.token}):
		for doctype in MADE_UP:
			frappe.get_doc({"doctype": doctype, **values}).db_insert()
	for doctype in ("Social Correction", "Social Triage Model", "Social Blind Sample"):
		if not frappe.db.count(doctype):
			frappe.get_doc({"doctype": doctype, **values}).db_insert()
	if not frappe.db.count("Social Approval Rule"):
		frappe.get_doc({"doctype": "Social Approval Rule", "title": "Off", "enabled": 0}).insert()
	frappe.db.commit()


@pytest.mark.parametrize(
	"doctype", [*DOCTYPES, "Social Channel", "Social Triage Rule", "Social Approval Rule"]
)
def test_nobody_but_the_store_writes_the_ledger_and_no_agent_writes_settings(restricted_stage, doctype):
	add_a_suggestion(restricted_stage)
	name = frappe.get_all(doctype, pluck="name", limit=1)[0]
	writers = {"manager"} if doctype not in DOCTYPES else NOBODY
	for role in ROLES:
		answer = restricted_stage.person(role).call(
			"frappe.client.set_value", doctype=doctype, name=name, fieldname=json.dumps({"modified": None})
		)
		assert (answer.status_code != 403) == (role in writers), (role, answer.text[:300])


def test_no_secret_is_readable(restricted_stage):
	for role in AGENTS:
		form = restricted_stage.person(role).get(f"api/resource/Social Channel/{restricted_stage.channel}")
		assert restricted_stage.token not in form.text


def test_visible_teams_follow_helpdesk(restricted_stage):
	settings = frappe.get_doc("HD Settings")
	assert visible_teams(PEOPLE["agent"][0]) == {TEAM}
	assert visible_teams(PEOPLE["restricted"][0]) == {OTHER_TEAM}
	assert visible_teams(PEOPLE["customer"][0]) == frozenset()
	assert visible_teams("Administrator") is None
	settings.db_set("do_not_restrict_tickets_without_an_agent_group", 1)
	frappe.clear_document_cache("HD Settings")
	assert visible_teams(PEOPLE["agent"][0]) == {TEAM, ""}
	settings.db_set("restrict_tickets_by_agent_group", 0)
	frappe.clear_document_cache("HD Settings")
	assert visible_teams(PEOPLE["agent"][0]) is None
	frappe.db.rollback()
