"""Response times against histories that were worked out by hand, played through the whole flow."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from social_service import account
from social_service.ledger import SocialConversation, SocialMessage
from social_service.measure import DEFINITIONS, Asked, By, Measured, measure
from social_service.records import Fate, Kind, Visibility
from social_service.settings import SocialChannel, SocialSLAPolicy
from social_service.wait import Line, Span, percentile
from tests.flow.histories import BERLIN, DAY, HISTORIES, PROMISED, Story


def look(desk, by: By = By.DAY, **more) -> Measured:
	asked = Asked(**{"first": date(2026, 1, 1), "last": date(2026, 12, 31), "zone": BERLIN, "by": by} | more)
	return measure(desk.host.store, asked, lambda _channel, visibility: PROMISED[visibility], desk.clock())


def shown(measured: Measured) -> list[str]:
	"""Each wait as the table writes it."""
	lines = []
	for wait in measured.waits:
		day = measured.asked.day_of(wait.asked_at)
		state = "waiting" if wait.answered_at is None else "late"
		state = "in" if wait.is_within else "overdue" if wait.is_overdue(measured.now) else state
		lines.append(f"{day:%d} {wait.so_far(measured.now) // timedelta(minutes=1)} {state}")
	return sorted(lines)


@pytest.mark.parametrize("name", HISTORIES)
def test_histories(desk, name):
	day, story, expected = HISTORIES[name]
	Story(desk, day).play(story)
	measured = look(desk)
	assert shown(measured) == expected
	answered = sum(one.split()[2] in ("in", "late") for one in expected)
	total = measured.total()
	assert (total.answered, total.unanswered) == (answered, len(expected) - answered)
	assert total.promised == len(expected), "who waits stands in the denominator"
	assert total.within == sum(one.endswith("in") for one in expected)
	assert total.late == sum(one.endswith("late") for one in expected)
	assert total.overdue == sum(one.endswith("overdue") for one in expected)


def test_the_table_is_long_enough():
	assert len(HISTORIES) >= 25


# --- percentiles ---------------------------------------------------------------------------------------------

# minutes ("+" = still waiting) → p50, p90 ("≥" = can still grow)
PERCENTILES = [
	("", None, None),
	("7", "7", "7"),
	("7+", "≥7", "≥7"),
	("1 2 3 4 5 6 7 8 9 10", "5", "9"),
	("10 9 8 7 6 5 4 3 2 1", "5", "9"),
	("1 2 3 4 5 6 7 8 9 10+", "5", "9"),
	("1 2 3 4 5 6 7 8 900+ 10", "5", "10"),
	("1 2+ 3 4 5 6 7 8 9 10", "≥5", "≥9"),
	("1 2 3 4 5 6 7 8 9+ 10", "5", "≥9"),
	("1 2 3", "2", "3"),
	("1 1 1 600+", "1", "≥600"),
]


@pytest.mark.parametrize(("times", "p50", "p90"), PERCENTILES)
def test_percentiles(times, p50, p90):
	given = [(timedelta(minutes=int(one.rstrip("+"))), one.endswith("+")) for one in times.split()]
	assert [as_text(percentile(given, percent)) for percent in (50, 90)] == [p50, p90]


def as_text(span: Span | None) -> str | None:
	return f"{'≥' if span.at_least else ''}{span.time // timedelta(minutes=1)}" if span else None


# --- lines ---------------------------------------------------------------------------------------------------


def figures(one: Line) -> tuple:
	spans = (one.lag_p50, one.lag_p90, one.response_p50, one.response_p90)
	return (one.key, one.posts, one.tickets, one.answered, one.unanswered, *map(as_text, spans))


BUSY = (
	"09:00 maria asks; 09:02 read; 09:20 answer maria; 09:30 peter asks; 09:36 read; 09:40 maria thanks; 09:41 read; "
	"+1 08:00 native maria; +1 08:01 read; +1 10:00 look"
)


def test_by_day_every_day_has_its_line(desk):
	Story(desk, DAY).play(BUSY)
	lines = look(desk, first=date(2026, 3, 2), last=date(2026, 3, 4)).lines()
	assert [figures(one) for one in lines] == [
		(date(2026, 3, 2), 0, 0, 0, 0, None, None, None, None),
		(date(2026, 3, 3), 3, 2, 1, 1, "2", "6", "20", "≥1470"),
		(date(2026, 3, 4), 1, 0, 0, 0, None, None, None, None),
	]
	assert lines[1].answered_share == 0.5
	assert lines[0].answered_share is lines[0].within_share is None, "no figure is better than a wrong one"


def test_the_total_counts_all_once(desk):
	Story(desk, DAY).play(BUSY)
	for by in By:
		assert figures(look(desk, by).total()) == (None, 4, 2, 1, 1, "2", "6", "20", "≥1470")


def test_by_channel_and_by_team(desk):
	with desk.host.transaction():
		desk.host.store.change(desk.channel, team="Care")
	Story(desk, DAY).play(BUSY)
	for by, key in ((By.CHANNEL, desk.channel.name), (By.TEAM, "Care")):
		lines = {one.key: one for one in look(desk, by).lines()}
		assert (lines[key].tickets, lines[key].answered, lines[key].unanswered) == (2, 1, 1)
	assert lines[""].posts == 1, "our own post was not judged, so no team has it"


@pytest.mark.parametrize(
	("seen", "posts", "waits"),
	[
		({}, 4, 2),
		({"teams": frozenset({"Care"})}, 3, 2),
		({"teams": frozenset({"Care", ""})}, 4, 2),
		({"teams": frozenset({"Other"})}, 0, 0),
		({"teams": frozenset()}, 0, 0),
		({"channels": frozenset({"none such"})}, 0, 0),
		({"first": date(2026, 3, 4)}, 1, 0),
		({"last": date(2026, 3, 2)}, 0, 0),
	],
)
def test_only_what_may_be_seen_and_was_asked_for_counts(desk, seen, posts, waits):
	with desk.host.transaction():
		desk.host.store.change(desk.channel, team="Care")
	Story(desk, DAY).play(BUSY)
	for by in By:
		total = look(desk, by, **seen).total()
		assert (total.posts, total.answered + total.unanswered) == (posts, waits)
		assert total.lag_p50 is None or waits


@pytest.mark.parametrize("day", ["03-29", "10-25"])
def test_a_day_is_as_long_as_it_was_in_the_zone(desk, day):
	story = (
		"00:00 maria asks; 00:01 read; 23:59 peter asks; +1 00:00 read; +1 00:00 maria asks; +1 00:01 read"
	)
	Story(desk, day).play(story)
	first = date.fromisoformat(f"2026-{day}")
	assert [one.posts for one in look(desk, first=first, last=first + timedelta(days=1)).lines()] == [2, 1]


def test_one_post_that_names_two_accounts_is_one_wait_whichever_answers(desk):
	with desk.host.transaction():
		twin, _new = desk.host.store.add(SocialChannel(title="Zweites", driver="memory"))
	desk.host.keep_secrets(twin.name, {"access_token": "s3cret-t0ken"})
	account.check(desk.host, twin.name, desk.clock)
	story = Story(desk, DAY)
	story.play("09:00 maria asks; 09:01 read")
	conversations = desk.host.store.find(SocialConversation, {}, order="name", limit=10)
	assert len(conversations) == 2 and len({one.ticket for one in conversations}) == 1
	story.play("09:20 answer maria; 12:00 look")
	measured = look(desk, By.CHANNEL)
	assert shown(measured) == ["03 20 in"]
	assert sorted(one.posts for one in measured.lines()) == [1, 1], "one fate per channel"


def test_without_a_promise_nothing_is_within_or_overdue(desk):
	Story(desk, DAY).play("09:00 maria asks; 09:01 read; 12:00 look")
	asked = Asked(date(2026, 3, 1), date(2026, 3, 9), BERLIN, By.DAY)
	total = measure(desk.host.store, asked, lambda _channel, _visibility: None, desk.clock()).total()
	assert (total.promised, total.within_share, total.overdue, total.unanswered) == (0, None, 0, 1)


def test_posts_that_only_passed_by_have_no_part_in_the_lag(desk):
	"""A first read goes back a day: that is no delay of ours."""
	Story(desk, DAY).play("06:00 maria asks; 07:00 read; 07:10 peter asks; 07:13 read; 08:00 look")
	assert figures(look(desk).total())[1:7] == (2, 1, 0, 1, "3", "3")


def test_every_figure_has_its_definition():
	assert all(str(sentence).endswith(".") for sentence in DEFINITIONS.values())
	assert {"Posts", "Tickets", "First response", "Detection lag", "Within target"} <= set(
		map(str, DEFINITIONS)
	)


def test_a_message_needs_no_conversation_to_be_counted(desk):
	now = desk.clock()
	message = SocialMessage(
		channel=desk.channel.name,
		external_id="x",
		digest="x",
		post_digest="x",
		thread_id="",
		kind=Kind.POST,
		visibility=Visibility.PUBLIC,
		text="",
		sent_at=now,
		stored_at=now,
		fate=Fate.FAILED,
	)
	with desk.host.transaction():
		desk.host.store.add(message)
	assert figures(look(desk).total()) == (None, 1, 0, 0, 0, None, None, None, None)


# --- with clocks ---------------------------------------------------------------------------------------------

TWO_TURNS = (
	"09:00 maria asks; 09:06 read; 09:20 answer maria; 10:00 maria asks; 10:01 read; 10:30 answer maria; "
	"11:00 peter asks; 11:02 read; 12:00 look"
)


@pytest.fixture
def promised(desk):
	with desk.host.transaction():
		desk.host.store.add(
			SocialSLAPolicy("All", 1800, 7200, hours="Mon-Sun 8-9:10, 11:40-18", time_zone="Europe/Berlin")
		)
	return desk


def test_next_responses_and_what_was_ours_to_fetch(promised):
	Story(promised, DAY).play(TWO_TURNS)
	total = look(promised).total()
	assert (as_text(total.next_p50), as_text(total.next_p90)) == ("30", "30")
	assert as_text(total.fetch_p50) == "2", "of two first responses, the nearest rank"
	assert as_text(total.response_p50) == "20"
	by_day = {one.key: one for one in look(promised, first=date(2026, 3, 3), last=date(2026, 3, 4)).lines()}
	assert as_text(by_day[date(2026, 3, 3)].next_p50) == "30" and by_day[date(2026, 3, 4)].next_p50 is None


def test_a_promise_in_service_hours_is_kept_or_broken_like_any_other(promised):
	"""Due at 12:00, because nobody is there from 9:10 to 11:40; by the clock around it would be late at 9:30."""
	Story(promised, DAY).play("09:00 maria asks; 09:01 read; 11:50 answer maria; 12:00 look")
	asked = Asked(date(2026, 3, 1), date(2026, 3, 9), BERLIN, By.DAY)
	total = measure(promised.host.store, asked, lambda _channel, _visibility: None, promised.clock()).total()
	assert (total.promised, total.within, total.late) == (1, 1, 0)


def test_a_ticket_that_is_older_than_its_clocks_is_measured_by_what_is_promised_there(desk):
	Story(desk, DAY).play("09:00 maria asks; 09:01 read; 09:20 answer maria; 12:00 look")
	total = look(desk).total()
	assert (total.promised, total.within, total.fetch_p50) == (1, 1, None)
