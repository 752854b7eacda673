"""Four eyes: what waits is not published, and two people are at it. Who may decide, what they may do, and what is kept of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from social_service import engage, history
from social_service.conversation import ticket_merged
from social_service.engage import Refused, approval, cancelling
from social_service.records import AgentReplied, Author, Happening, Kind, ReplyState, Visibility
from social_service.settings import SocialApprovalRule
from social_service.site_settings import the_settings

TEXT, BETTER = "Your refund is on its way.", "Your refund left today. Sorry for the wait!"
AGENT, BOSS, PEER, STRANGER = "agent@example.com", "boss@example.com", "peer@example.com", "other@example.com"


@pytest.fixture
def opened(desk):
	desk.world.post(1, "Where is my refund?")
	desk.round()
	with desk.host.transaction():
		desk.host.desk.put_member("", BOSS)
		desk.host.desk.put_member("Care", PEER)
		desk.host.desk.put_member("Care", AGENT)
	return desk


@pytest.fixture
def asked(opened):
	"""Everything waits for a second person."""
	add_rule(opened, title="Everything")
	return opened


def add_rule(desk, **values) -> None:
	with desk.host.transaction():
		desk.host.store.add(SocialApprovalRule(**{"title": "Rule", **values}))


def only(desk):
	(reply,) = desk.replies()
	return reply


def approve(desk, **more):
	return engage.approve(desk.host, only(desk).name, more.pop("by", BOSS), desk.clock, **more)


def give_back(desk, reason="Say sorry first.", by=BOSS):
	return engage.give_back(desk.host, only(desk).name, by, reason, desk.clock)


def shown(desk) -> list[tuple[str, str]]:
	return desk.table("SELECT text, delivery FROM ticket_message WHERE is_reply")


def told(desk) -> list[tuple[str, str]]:
	return desk.table("SELECT whom, text FROM told ORDER BY rowid")


def events(desk) -> list[tuple]:
	return [(one.what, one.by, one.detail) for one in history.of_ticket(desk.host, "1")]


# --- it waits ------------------------------------------------------------------------------------------------


def test_what_waits_for_approval_is_not_published_and_says_so(asked):
	reply = asked.reply("1", TEXT)
	assert (reply.state, reply.next_try_at, reply.rule) == (ReplyState.AWAITING_APPROVAL, None, "Everything")
	assert not engage.is_due(reply, asked.clock())
	for _round in range(5):
		asked.publish(hours=1)
		engage.send(asked.host, reply.name, asked.clock)
	assert (asked.world.answers, shown(asked)) == ([], [(TEXT, "Awaiting approval")])
	assert told(asked) == [(BOSS, f"An answer of {AGENT} waits for your approval: “Everything” asks for it.")]


def test_a_second_click_does_not_wait_a_second_time(asked):
	asked.reply("1", TEXT)
	with pytest.raises(Refused, match="same answer"):
		asked.reply("1", TEXT)
	assert len(told(asked)) == 1


def test_once_approved_it_leaves_when_the_time_to_take_it_back_is_over(asked):
	with asked.host.transaction():
		asked.host.store.change(the_settings(asked.host), undo_seconds=20)
	asked.reply("1", TEXT)
	asked.clock.forward(hours=2)
	reply = approve(asked)
	assert (reply.state, reply.decided_by, reply.decided_at) == (ReplyState.QUEUED, BOSS, asked.clock())
	assert reply.next_try_at == asked.clock() + timedelta(seconds=20)
	asked.publish(seconds=19)
	assert asked.world.answers == []
	asked.publish(seconds=1)
	assert ([one.text for one in asked.world.answers], shown(asked)) == ([TEXT], [(TEXT, "Sent")])
	assert events(asked) == [(Happening.APPROVED, BOSS, "Everything")]


def test_an_approved_answer_can_still_be_taken_back(asked):
	with asked.host.transaction():
		asked.host.store.change(the_settings(asked.host), undo_seconds=20)
	asked.reply("1", TEXT)
	engage.cancel(asked.host, approve(asked).name, AGENT, asked.clock)
	asked.publish(minutes=5)
	assert asked.world.answers == []


def test_its_author_may_take_it_back_while_it_waits(asked):
	engage.cancel(asked.host, asked.reply("1", TEXT).name, AGENT, asked.clock)
	with pytest.raises(Refused, match="decided"):
		approve(asked)
	asked.publish(hours=1)
	assert (asked.world.answers, shown(asked)) == ([], [(TEXT, "Not sent")])


# --- edited, returned, too late ------------------------------------------------------------------------------


def test_an_edited_answer_is_published_and_shown_as_edited_and_the_first_text_is_kept(asked):
	asked.reply("1", TEXT)
	reply = approve(asked, text=f" {BETTER} ")
	assert (reply.text, reply.drafted) == (BETTER, TEXT)
	asked.publish(minutes=1)
	assert ([one.text for one in asked.world.answers], shown(asked)) == ([BETTER], [(BETTER, "Sent")])
	assert sorted(events(asked)) == sorted(
		[(Happening.EDITED, BOSS, TEXT), (Happening.APPROVED, BOSS, "Everything")]
	)


@pytest.mark.parametrize("text", ["", TEXT, f"  {TEXT}\n"])
def test_the_same_text_is_not_edited(asked, text):
	asked.reply("1", TEXT)
	assert approve(asked, text=text).drafted == ""
	assert [what for what, _by, _why in events(asked)] == [Happening.APPROVED]


def test_a_returned_answer_goes_back_with_the_reason(asked):
	asked.reply("1", TEXT)
	reply = give_back(asked)
	assert (reply.state, reply.error) == (
		ReplyState.CANCELLED,
		f"{BOSS} returned your answer: Say sorry first.",
	)
	asked.publish(hours=1)
	assert (asked.world.answers, shown(asked)) == ([], [(TEXT, "Not sent")])
	assert told(asked)[1:] == [(AGENT, f"{BOSS} returned your answer: Say sorry first.")]
	assert events(asked) == [(Happening.RETURNED, BOSS, "Say sorry first.")]
	asked.reply("1", TEXT)  # … and may be sent again


def test_returning_needs_a_reason(asked):
	asked.reply("1", TEXT)
	with pytest.raises(Refused, match="Say what to change"):
		give_back(asked, "  ")
	assert only(asked).state is ReplyState.AWAITING_APPROVAL


def test_what_nobody_approved_in_time_goes_back(asked):
	asked.reply("1", TEXT)
	asked.publish(hours=23, minutes=59)
	assert only(asked).state is ReplyState.AWAITING_APPROVAL
	asked.publish(minutes=2)
	assert (only(asked).state, shown(asked)) == (ReplyState.CANCELLED, [(TEXT, "Not sent")])
	assert [whom for whom, text in told(asked) if "in time" in text] == [AGENT]
	assert events(asked) == [(Happening.CANCELLED, "", "")]
	asked.publish(hours=1)
	assert len(told(asked)) == 2


def test_without_a_limit_it_waits(asked):
	with asked.host.transaction():
		asked.host.store.change(the_settings(asked.host), approval_hours=0)
	asked.reply("1", TEXT)
	asked.publish(days=400)
	assert only(asked).state is ReplyState.AWAITING_APPROVAL


# --- who may decide ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
	("team", "by", "may"),
	[
		("", BOSS, True),
		("", PEER, False),
		("", AGENT, False),
		("Care", PEER, True),
		("Care", BOSS, False),  # the rule names whose agreement it wants
		("Care", AGENT, False),
		("Nobody", BOSS, True),  # a team without members leaves it to the managers
		("Nobody", STRANGER, False),
	],
)
def test_members_of_the_rules_team_decide_or_else_managers_and_never_the_author(opened, team, by, may):
	add_rule(opened, approver_team=team)
	reply = opened.reply("1", TEXT)
	assert engage.may_approve(opened.host, reply, by) is may
	for decide in (lambda: give_back(opened, by=by), lambda: approve(opened, by=by)):
		if not may:
			with pytest.raises(Refused, match="somebody else"):
				decide()
	if may:
		assert approve(opened, by=by).state is ReplyState.QUEUED


def test_a_manager_does_not_approve_what_they_wrote(asked):
	with asked.host.transaction():
		shown_as = asked.host.desk.reply("1", TEXT, asked.clock())
		with pytest.raises(Refused, match="nobody but you"):
			engage.queue_reply(asked.host, AgentReplied("1", shown_as, BOSS, TEXT), asked.clock)
	assert asked.replies() == []


def test_of_two_who_decide_the_second_is_told(asked, monkeypatch):
	waiting = asked.reply("1", TEXT)
	give_back(asked)
	monkeypatch.setattr(approval, "the_reply", lambda _host, _name: waiting)
	monkeypatch.setattr(cancelling, "the_reply", lambda _host, _name: waiting)
	for decide in (
		lambda: engage.approve(asked.host, waiting.name, BOSS, asked.clock),
		lambda: engage.give_back(asked.host, waiting.name, BOSS, "No.", asked.clock),
	):
		with pytest.raises(Refused, match="decided on this answer already"):
			decide()
	with pytest.raises(Refused, match="too late"):
		engage.cancel(asked.host, waiting.name, AGENT, asked.clock)
	assert (only(asked).state, len(events(asked))) == (ReplyState.CANCELLED, 1)


# --- which answers -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
	("rule", "waits"),
	[
		({}, True),
		({"enabled": False}, False),
		({"channel": "another"}, False),
		({"visibility": Visibility.PUBLIC}, True),
		({"visibility": Visibility.PRIVATE}, False),
		({"team": "Care"}, False),
		({"topic": " Refund "}, True),
		({"topic": "delivery"}, False),
		({"language": "EN"}, True),
		({"language": "de"}, False),
		({"new_agent_days": 30}, True),
		({"new_agent_days": 10}, False),
		({"topic": "refund", "language": "de"}, False),  # all of it must hold
		({"topic": "refund", "language": "en", "visibility": Visibility.PUBLIC, "new_agent_days": 11}, True),
	],
)
def test_a_rule_asks_for_what_fits_all_that_it_says(opened, rule, waits):
	with opened.host.transaction():
		opened.host.store.change(opened.message("p1"), topic="refund")
	add_rule(opened, **rule)
	since = opened.clock() - timedelta(days=10, hours=12)
	with opened.host.transaction():
		shown_as = opened.host.desk.reply("1", TEXT, opened.clock())
		replied = AgentReplied("1", shown_as, AGENT, TEXT, agent_since=since)
		reply = engage.queue_reply(opened.host, replied, opened.clock)
	assert (reply.state is ReplyState.AWAITING_APPROVAL) is waits


def test_of_whom_nobody_knows_since_when_is_new(opened):
	add_rule(opened, new_agent_days=1)
	assert opened.reply("1", TEXT).state is ReplyState.AWAITING_APPROVAL


def test_the_team_is_the_tickets_of_now(opened):
	add_rule(opened, team="Care")
	opened.host.connection.execute("UPDATE ticket SET team = 'Care'")
	assert opened.reply("1", TEXT).state is ReplyState.AWAITING_APPROVAL


def test_the_first_rule_that_fits_says_who_is_asked(opened):
	add_rule(opened, title="All", sort_order=200)
	add_rule(opened, title="Public", sort_order=100, approver_team="Care", visibility=Visibility.PUBLIC)
	add_rule(opened, title="German", sort_order=50, language="de")
	reply = opened.reply("1", TEXT)
	assert (reply.rule, reply.approver_team, [whom for whom, _text in told(opened)]) == (
		"Public",
		"Care",
		[PEER],
	)


@pytest.mark.parametrize(
	("values", "says"),
	[
		({}, None),
		({"language": "de", "new_agent_days": 30}, None),
		({"language": "german"}, "no language code"),
		({"new_agent_days": -1}, "fewer than 0 days"),
	],
)
def test_a_rule_that_can_not_be_meant_is_refused_with_a_sentence(values, says):
	refused = approval.refuse(SocialApprovalRule("Rule", **values))
	assert refused is None if says is None else says in str(refused)


# --- time has passed -----------------------------------------------------------------------------------------


def test_a_post_that_was_deleted_meanwhile_is_not_answered(asked):
	asked.reply("1", TEXT)
	with asked.host.transaction():
		asked.host.store.change(asked.message("p1"), deleted_at=asked.clock())
	with pytest.raises(Refused, match="deleted"):
		approve(asked)
	assert only(asked).state is ReplyState.AWAITING_APPROVAL
	give_back(asked, "They deleted it.")


def test_a_window_that_closed_meanwhile_is_closed(asked):
	asked.reply("1", TEXT)
	with asked.host.transaction():
		asked.host.store.change(asked.message("p1"), reply_hint={"closed": True})
	with pytest.raises(Refused, match="window"):
		approve(asked)


@pytest.mark.parametrize("text", ["", BETTER])
def test_the_edited_text_is_guarded_as_any_other(asked, text):
	asked.reply("1", TEXT)
	with pytest.raises(Refused, match="Too long"):
		approve(asked, text="x" * 101)
	with pytest.raises(Refused, match="IBAN"):
		approve(asked, text="We pay to DE02 1203 0000 0000 2020 51")
	assert approve(asked, text=text).state is ReplyState.QUEUED


def test_while_publishing_is_stopped_nothing_is_approved(asked):
	asked.reply("1", TEXT)
	with asked.host.transaction():
		asked.host.store.change(the_settings(asked.host), stop_publishing=True)
	with pytest.raises(Refused, match="stopped"):
		approve(asked)


def test_a_customer_who_wrote_since_is_answered_below_the_new_post_by_who_knows_it(asked):
	first = asked.reply("1", TEXT)
	asked.world.post(2, "And where is my ticket?", thread_id="t1", parent_id="p1", minutes=30)
	asked.round()
	with pytest.raises(Refused, match="has written since"):
		approve(asked)
	seen = [one.key for one in approval.look(asked.host, only(asked), TEXT, asked.clock).warnings]
	assert first.message == asked.message("p1").name
	assert approve(asked, seen=seen).message == asked.message("p2").name
	asked.publish(minutes=1)
	assert [one.to.external_id for one in asked.world.answers] == ["p2"]


def test_what_was_written_in_private_does_not_go_below_a_public_post(asked):
	talk = {"kind": Kind.DIRECT_MESSAGE, "visibility": Visibility.PRIVATE, "author": Author("id-x", "x", "X")}
	asked.world.post(2, "Psst, where is my refund?", **talk)
	asked.round()
	asked.reply("2", "Your account is blocked.")
	asked.world.post(3, "Hello?", author=talk["author"], minutes=60)
	asked.round()
	with asked.host.transaction():
		ticket_merged(asked.host, "3", "2", asked.clock())
	with pytest.raises(Refused, match="others would read the answer"):
		approve(asked)
	give_back(asked)


@pytest.mark.parametrize("chosen", [Visibility.PRIVATE, Visibility.PUBLIC])
def test_who_reads_it_is_what_its_author_chose(asked, chosen):
	"""Else what may stand in a private answer would be published after the choice was changed."""
	asked.reply("1", TEXT)
	with asked.host.transaction():
		asked.host.store.change(asked.message("p1"), answer_as=chosen)
	if chosen is Visibility.PUBLIC:
		assert approve(asked).visibility is Visibility.PUBLIC
		return
	for text in ("", "We pay to DE02 1203 0000 0000 2020 51"):
		with pytest.raises(Refused, match="others would read the answer"):
			approve(asked, text=text)


def test_what_waits_goes_with_its_words_when_tickets_are_merged(asked):
	asked.reply("1", TEXT)
	asked.world.post(2, "The same again, please help!", minutes=30)
	asked.round()
	with asked.host.transaction():
		ticket_merged(asked.host, "1", "2", asked.clock())
	assert only(asked).ticket == "2"
	with asked.host.transaction():
		asked.host.store.change(asked.message("p2"), deleted_at=asked.clock())
	assert approve(asked).state is ReplyState.QUEUED
