"""Engage: published exactly once, whatever breaks and wherever the worker dies; nothing that looks sent without an id."""

from __future__ import annotations

from datetime import timedelta

import pytest

from social_service import engage
from social_service.channels.errors import (
	Ambiguous,
	AuthFailed,
	AuthProblem,
	Rejected,
	Throttled,
	Unavailable,
)
from social_service.engage import Refused, sending
from social_service.ledger import SocialConversation, SocialReply
from social_service.records import Kind, ReplyState, Visibility
from social_service.sentence import _
from social_service.settings import SocialServiceSettings

TEXT = "Hello Maria, your refund is on its way."


class Killed(BaseException):
	"""The worker is gone: nothing after this line runs."""


@pytest.fixture
def opened(desk):
	desk.world.post(1, "Where is my refund?")
	desk.round()
	return desk


def test_a_reply_is_published_once_and_counts_as_first_response_when_accepted(opened):
	reply = opened.reply("1", TEXT)
	assert (reply.state, reply.external_id) == (ReplyState.QUEUED, "")
	assert opened.table("SELECT first_response_ms FROM ticket") == [(None,)]
	opened.publish(minutes=1)
	opened.publish(minutes=1)
	assert [answer.text for answer in opened.world.answers] == [TEXT]
	sent = opened.replies()[0]
	assert (sent.state, sent.external_id, sent.cost_micros) == (ReplyState.SENT, "a1", 15_000)
	assert opened.table("SELECT first_response_ms IS NOT NULL FROM ticket") == [(1,)]
	assert opened.table("SELECT delivery FROM ticket_message WHERE is_reply") == [("Sent",)]
	conversation = opened.host.store.find(SocialConversation, {}, order="name", limit=1)[0]
	assert conversation.first_response_at == sent.sent_at == conversation.last_agent_at


@pytest.mark.parametrize("place", ["after Sending", "after accepted"])
def test_a_worker_killed_while_sending_leaves_nothing_lost_and_nothing_doubled(opened, monkeypatch, place):
	opened.reply("1", TEXT)

	def die(name):
		if name == place:
			raise Killed

	monkeypatch.setattr(sending, "pause_point", die)
	with pytest.raises(Killed):
		opened.publish(minutes=1)
	assert opened.replies()[0].state is ReplyState.SENDING
	monkeypatch.setattr(sending, "pause_point", lambda name: None)
	opened.publish(seconds=10)
	assert len(opened.world.answers) == (
		place == "after accepted"
	)  # the lease still holds: nobody touches it
	for _minute in range(4):
		opened.publish(minutes=2)
	assert len(opened.world.answers) == 1
	assert opened.replies()[0].state is ReplyState.SENT


def test_an_ambiguous_write_is_read_back_and_not_repeated(opened):
	opened.world.faults_after_write = [Ambiguous("timeout")]
	opened.reply("1", TEXT)
	opened.publish(minutes=1)
	assert opened.replies()[0].state is ReplyState.UNKNOWN
	assert opened.table("SELECT delivery FROM ticket_message WHERE is_reply") == [("Sending",)]
	for _minute in range(3):
		opened.publish(minutes=2)
	assert opened.replies()[0].state is ReplyState.SENT
	assert opened.world.calls.count("send") == 1
	assert "reconcile" in opened.world.calls


def test_an_ambiguous_write_that_never_arrived_is_sent_after_reading_back(opened):
	opened.reply("1", TEXT)
	opened.world.faults["send"] = [Ambiguous("reset")]  # raised by send before the network kept it
	opened.publish(minutes=1)
	for _minute in range(3):
		opened.publish(minutes=2)
	assert len(opened.world.answers) == 1
	assert opened.replies()[0].state is ReplyState.SENT


def test_a_network_that_can_not_tell_leaves_it_to_a_person(opened):
	opened.reply("1", TEXT)
	opened.world.faults = {"send": [Ambiguous("timeout")], "reconcile": [Ambiguous("can't tell")] * 30}
	for _round in range(20):
		opened.publish(minutes=10)
	reply = opened.replies()[0]
	assert (reply.state, reply.next_try_at) == (ReplyState.UNKNOWN, None)
	assert opened.world.calls.count("send") == 1
	assert opened.table("SELECT delivery FROM ticket_message WHERE is_reply") == [("Unknown",)]
	assert "Look on the network" in opened.table("SELECT text FROM note")[0][0]


@pytest.mark.parametrize(
	("error", "state", "calls"),
	[
		(Unavailable("down"), ReplyState.SENT, 2),
		(Throttled(60), ReplyState.SENT, 2),
		(Rejected("not summoned", _("The author did not mention us.")), ReplyState.FAILED, 1),
		(AuthFailed(AuthProblem.REVOKED, _("Connect again.")), ReplyState.FAILED, 1),
	],
)
def test_what_the_network_says_decides_what_happens_next(opened, error, state, calls):
	opened.reply("1", TEXT)
	opened.world.faults["send"] = [error]
	opened.publish(minutes=1)
	for _round in range(3):
		opened.publish(minutes=10)
	assert opened.replies()[0].state is state
	assert opened.world.calls.count("send") == calls


def test_a_refusal_is_told_to_the_agent_with_the_next_step(opened):
	opened.reply("1", TEXT)
	opened.world.faults["send"] = [
		Rejected("not summoned", _("The author did not mention us. Answer on the network itself."))
	]
	opened.publish(minutes=1)
	sentence = "Not published: The author did not mention us. Answer on the network itself."
	assert opened.table("SELECT text FROM note") == [(sentence,)]
	assert opened.table("SELECT whom, text, ticket FROM told") == [("agent@example.com", sentence, "1")]


def test_a_failed_reply_can_be_retried_by_a_person(opened):
	reply = opened.reply("1", TEXT)
	opened.world.faults["send"] = [AuthFailed(AuthProblem.REVOKED, _("Connect again."))]
	opened.publish(minutes=1)
	engage.retry(opened.host, reply.name, opened.clock)
	opened.publish(minutes=1)
	assert opened.replies()[0].state is ReplyState.SENT
	engage.retry(opened.host, reply.name, opened.clock)  # a sent one stays sent
	opened.publish(minutes=1)
	assert len(opened.world.answers) == 1


def test_a_duplicate_refusal_after_an_ambiguous_attempt_means_look_whether_ours_is_there(opened):
	duplicate = Rejected("duplicate", _("The network has this text already."))
	opened.reply("1", TEXT)
	opened.world.faults_after_write = [Ambiguous("timeout"), duplicate]
	opened.world.faults["reconcile"] = [Ambiguous("not yet")]
	for _round in range(5):
		opened.publish(minutes=5)
	assert opened.replies()[0].state is ReplyState.SENT
	assert opened.world.calls.count("send") == 1


def test_a_text_that_the_network_has_from_somebody_else_fails_with_its_sentence(opened):
	opened.reply("1", TEXT)
	opened.world.faults["send"] = [
		Rejected("duplicate", _("The network has this text already. Change a word."))
	]
	opened.publish(minutes=1)
	reply = opened.replies()[0]
	assert (reply.state, reply.error) == (
		ReplyState.FAILED,
		"The network has this text already. Change a word.",
	)


@pytest.mark.parametrize(
	("text", "change", "says"),
	[
		("x" * 101, {}, "Too long for Memory by 1: 101 of 100 characters."),
		("   ", {}, "There is no text to publish"),
		(TEXT, {"enabled": False}, "is disabled"),
		(TEXT, {"dry_run": True}, "in dry run"),
	],
)
def test_the_guard_stops_the_agent_and_stores_nothing(opened, text, change, says):
	if change:
		with opened.host.transaction():
			opened.host.store.change(opened.channel, **change)
	with pytest.raises(Refused, match=says):
		opened.reply("1", text)
	assert opened.replies() == []
	assert opened.table("SELECT name FROM ticket_message WHERE is_reply") == []


def test_a_closed_window_is_refused_with_the_drivers_sentence(desk):
	desk.world.post(1, "Where is my refund?", reply_hint={"closed": True})
	desk.round()
	with pytest.raises(Refused, match="Answer on the network itself"):
		desk.reply("1", TEXT)


def test_two_clicks_on_send_are_one_answer(opened):
	opened.reply("1", TEXT)
	with pytest.raises(Refused, match="same answer"):
		opened.reply("1", f"  {TEXT} ")
	opened.publish(minutes=1)
	assert len(opened.world.answers) == 1


def test_a_customer_who_deleted_the_post_is_not_answered(opened):
	opened.reply("1", TEXT)
	opened.world.gone.add("p1")
	opened.publish(minutes=30)
	assert opened.world.answers == []
	assert opened.replies()[0].state is ReplyState.FAILED
	with pytest.raises(Refused, match="deleted"):
		opened.reply("1", "Are you still there?")


def test_the_site_wide_stop_holds_what_is_queued_and_refuses_what_is_new(opened):
	settings = opened.host.store.find(SocialServiceSettings, {}, order="name", limit=1)[0]
	opened.reply("1", TEXT)
	with opened.host.transaction():
		opened.host.store.change(settings, stop_publishing=True)
	opened.publish(minutes=30)
	assert opened.world.answers == []
	assert "stopped" in opened.replies()[0].error
	with pytest.raises(Refused, match="stopped"):
		opened.reply("1", "Another one")
	with opened.host.transaction():
		opened.host.store.change(settings, stop_publishing=False)
	opened.publish(minutes=30)
	assert len(opened.world.answers) == 1


def test_two_answers_of_one_conversation_leave_in_order(opened):
	opened.reply("1", "First")
	opened.clock.forward(seconds=5)
	second = opened.reply("1", "Second")
	opened.clock.forward(seconds=5)
	engage.send(opened.host, second.name, opened.clock)
	assert opened.world.answers == []
	for _round in range(3):
		opened.publish(minutes=1)
	assert [answer.text for answer in opened.world.answers] == ["First", "Second"]


def test_a_private_message_is_answered_privately(desk):
	desk.world.post(1, "hello", visibility=Visibility.PRIVATE)
	desk.round()
	assert desk.reply("1", TEXT).visibility is Visibility.PRIVATE


def test_our_own_echo_makes_no_ticket_and_no_native_answer(opened):
	opened.reply("1", TEXT)
	opened.world.post(9, TEXT, is_own=True, parent_id="p1")  # the echo comes before our own record of it
	opened.round()
	opened.publish(minutes=1)
	assert opened.fates() == {"p1": "opened", "p9": "ignored"}
	assert opened.table("SELECT text FROM note") == []


def test_sharing_a_customer_s_post_is_no_answer(opened):
	opened.world.post(9, "Where is my refund?", is_own=True, is_repost=True, parent_id="p1")
	opened.round()
	assert opened.table("SELECT text FROM note") == []


def test_an_answer_on_the_network_itself_is_noticed_once(opened):
	opened.world.post(9, "We sent it.", is_own=True, parent_id="p1")
	opened.round()
	assert opened.table("SELECT text FROM note") == [("Answered on the network itself: We sent it.",)]
	conversation = opened.host.store.find(SocialConversation, {}, order="name", limit=1)[0]
	assert conversation.first_response_at == opened.world.posts[-1].sent_at


def test_a_second_worker_can_not_send_what_the_first_holds(opened):
	reply = opened.reply("1", TEXT)
	opened.clock.forward(minutes=1)
	assert opened.host.store.claim(reply, seconds=150, now=opened.clock())
	engage.send(opened.host, reply.name, opened.clock)
	assert opened.world.answers == []


def test_a_worker_that_wakes_up_late_does_not_write_over_the_result(opened, monkeypatch):
	reply = opened.reply("1", TEXT)
	others = []

	def slept(name):
		if name == "after accepted" and not others:
			others.append(name)
			opened.clock.forward(minutes=10)
			opened.publish()  # the sweeper takes it over and reads it back

	monkeypatch.setattr(sending, "pause_point", slept)
	opened.publish(minutes=1)
	assert len(opened.world.answers) == 1
	assert opened.host.store.get(SocialReply, [reply.name])[reply.name].state is ReplyState.SENT
	assert opened.replies()[0].queued_at + timedelta(minutes=1) <= opened.clock()


def test_being_told_to_wait_is_no_attempt(opened):
	opened.reply("1", TEXT)
	opened.world.faults["send"] = [Throttled(60)] * 12
	for _round in range(14):
		opened.publish(minutes=2)
	assert opened.replies()[0].state is ReplyState.SENT


def test_an_answer_waits_for_an_unknown_one_before_it(opened):
	opened.world.faults_after_write = [Ambiguous("timeout")]
	opened.world.faults["reconcile"] = [Unavailable("down")]
	opened.reply("1", "First")
	opened.publish(minutes=1)
	second = opened.reply("1", "Second")
	engage.send(opened.host, second.name, opened.clock)
	assert opened.host.store.get(SocialReply, [second.name])[second.name].state is ReplyState.QUEUED
	for _round in range(4):
		opened.publish(minutes=5)
	assert [answer.text for answer in opened.world.answers] == ["First", "Second"]


def test_of_two_answers_of_one_moment_the_second_waits_for_the_first(opened):
	opened.reply("1", "We look into it.")
	opened.reply("1", "It is on its way.")
	opened.world.faults["send"] = [Unavailable("down")]
	opened.publish()
	assert opened.world.answers == []
	for _minute in range(5):
		opened.publish(minutes=10)
	assert len(opened.world.answers) == 2


# --- what is somebody's own -----------------------------------------------------------------------------------

IBAN = "DE02 1203 0000 0000 2020 51"


def set_settings(desk, **values) -> None:
	settings = desk.host.store.find(SocialServiceSettings, {}, order="name", limit=1)[0]
	with desk.host.transaction():
		desk.host.store.change(settings, **values)


def test_a_public_answer_carries_no_account_number_and_a_private_one_may(desk):
	desk.world.post(1, "Where is my refund?")
	desk.world.post(
		2, "And where is mine?", by="john", kind=Kind.DIRECT_MESSAGE, visibility=Visibility.PRIVATE
	)
	desk.round()
	with pytest.raises(Refused, match="IBAN"):
		desk.reply("1", f"We pay to {IBAN}")
	assert desk.table("SELECT state FROM `tabSocial Reply`") == []
	desk.reply("2", f"We pay to {IBAN}")
	desk.publish()
	assert [one.text for one in desk.world.answers] == [f"We pay to {IBAN}"]


def test_the_companys_own_number_passes_and_its_customers_numbers_do_not(desk):
	desk.world.post(1, "Where is my refund?")
	desk.round()
	set_settings(desk, private_patterns="KM-#######", public_contacts=f"{IBAN}\n030 1234567")
	with pytest.raises(Refused, match="km-1234567"):
		desk.reply("1", "It is order km-1234567")
	desk.reply("1", f"Pay to {IBAN.replace(' ', '')} or call 030/1234567")
	desk.publish()
	assert len(desk.world.answers) == 1
