"""Taken back before it leaves: a person or a worker is first, never both. What is Sending, and what may be out, is not undone."""

from __future__ import annotations

import pytest

from social_service import engage, history
from social_service.channels.errors import Ambiguous, Unavailable
from social_service.engage import Refused, cancelling, outbox, sending
from social_service.records import Happening, ReplyState
from social_service.settings import SocialChannel
from social_service.site_settings import the_settings

TEXT = "Hello Maria, your refund is on its way."
AGENT, COLLEAGUE = "agent@example.com", "boss@example.com"


@pytest.fixture
def opened(desk):
	desk.world.post(1, "Where is my refund?")
	desk.round()
	set_settings(desk, undo_seconds=20)
	return desk


def set_settings(desk, **values) -> None:
	with desk.host.transaction():
		desk.host.store.change(the_settings(desk.host), **values)


def only(desk):
	(reply,) = desk.replies()
	return reply


def shown(desk) -> list[str]:
	return [state for (state,) in desk.table("SELECT delivery FROM ticket_message WHERE is_reply")]


# --- the seconds before it leaves ----------------------------------------------------------------------------


def test_an_answer_leaves_when_the_time_to_take_it_back_is_over(opened):
	reply = opened.reply("1", TEXT)
	engage.send(opened.host, reply.name, opened.clock)  # a job that is too early
	assert (only(opened).state, only(opened).lease_until, opened.world.calls.count("send")) == (
		ReplyState.QUEUED,
		None,
		0,
	)
	opened.publish(seconds=19)
	assert opened.world.answers == []
	opened.publish(seconds=1)
	assert [one.text for one in opened.world.answers] == [TEXT]


def test_without_such_a_time_it_leaves_at_once(opened):
	set_settings(opened, undo_seconds=0)
	reply = opened.reply("1", TEXT)
	assert engage.is_due(reply, opened.clock())
	engage.send(opened.host, reply.name, opened.clock)
	assert len(opened.world.answers) == 1


def test_what_was_taken_back_never_leaves(opened):
	reply = opened.reply("1", TEXT)
	stopped = engage.cancel(opened.host, reply.name, AGENT, opened.clock)
	assert (stopped.state, stopped.text, stopped.stopped_by) == (ReplyState.CANCELLED, TEXT, AGENT)
	for _round in range(3):
		opened.publish(minutes=10)
		engage.send(opened.host, reply.name, opened.clock)
	assert (opened.world.answers, only(opened).state, shown(opened)) == (
		[],
		ReplyState.CANCELLED,
		["Not sent"],
	)
	(event,) = history.of_ticket(opened.host, "1")
	assert (event.what, event.by) == (Happening.CANCELLED, AGENT)
	assert opened.table("SELECT * FROM told") == []


def test_the_same_text_may_be_sent_again_after_it_was_taken_back(opened):
	engage.cancel(opened.host, opened.reply("1", TEXT).name, AGENT, opened.clock)
	opened.reply("1", TEXT)
	opened.publish(minutes=1)
	assert len(opened.world.answers) == 1


def test_its_author_hears_when_somebody_else_takes_it_back(opened):
	engage.cancel(opened.host, opened.reply("1", TEXT).name, COLLEAGUE, opened.clock)
	assert opened.table("SELECT whom, text, ticket FROM told") == [
		(AGENT, f"{COLLEAGUE} took your answer back: it is not sent.", "1")
	]


def test_a_cancelled_answer_keeps_no_other_one_waiting(opened):
	first = opened.reply("1", TEXT)
	opened.reply("1", "And a second thing.")
	engage.cancel(opened.host, first.name, AGENT, opened.clock)
	opened.publish(minutes=1)
	assert [one.text for one in opened.world.answers] == ["And a second thing."]


# --- a worker and a person at the same moment ----------------------------------------------------------------


def stops(opened, name: str) -> str:
	try:
		return engage.cancel(opened.host, name, AGENT, opened.clock).state.value
	except Refused as refused:
		return str(refused.sentence)[:11]


@pytest.mark.parametrize(
	("place", "told", "published"),
	[("after Sending", "It is too l", 1), ("after accepted", "It is too l", 1)],
)
def test_undo_never_after_sending(opened, monkeypatch, place, told, published):
	reply, said = opened.reply("1", TEXT), []

	def at(name: str) -> None:
		if name == place and not said:
			said.append(stops(opened, reply.name))

	monkeypatch.setattr(sending, "pause_point", at)
	for _round in range(3):
		opened.publish(minutes=5)
	assert (said, len(opened.world.answers), only(opened).state) == ([told], published, ReplyState.SENT)


@pytest.mark.parametrize("call", ["get", "check"])
def test_undo_while_a_worker_looks_around_is_in_time(opened, monkeypatch, call):
	"""It has the lease, and has not begun to send: the post is looked at once more, or the account."""
	reply, said = opened.reply("1", TEXT), []
	opened.clock.forward(hours=30)

	def before() -> None:
		if opened.world.calls[-1:] != ["fetch"] and not said:
			said.append(stops(opened, reply.name))

	opened.world.before_call = before
	opened.publish()
	opened.world.before_call = lambda: None
	opened.publish(minutes=5)
	assert (said, opened.world.answers, only(opened).state) == (["Cancelled"], [], ReplyState.CANCELLED)


def test_an_error_of_a_worker_that_comes_later_does_not_bring_it_back(opened):
	"""It read the post once more, the network was down, and meanwhile somebody took the answer back."""
	reply = opened.reply("1", TEXT)
	opened.world.faults["get"] = [Unavailable("down")]
	opened.world.before_call = lambda: stops(opened, reply.name)
	opened.publish(minutes=30)
	opened.world.before_call = lambda: None
	for _round in range(4):
		opened.publish(minutes=10)
	assert (opened.world.answers, only(opened).state) == ([], ReplyState.CANCELLED)


def test_an_error_of_a_worker_that_slept_too_long_does_not_send_it_twice(opened):
	"""The next worker has published it since."""
	slept = []

	def sleep() -> None:
		if not slept:
			slept.append(True)
			opened.publish(minutes=10)
			opened.world.faults["get"] = [Unavailable("down")]

	opened.reply("1", TEXT)
	opened.world.before_call = sleep
	opened.publish(minutes=30)
	assert only(opened).state is ReplyState.SENT
	opened.publish(minutes=30)
	assert len(opened.world.answers) == 1


def test_who_read_the_row_before_a_worker_changed_it_is_too_late(opened, monkeypatch):
	reply = opened.reply("1", TEXT)
	opened.publish(minutes=1)
	monkeypatch.setattr(cancelling, "the_reply", lambda _host, _name: reply)
	assert stops(opened, reply.name) == "It is too l"
	assert (only(opened).state, shown(opened)) == (ReplyState.SENT, ["Sent"])


def test_two_people_take_it_back_and_one_is_told_that_it_is(opened):
	reply = opened.reply("1", TEXT)
	assert [stops(opened, reply.name) for _twice in range(2)] == ["Cancelled", "It is too l"]


@pytest.mark.parametrize("fails", [False, True])
def test_what_has_left_and_what_failed(opened, fails):
	reply = opened.reply("1", TEXT)
	if fails:
		opened.world.gone.add("p1")
	opened.publish(minutes=30)
	assert stops(opened, reply.name) == ("Cancelled" if fails else "It is too l")
	assert only(opened).state is (ReplyState.CANCELLED if fails else ReplyState.SENT)


# --- what may be on the network ------------------------------------------------------------------------------


def test_what_may_be_out_is_looked_for_and_found(opened):
	opened.world.faults_after_write = [Ambiguous("timeout")]
	reply = opened.reply("1", TEXT)
	opened.publish(minutes=1)
	assert engage.cancel(opened.host, reply.name, AGENT, opened.clock).state is ReplyState.UNKNOWN
	opened.publish(minutes=5)
	assert (only(opened).state, shown(opened)) == (ReplyState.SENT, ["Sent"])


def test_what_may_be_out_and_is_not_is_not_sent_any_more(opened):
	opened.world.faults["send"] = [Ambiguous("reset")]
	reply = opened.reply("1", TEXT)
	opened.publish(minutes=1)
	engage.cancel(opened.host, reply.name, AGENT, opened.clock)
	for _round in range(4):
		opened.publish(minutes=5)
	assert (opened.world.answers, only(opened).state, shown(opened)) == (
		[],
		ReplyState.CANCELLED,
		["Not sent"],
	)


def test_who_retries_it_wants_it_after_all(opened):
	opened.world.faults["send"] = [Ambiguous("reset")]
	reply = opened.reply("1", TEXT)
	opened.publish(minutes=1)
	engage.cancel(opened.host, reply.name, AGENT, opened.clock)
	engage.retry(opened.host, reply.name, opened.clock)
	for _round in range(4):
		opened.publish(minutes=5)
	assert len(opened.world.answers) == 1


# --- all publishing is stopped -------------------------------------------------------------------------------


def stop_site(opened, *, on: bool) -> None:
	set_settings(opened, stop_publishing=on)


def stop_channel(opened, *, on: bool) -> None:
	channel = opened.host.store.get(SocialChannel, [opened.channel.name])[opened.channel.name]
	with opened.host.transaction():
		opened.host.store.change(channel, stop_publishing=on)


@pytest.mark.parametrize("stop", [stop_site, stop_channel])
def test_stopping_holds_what_is_queued_with_its_cause_and_refuses_what_is_new(opened, stop):
	opened.reply("1", TEXT)
	stop(opened, on=True)
	for _minute in range(3):
		opened.publish(minutes=30)
	assert (opened.world.answers, only(opened).state) == ([], ReplyState.QUEUED)
	assert "stopped" in only(opened).error
	with pytest.raises(Refused, match="stopped"):
		opened.reply("1", "Another one")
	stop(opened, on=False)
	opened.publish(minutes=2)
	assert len(opened.world.answers) == 1
	assert only(opened).error == ""


@pytest.mark.parametrize("stop", [stop_site, stop_channel])
def test_stopping_is_seen_by_a_worker_that_has_begun(opened, stop):
	"""Between its look at the post and its call."""
	opened.reply("1", TEXT)
	opened.world.before_call = lambda: stop(opened, on=True)
	opened.publish(minutes=30)
	assert ("send" in opened.world.calls, only(opened).state) == (False, ReplyState.QUEUED)


def test_what_is_held_keeps_nothing_else_waiting(opened, monkeypatch):
	"""A minute looks for so many: the held ones go to the end each time."""
	monkeypatch.setattr(outbox, "A_MINUTE", 2)
	for number in range(5):
		opened.world.post(number + 10, "Where is my refund?", by=f"person{number}")
	opened.round()
	for number in range(5):
		opened.reply(str(number + 2), f"Answer {number}")
	opened.clock.forward(seconds=1)
	late = opened.reply("1", TEXT)
	monkeypatch.setattr(sending, "_asleep", lambda _host, reply: "" if reply.name == late.name else "held")
	for _minute in range(4):
		opened.publish(minutes=1)
	assert [one.text for one in opened.world.answers] == [TEXT]


def test_a_cancelled_answer_stays_so_when_publishing_goes_on(opened):
	reply = opened.reply("1", TEXT)
	stop_site(opened, on=True)
	opened.publish(minutes=5)
	engage.cancel(opened.host, reply.name, AGENT, opened.clock)
	stop_site(opened, on=False)
	opened.publish(minutes=10)
	assert opened.world.answers == []
