"""Going back through lists that begin with the newest: nothing twice, nothing missed, whatever moves meanwhile; Google's day."""

from __future__ import annotations

from datetime import datetime, timezone
from zoneinfo import ZoneInfoNotFoundError

import pytest

from social_service.channels.google import times
from social_service.channels.google.cursor import MOST_KNOWN, OVERLAP, Position, read_position
from social_service.channels.google.times import next_midnight, until_midnight

NOON = 1_777_896_000_000


def news(position: Position, times: dict[str, int]) -> list[str]:
	return [key for key, at in times.items() if position.is_news(key, at)]


def test_the_floor_moves_when_the_round_is_over():
	position = Position(floor=NOON).after({"c": NOON + 300, "b": NOON + 200}, "page-2")
	assert (position.floor, position.page) == (NOON, "page-2")
	position = position.after({"a": NOON + 100}, "")
	assert position.page == "" and position.newest == NOON + 300 and position.floor == NOON
	far = position.after({"z": NOON + 3 * OVERLAP}, "")
	assert far.floor == NOON + 2 * OVERLAP and list(far.known) == ["z"]


def test_what_comes_late_is_found_and_what_was_there_is_not_repeated():
	position = Position().after({"b": NOON, "a": NOON - 10}, "")
	assert news(position, {"late": NOON - 5, "b": NOON, "a": NOON - 10}) == ["late"]
	assert news(position, {"too late": NOON - OVERLAP - 1}) == []


def test_what_moved_to_the_next_page_is_not_told_again():
	"""While we page back somebody writes, and everything stands one place further down."""
	old = {"b": NOON - 5 * OVERLAP, "a": NOON - 6 * OVERLAP}
	position = Position().after({"c": NOON, **old}, "page-2")
	assert news(position, {**old, "before": NOON - 7 * OVERLAP}) == ["before"]


def test_the_cursor_stays_small():
	many = {f"key-{number}": NOON + number for number in range(2000)}
	position = Position().after(many, "")
	assert len(position.known) == MOST_KNOWN and len(position.text()) < 10_000
	assert news(position, many) == [] and news(position, {"new": NOON + 2000}) == ["new"]


def test_it_is_read_as_it_was_written():
	position = Position(NOON).after({"c": NOON + 300}, "page-2")
	assert read_position(position.text(), None) == position
	begun = position.begun_again()
	assert (begun.page, begun.last, begun.floor, begun.known) == ("", (), NOON, {"c": NOON + 300})


def test_without_a_cursor_it_begins_where_it_was_told():
	since = datetime.fromtimestamp(NOON / 1000, timezone.utc).isoformat()
	for cursor in (None, "", "{", '{"v": 2}', '{"v": 1, "odd": 1}', "7"):
		assert read_position(cursor, since) == Position(floor=NOON)
	assert read_position(None, None) == Position()


@pytest.mark.parametrize(
	("moment", "midnight"),
	[
		("2026-05-04T08:00:00+00:00", "2026-05-05T07:00:00+00:00"),
		("2026-05-04T06:59:59+00:00", "2026-05-04T07:00:00+00:00"),
		("2026-12-24T12:00:00+00:00", "2026-12-25T08:00:00+00:00"),
		("2026-03-08T09:00:00+00:00", "2026-03-09T07:00:00+00:00"),  # the clocks go forward that day
		("2026-11-01T08:00:00+00:00", "2026-11-02T08:00:00+00:00"),  # … and back
	],
)
def test_googles_day_ends_at_midnight_in_california(moment, midnight):
	assert next_midnight(datetime.fromisoformat(moment)) == datetime.fromisoformat(midnight)


def test_a_machine_without_time_zones_waits_for_the_later_one(monkeypatch):
	def missing(_name):
		raise ZoneInfoNotFoundError

	monkeypatch.setattr(times, "ZoneInfo", missing)
	moment = datetime(2026, 5, 4, 7, 30, tzinfo=timezone.utc)
	assert next_midnight(moment) == datetime(2026, 5, 4, 8, tzinfo=timezone.utc)


def test_an_answer_without_its_time_waits_less_than_a_day():
	assert 0 < until_midnight({}) <= 25 * 3600
