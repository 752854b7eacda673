"""The position of a stream of X is pure: what follows from a page, and from being refused."""

from datetime import datetime, timedelta, timezone

import pytest

from social_service.channels.x.cursor import Position, begin, id_time, number, read_position, write_position

NOW = datetime(2026, 5, 4, 8, 0, tzinfo=timezone.utc)
YOUNG = "2051210216862646272"  # of that moment


def test_ids_are_compared_as_the_numbers_they_write():
	assert max(["999", "1000", ""], key=number) == "1000"
	after = begin(None).after_page(["999", "1000"], "", NOW)
	assert after.since_id == "1000" and after.knows("1000") and after.knows("999") and not after.knows("1001")


def test_the_mark_waits_for_the_last_page_and_the_round_keeps_its_newest_id():
	first = Position(since_id="5").after_page(["30", "20"], "more", NOW)
	assert (first.since_id, first.page, first.newest) == ("5", "more", "30")
	last = first.after_page(["10"], "", NOW + timedelta(hours=1))
	assert (last.since_id, last.page, last.newest, last.checked) == ("30", "", "", "2026-05-04T08:00:00Z")


def test_a_young_mark_is_used_and_an_old_one_is_followed_by_time():
	young = begin(NOW.isoformat()).after_page([YOUNG], "", NOW)
	assert (young.since_id, young.start_time) == (YOUNG, "") and id_time(YOUNG) == NOW
	old = young.after_page([], "", NOW + timedelta(days=6, hours=1))
	assert (old.since_id, old.start_time) == (YOUNG, "2026-05-09T09:00:00Z")


def test_without_any_post_the_start_follows_at_a_day_s_distance():
	"""X indexes late: what stands before the last look may not have been there then."""
	position = begin("2026-05-04T08:00:00+00:00")
	soon = position.after_page([], "", NOW + timedelta(hours=3))
	assert soon.start_time == "2026-05-04T08:00:00Z"
	assert soon.after_page([], "", NOW + timedelta(days=3)).start_time == "2026-05-06T08:00:00Z"


@pytest.mark.parametrize(("days", "lost"), [(6, None), (8, NOW)])
def test_a_refused_mark_is_replaced_by_a_time_and_what_lies_before_is_lost(days, lost):
	position, lost_from = Position(YOUNG, checked="2026-05-04T08:00:00Z").by_time(NOW + timedelta(days=days))
	assert lost_from == lost and position.since_id == YOUNG and not position.page


def test_a_cursor_is_versioned_text_that_tomorrow_s_driver_may_have_written():
	position = Position("1", "2026-05-04T08:00:00Z", "p", "2", "b", "c")
	assert read_position(write_position(position)) == position
	assert read_position('{"v":2,"since_id":"7","new":"field"}') == Position("7")
