"""The clocks say what was computed by hand in `tests/golden/clocks.md`."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import pytest

from social_service.sla.clocks import Clock, Event, Milestone, What, clocks
from tests.kit.golden import Expected, History, histories, lines

HISTORIES = histories()
NAMES = {Milestone.FIRST: "first", Milestone.NEXT: "next", Milestone.RESOLUTION: "resolution"}


def stand(clock: Clock, now: datetime) -> str:
	"""In the table's words."""
	late = clock.is_missed(now)
	if clock.stopped_at:
		return "missed" if late else "met"
	word = "dropped" if clock.dropped else "on hold" if clock.on_hold_since else "running"
	return f"{word}, late" if late else word


def as_row(clock: Clock, history: History) -> Expected:
	return Expected(
		f"{NAMES[clock.milestone]} {clock.key}",
		clock.started_at,
		clock.warn_at,
		clock.due_at,
		clock.stopped_at or clock.dropped_at or clock.on_hold_since,
		timedelta(seconds=clock.spent(history.terms.hours, history.now)),
		timedelta(seconds=clock.held_s),
		stand(clock, history.now),
	)


@pytest.mark.parametrize("history", HISTORIES, ids=[one.title for one in HISTORIES])
def test_the_clocks_say_what_was_computed_by_hand(history):
	for seed in range(3):  # in whatever order we hear of it
		events = random.Random(seed).sample(history.events, len(history.events))
		assert [as_row(clock, history) for clock in clocks(events, history.terms)] == history.expected


@pytest.mark.parametrize("history", HISTORIES, ids=[one.title for one in HISTORIES])
def test_met_and_missed_and_running_are_what_the_table_calls_them(history):
	for clock, expected in zip(clocks(history.events, history.terms), history.expected, strict=True):
		assert clock.is_met == (expected.so == "met")
		assert clock.is_running == expected.so.startswith("running")
		assert clock.dropped == expected.so.startswith("dropped")


def test_the_table_is_read_whole():
	assert len(HISTORIES) >= 40
	assert [one.title.split(".")[0] for one in HISTORIES] == [str(n + 1) for n in range(len(HISTORIES))]
	read = sum(len(one.events) + len(one.left_out) + 1 for one in HISTORIES)  # and now
	assert read == len(list(lines()))
	assert all(one.expected and one.now for one in HISTORIES)


def test_the_table_has_something_of_everything():
	told = " ".join(one.title.casefold() for one in HISTORIES)
	for subject in (
		*("midnight", "spring", "autumn", "holiday", "easter", "three spans", "hold", "reopened", "burst"),
		*(
			"merged",
			"read late",
			"bot",
			"fails",
			"india",
			"closed without an answer",
			"on the network before",
		),
		*("thanks", "second turn", "without a time for the next response"),
	):
		assert subject in told, subject
	assert {event.what for one in HISTORIES for event in one.events} == set(What)


def test_an_answer_of_a_bot_would_stop_the_clock_if_it_were_told():
	"""So whoever collects the events has to leave it out; the clocks can't."""
	bots = next(one for one in HISTORIES if one.left_out == ["a bot answers"])
	told = [*bots.events, Event(bots.events[0].at, What.ANSWER)]
	assert clocks(told, bots.terms)[0].spent(bots.terms.hours, bots.now) == 0
