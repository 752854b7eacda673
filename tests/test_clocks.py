"""What holds for the clocks of whatever history."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from hypothesis import assume, given
from hypothesis import strategies as st

from social_service.service_hours import MIDNIGHT, ServiceHours
from social_service.sla.clocks import Clock, Event, Milestone, Terms, What, clocks
from social_service.sla.turns import in_order

START = datetime(2026, 3, 27, 6, tzinfo=timezone.utc)  # two days before the clocks change in Berlin
LENGTH = 4 * MIDNIGHT  # minutes
END = START + timedelta(minutes=2 * LENGTH)
BERLIN = ZoneInfo("Europe/Berlin")


def at(minute: int) -> datetime:
	return START + timedelta(minutes=minute)


minutes = st.integers(0, 300) | st.integers(0, LENGTH)


@st.composite
def histories(draw, kinds=tuple(What)) -> list[Event]:
	"""Every post has a key; some are read late, some answers are given on the network."""
	events = []
	for number in range(draw(st.integers(1, 12))):
		what, minute, late = (
			draw(st.sampled_from(kinds)),
			draw(minutes),
			draw(st.none() | st.integers(0, 120)),
		)
		reads = what in (What.CUSTOMER, What.ANSWER) and late is not None
		key = str(number) if what is What.CUSTOMER else ""
		events.append(Event(at(minute), what, at(minute + late) if reads else None, key))
	return events


PLAIN = tuple(what for what in What if what is not What.MERGED)
SPANS = st.lists(
	st.builds(
		lambda day, since, length: (day, since, since + length),
		*(st.integers(0, 6), st.integers(0, MIDNIGHT - 1), st.integers(60, MIDNIGHT)),
	),
	min_size=1,
	max_size=4,
).map(tuple)
terms = st.builds(
	Terms,
	first=st.integers(60, 6 * 3600),
	next=st.just(0) | st.integers(60, 6 * 3600),
	resolution=st.integers(3600, 2 * 86400),
	hours=st.builds(ServiceHours, st.just(BERLIN), st.none() | SPANS),
	warn_percent=st.sampled_from([0, 50, 75, 99]),
)


def responses(events: list[Event], terms: Terms) -> list[Clock]:
	return [one for one in clocks(events, terms) if one.milestone is not Milestone.RESOLUTION]


def resolution(events: list[Event], terms: Terms) -> Clock:
	return next(one for one in clocks(events, terms) if one.milestone is Milestone.RESOLUTION)


# --- what a history is --------------------------------------------------------------------------------------


@given(histories(), terms, st.integers())
def test_the_order_in_which_we_are_told_is_irrelevant(events, terms, seed):
	assert clocks(random.Random(seed).sample(events, len(events)), terms) == clocks(events, terms)


@given(histories(PLAIN), terms)
def test_there_is_one_first_response_and_one_resolution_if_there_is_a_post(events, terms):
	found = [one.milestone for one in clocks(events, terms)]
	posts = [event for event in events if event.what is What.CUSTOMER]
	if not posts:
		assert found == []
		return
	assert found == [Milestone.FIRST, *[Milestone.NEXT] * (len(found) - 2), Milestone.RESOLUTION]
	assert len(found) - 1 <= len(posts)
	keys = [one.key for one in responses(events, terms)]
	assert len(set(keys)) == len(keys) and set(keys) <= {event.key for event in posts}
	assert len([one for one in clocks(events, terms) if one.is_running]) <= 2  # one turn waits at most


@given(histories(PLAIN), terms)
def test_a_clock_is_warned_of_before_it_is_due_and_counts_from_a_post(events, terms):
	written = {event.at for event in events if event.what is What.CUSTOMER}
	for one in clocks(events, terms):
		assert one.started_at in written
		assert one.started_at <= (one.warn_at or one.started_at) <= one.due_at
		assert (one.warn_at is None) == (terms.warn_percent == 0)
		assert one.spent(terms.hours, END) >= 0


@given(histories((What.CUSTOMER, What.ANSWER, What.HOLD, What.RESUME, What.RESOLVE, What.REOPEN)), terms)
def test_what_comes_later_leaves_the_clocks_their_names(events, terms):
	"""So that a row of the database stays the same clock. An answer on the network may become known later: not here."""
	told = (replace(event, stored_at=event.stored_at if event.key else None) for event in events)
	events = list(in_order(told))
	for number in range(len(events)):
		earlier = [one.key for one in responses(events[:number], terms)]
		assert [one.key for one in responses(events, terms)][: len(earlier)] == earlier


# --- whose turn it is ---------------------------------------------------------------------------------------


@given(histories(PLAIN), terms)
def test_no_response_is_late_while_the_ball_is_with_the_customer(events, terms):
	"""After an answer nothing runs until the next post."""
	answers = [event.at for event in events if event.what is What.ANSWER]
	assume(answers)
	last = max(answers)
	quiet = [event for event in events if event.known_at <= last]
	assert not [one for one in responses(quiet, terms) if one.is_running]
	assert all(one.stopped_at or one.dropped for one in responses(quiet, terms))
	late = [one.key for one in responses(quiet, terms) if one.is_missed(last)]
	assert [one.key for one in responses(quiet, terms) if one.is_missed(END)] == late


@given(histories(PLAIN), terms)
def test_only_an_answer_answers(events, terms):
	"""Hold and resume say nothing about responses."""
	without = [event for event in events if event.what not in (What.HOLD, What.RESUME)]
	assert responses(events, terms) == responses(without, terms)
	given_at = {event.at for event in events if event.what is What.ANSWER}
	assert {one.stopped_at for one in responses(events, terms)} <= given_at | {None}


@given(histories(PLAIN), terms, st.integers(1, LENGTH))
def test_time_on_hold_never_counts(events, terms, longer):
	"""However long the customer keeps the ball, no more is spent, and what was not late does not become it."""
	assume(any(event.what is What.CUSTOMER for event in events))
	held_at = max(event.known_at for event in events)
	held = [*events, Event(held_at, What.HOLD)]
	before = resolution(held, terms)
	assume(before.on_hold_since)
	now = held_at + timedelta(minutes=longer)
	assert before.spent(terms.hours, now) == before.spent(terms.hours, held_at)
	assert before.is_missed(now) == before.is_missed(held_at)
	after = resolution([*held, Event(now, What.RESUME)], terms)
	assert abs(after.spent(terms.hours, now) - before.spent(terms.hours, held_at)) <= 1
	assert after.due_at >= before.due_at
	assert after.is_missed(now) == before.is_missed(held_at)


@given(histories(PLAIN), terms, minutes)
def test_a_resolution_stands_still_from_resolved_to_reopened(events, terms, longer):
	assume(any(event.what is What.CUSTOMER for event in events))
	resolved_at = max(event.known_at for event in events)
	now = resolved_at + timedelta(minutes=longer + 1)
	closed = [*events, Event(resolved_at, What.RESOLVE)]
	reopened = resolution([*closed, Event(now, What.REOPEN)], terms)
	assert reopened.is_running
	assert abs(reopened.spent(terms.hours, now) - resolution(closed, terms).spent(terms.hours, now)) <= 1


# --- later is not better ------------------------------------------------------------------------------------


def waits(events: list[Event], terms: Terms) -> dict[str, datetime]:
	"""When each post was answered, asked for it alone and without anybody else's posts."""
	found = {}
	for post in (event for event in events if event.what is What.CUSTOMER):
		alone = [event for event in events if event.what is What.ANSWER]
		clock = responses([post, *alone], terms)[0]
		found[post.key] = clock.stopped_at or END
	return found


def assert_no_better(worse: list[Clock], better: list[Clock]) -> None:
	by_key = {one.key: one for one in better}
	for one in worse:
		before = by_key.get(one.key)
		if before and before.milestone is one.milestone:
			assert (one.stopped_at or END) >= (before.stopped_at or END)
			assert one.is_met <= before.is_met
			assert one.is_missed(END) >= before.is_missed(END)


ONLY_TALK = (What.CUSTOMER, What.ANSWER)


@given(histories(ONLY_TALK), terms, st.data())
def test_without_an_answer_no_figure_is_better(events, terms, data):
	answers = [event for event in events if event.what is What.ANSWER]
	assume(answers)
	missing = list(events)
	missing.remove(data.draw(st.sampled_from(answers)))
	assert_no_better(responses(missing, terms), responses(events, terms))
	before = waits(events, terms)
	assert all(later >= before[key] for key, later in waits(missing, terms).items())


@given(histories(ONLY_TALK), terms, st.data(), st.integers(1, LENGTH))
def test_a_later_answer_never_improves_a_figure(events, terms, data, later):
	"""Of the posts that it could answer; those of the meantime it answers for the first time."""
	answers = [event for event in events if event.what is What.ANSWER]
	assume(answers)
	moved = data.draw(st.sampled_from(answers))
	there = {
		event.key
		for event in events
		if event.what is What.CUSTOMER and event.known_at <= moved.at and event.at <= moved.at
	}
	delayed = [*events, replace(moved, at=moved.at + timedelta(minutes=later))]
	delayed.remove(moved)
	now, then = (
		[one for one in responses(history, terms) if one.key in there] for history in (delayed, events)
	)
	assert_no_better(now, then)
	before = waits(events, terms)
	assert all(answered >= before[key] for key, answered in waits(delayed, terms).items() if key in there)


@given(histories(PLAIN), terms, minutes)
def test_a_later_end_of_a_response_is_never_spent_sooner(events, terms, later):
	for one in responses(events, terms):
		if one.stopped_at:
			delayed = replace(one, stopped_at=one.stopped_at + timedelta(minutes=later))
			assert delayed.spent(terms.hours, END) >= one.spent(terms.hours, END)
			assert delayed.is_met <= one.is_met


# --- what changes nothing -----------------------------------------------------------------------------------


@given(histories(), terms, SPANS, st.data())
def test_splitting_a_span_in_two_changes_nothing(events, terms, spans, data):
	day, since, until = cut = data.draw(st.sampled_from(spans))
	middle = data.draw(st.integers(since + 1, until - 1))
	ahead = middle // MIDNIGHT
	second = ((day + ahead) % 7, middle - ahead * MIDNIGHT, until - ahead * MIDNIGHT)
	halves = (*(one for one in spans if one != cut), (day, since, middle), second)
	whole, split = (replace(terms, hours=ServiceHours(BERLIN, one)) for one in (spans, halves))
	assert clocks(events, whole) == clocks(events, split)


def shifted(event: Event, by: timedelta) -> Event:
	return replace(event, at=event.at + by, stored_at=event.stored_at and event.stored_at + by)


@given(histories(PLAIN), terms, st.integers(1, LENGTH), st.data())
def test_more_posts_of_a_burst_change_no_clock(rest, terms, length, data):
	burst = [Event(START, What.CUSTOMER, None, "first"), Event(at(length), What.ANSWER)]
	rest = [
		shifted(event, timedelta(minutes=length + 1))
		for event in rest
		if not (event.stored_at and not event.key)
	]
	written = data.draw(st.lists(st.integers(1, length), max_size=3))
	more = [Event(at(minute), What.CUSTOMER, None, f"more {number}") for number, minute in enumerate(written)]
	assert clocks([*burst, *more, *rest], terms) == clocks([*burst, *rest], terms)


@given(histories(PLAIN), terms, minutes)
def test_nothing_counts_after_a_merge(events, terms, minute):
	merged = [event for event in events if event.known_at <= at(minute)] + [Event(at(minute), What.MERGED)]
	assert clocks([*events, merged[-1]], terms) == clocks(merged, terms)
	assert not [one for one in clocks(merged, terms) if one.is_running or one.on_hold_since]
