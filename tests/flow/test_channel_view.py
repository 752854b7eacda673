"""Channel view: what an admin sees of a connected account, in the form and in the list."""

from __future__ import annotations

from datetime import timedelta

import pytest

from social_service import account, channel_view
from social_service.channel_health import health as health_of
from social_service.channels.errors import Unavailable
from social_service.ledger import Duty, SocialMessage, SocialStream
from social_service.listen.backfill import ask as read_again
from social_service.records import Account, SignIn
from social_service.sentence import _
from tests.kit.memory_channel import MORNING, Memory


def health(desk):
	return health_of(desk.host, desk.channel.name, desk.clock)


def state(desk) -> str:
	(told,) = channel_view.states(desk.host).values()
	assert told == health(desk).state
	return str(told.label)


def stream(desk, label: str = "Mentions"):
	(found,) = [one for one in health(desk).streams if str(one.label) == label]
	return found


def mentions(desk) -> SocialStream:
	return account.duty_row(desk.host, desk.channel.name, Duty.POLL, key="mentions", label="Mentions")


# --- asking the network -------------------------------------------------------------------------------------


def test_a_check_says_whose_account_it_is(desk):
	checked = channel_view.check(desk.host, desk.channel.name, desk.clock)
	assert (checked.account.handle, checked.problem) == ("company", None)


def test_a_check_says_what_is_missing(desk, monkeypatch):
	monkeypatch.setattr(Memory, "check", lambda _self: Account("me", "company", missing=("dm.read",)))
	assert "dm.read" in str(channel_view.check(desk.host, desk.channel.name, desk.clock).problem)


def test_a_check_that_fails_says_why(desk):
	desk.world.faults["check"] = [Unavailable(_("It is down."))]
	assert str(channel_view.check(desk.host, desk.channel.name, desk.clock).problem) == "It is down."


def test_a_preview_stores_nothing(desk):
	desk.world.post(1, "Where is my refund?")
	seen = channel_view.preview(desk.host, desk.channel.name, desk.clock)
	assert [(one.text, str(one.fate)) for one in seen.posts] == [("Where is my refund?", "Opens a ticket")]
	assert desk.host.store.tally(SocialMessage, (), {}) in ({}, {(): 0})


# --- at a glance --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
	("failures", "told", "color"),
	[(0, "Listening", "green"), (1, "Trouble", "orange"), (2, "Trouble", "orange"), (3, "Failing", "red")],
)
def test_a_channel_is_as_well_as_its_worst_stream(desk, failures, told, color):
	desk.world.post(1, "Where is my refund?")
	desk.world.faults["fetch"] = [Unavailable(_("It is down."))] * failures
	for _round in range(failures or 1):
		desk.round(hours=2)
	assert (state(desk), health(desk).state.color) == (told, color)
	assert (stream(desk).failures, stream(desk).state.color) == (failures, color)
	assert ("It is down." in stream(desk).last_error) == bool(failures)


def test_a_channel_that_was_never_read_or_sleeps_is_grey(desk):
	assert state(desk) == "Not read yet"
	desk.round()
	desk.host.store.change(desk.channel, parked="Write to help@example.com")
	assert state(desk) == "Parked"
	desk.host.store.change(desk.channel, enabled=False)
	assert state(desk) == "Paused"
	assert health(desk).state.color == "gray"


def test_an_alarm_outshines_everything_until_it_is_over(desk):
	desk.round()
	row = desk.host.store.change(mentions(desk), alarm="Nothing came. Look there.", alarm_at=MORNING)
	assert state(desk) == "Silent"
	assert (stream(desk).alarm.text, stream(desk).alarm.since) == ("Nothing came. Look there.", MORNING)
	assert stream(desk).state.color == "red"
	desk.host.store.change(row, alarm="", alarm_at=None)
	assert (state(desk), stream(desk).alarm) == ("Listening", None)


# --- health -------------------------------------------------------------------------------------------------


def test_health_counts_what_each_stream_brought_and_what_waits(desk):
	desk.world.post(1, "Where is my refund?")
	desk.listen()
	assert health(desk).undecided == desk.host.store.tally(SocialMessage, (), {"fate": None})[()] == 1
	assert (stream(desk).figures.stored, stream(desk).figures.waiting) == (1, 1)
	desk.clock.forward(minutes=2)
	desk.decide()
	counts = stream(desk).figures
	assert (counts.seen, counts.stored, counts.decided, counts.failed, counts.waiting) == (1, 1, 1, 0, 0)
	assert counts.lag_p50_s == counts.lag_p95_s is not None
	assert health(desk).undecided == 0


def test_streams_come_first_and_what_happens_behind_them_after_that(desk):
	desk.world.post(1, "Where is my refund?")
	desk.round()
	read_again(desk.host, desk.channel.name, "mentions", desk.clock)
	for duty, key in ((Duty.PUSH, "push"), (Duty.ONCE, "one-thing")):
		account.duty_row(desk.host, desk.channel.name, duty, key=key)
	labels = [str(one.label) for one in health(desk).streams]
	assert labels == ["Mentions", "Webhook", "Nightly scan: Mentions", "Edits and deletions", "Account"]
	assert stream(desk, "Account").next_at is None
	assert [str(one.label) for one in health(desk).streams if one.is_polled] == ["Mentions"]


def test_a_scan_that_is_never_due_has_no_next_time(desk):
	desk.round()
	row = read_again(desk.host, desk.channel.name, "mentions", desk.clock)
	assert stream(desk, "Nightly scan: Mentions").next_at == desk.clock()
	desk.host.store.change(row, next_at=desk.clock() + timedelta(days=36500))
	assert stream(desk, "Nightly scan: Mentions").next_at is None


def test_a_gap_is_told_with_its_span_and_reason(desk):
	desk.round()
	assert stream(desk).gap is None
	values = {"gap_since": MORNING, "gap_until": MORNING + timedelta(hours=3), "gap_reason": "It forgets."}
	desk.host.store.change(mentions(desk), **values)
	gap = stream(desk).gap
	assert (gap.since, gap.until, gap.reason) == tuple(values.values())


def test_calls_left_are_told_until_when(desk):
	desk.round()
	soon, row = desk.clock() + timedelta(minutes=5), mentions(desk)
	row = desk.host.store.change(row, rate_left="3 of 15", rate_resets_at=soon)
	assert (stream(desk).rate_left, stream(desk).rate_resets_at) == ("3 of 15", soon)
	desk.host.store.change(row, rate_resets_at=desk.clock() - timedelta(minutes=5))
	assert stream(desk).rate_resets_at is None


def test_when_the_sign_in_ends_is_told_if_it_is_known(desk, monkeypatch):
	assert health(desk).signed_in_until is None
	end = MORNING + timedelta(days=60)
	monkeypatch.setattr(Memory, "sign_in", lambda _self: SignIn(MORNING, end))
	assert health(desk).signed_in_until == end


def test_a_channel_of_a_network_that_is_gone_is_still_shown(desk):
	desk.round()
	desk.host.store.change(desk.channel, driver="myspace")
	assert health(desk).signed_in_until is None
	assert health(desk).streams


def test_the_money_stands_beside_its_limit(desk):
	desk.host.store.change(desk.channel, budget_usd=5)
	desk.world.post(1, "Where is my refund?")
	desk.round()
	spent = health(desk).budget.spent_micros
	assert spent >= 1000
	desk.reply("1", "It is on its way.")
	desk.publish(minutes=1)
	told = health(desk).budget
	assert (told.limit_micros, told.spent_micros) == (5_000_000, spent + 15_000)
	assert told.forecast_micros > told.spent_micros
