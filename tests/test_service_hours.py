"""Hours of service: as people write them, and seconds of them between moments."""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from social_service.sentence import Refused
from social_service.service_hours import HORIZON, MIDNIGHT, ServiceHours, Span, read_spans

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = [
	ZoneInfo(name)
	for name in ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC")
]
SPRING, AUTUMN = datetime(2026, 3, 28, tzinfo=timezone.utc), datetime(2026, 10, 24, tzinfo=timezone.utc)
WEEK = 7 * 24 * 60


@st.composite
def a_span(draw) -> Span:
	since = draw(st.integers(0, MIDNIGHT - 1))
	return draw(st.integers(0, 6)), since, since + draw(st.integers(60, MIDNIGHT))


spans = st.lists(a_span(), min_size=1, max_size=5).map(tuple)
moments = st.builds(
	lambda around, seconds: around + timedelta(seconds=seconds),
	st.sampled_from([SPRING, AUTUMN, datetime(2026, 6, 1, tzinfo=timezone.utc)]),
	st.integers(-4 * 86400, 4 * 86400),
)
hours = st.builds(
	ServiceHours,
	st.sampled_from(ZONES),
	st.none() | spans,
	st.frozensets(st.dates(date(2026, 3, 26), date(2026, 4, 2)), max_size=2),
)
seconds = st.integers(1, 86400)


# --- counting -----------------------------------------------------------------------------------------------


@given(hours, moments, seconds)
def test_what_is_added_is_what_lies_between(hours, start, seconds):
	assert hours.between(start, hours.add(start, seconds)) == seconds


@given(hours, moments, moments)
def test_adding_what_lies_between_ends_where_service_ended_last(hours, start, end):
	assume(start < end)
	reached = hours.add(start, hours.between(start, end))
	assert reached <= end
	assert hours.between(reached, end) == 0
	if hours.is_open(end - timedelta(microseconds=1)):
		assert reached == end


@given(hours, st.lists(moments, min_size=3, max_size=3))
def test_a_stretch_is_its_parts(hours, three):
	first, second, third = sorted(three)
	parts = hours.between(first, second) + hours.between(second, third)
	assert hours.between(first, third) == parts
	assert hours.between(third, first) == 0


@given(hours, moments, moments, seconds, seconds)
def test_who_starts_later_or_has_longer_is_not_due_sooner(hours, one, other, some, more):
	first, second = sorted((one, other))
	assert hours.add(first, some) <= hours.add(second, some)
	assert hours.add(first, some) < hours.add(first, some + more)


@given(st.sampled_from(ZONES), spans, st.data())
def test_splitting_a_span_in_two_changes_nothing(zone, spans, data):
	day, since, until = cut = data.draw(st.sampled_from(spans))
	assume(until - since > 1)
	middle = data.draw(st.integers(since + 1, min(until, MIDNIGHT + since) - 1))
	begins = (
		(day, middle, until) if middle < MIDNIGHT else ((day + 1) % 7, middle - MIDNIGHT, until - MIDNIGHT)
	)
	halves = (*(one for one in spans if one != cut), (day, since, middle), begins)
	whole, split = ServiceHours(zone, spans), ServiceHours(zone, halves)
	start, end, some = data.draw(moments), data.draw(moments), data.draw(seconds)
	assert whole.add(start, some) == split.add(start, some)
	assert whole.between(start, end) == split.between(start, end)
	assert whole.is_open(start) == split.is_open(start)


@given(
	spans,
	st.integers(0, WEEK),
	st.integers(0, WEEK),
	st.sampled_from([timezone.utc, ZoneInfo("Asia/Kolkata")]),
)
def test_counted_minute_by_minute_it_is_the_same(spans, ahead, length, zone):
	"""Another way to count, where no clock changes."""
	hours = ServiceHours(zone, spans)
	start = datetime(2026, 6, 1, tzinfo=timezone.utc) + timedelta(minutes=ahead)
	open_minutes = {
		(day * MIDNIGHT + one) % WEEK for day, since, until in spans for one in range(since, until)
	}
	offset = int(start.astimezone(zone).utcoffset().total_seconds()) // 60
	counted = sum(
		(ahead + offset + one) % WEEK in open_minutes for one in range(length)
	)  # 1 June is a Monday
	assert hours.between(start, start + timedelta(minutes=length)) == counted * 60
	assert hours.is_open(start) == ((ahead + offset) % WEEK in open_minutes)


def test_hours_that_never_come_are_due_never():
	never = ServiceHours(BERLIN, ())
	assert never.add(SPRING, 60) == SPRING + timedelta(days=HORIZON)
	assert never.between(SPRING, AUTUMN) == 0
	assert not never.is_open(SPRING)
	assert never.add(SPRING, 0) == SPRING


def test_ten_thousand_deadlines_take_less_than_a_second():
	hours = ServiceHours(
		BERLIN, read_spans("Mon-Fri 8-12, 13-18\nSat 10-16\nSun 22-6"), frozenset({date(2026, 4, 3)})
	)
	began = time.perf_counter()
	for number in range(10_000):
		hours.add(SPRING + timedelta(minutes=7 * number), 3600)
	assert time.perf_counter() - began < 1


# --- as people write them -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
	("text", "read"),
	[
		("Mon 8-18", [(0, 480, 1080)]),
		("Mo 8-18", [(0, 480, 1080)]),
		("montag 8:00 - 18:00 Uhr", [(0, 480, 1080)]),
		("Tue-Wed 8-12, 13-17:30", [(1, 480, 720), (1, 780, 1050), (2, 480, 720), (2, 780, 1050)]),
		("Di–Mi: 8–12, 13–17.30", [(1, 480, 720), (1, 780, 1050), (2, 480, 720), (2, 780, 1050)]),
		("Sat, Sun 10-16", [(5, 600, 960), (6, 600, 960)]),
		("Sa-Mo 0-24", [(0, 0, 1440), (5, 0, 1440), (6, 0, 1440)]),
		("So 22-6", [(6, 1320, 1800)]),
		("Sonnabend 9-10", [(5, 540, 600)]),
		("Donnerstag 9-10\n\n  fr. 9-10\n", [(3, 540, 600), (4, 540, 600)]),
		("Mon 8-18\nMo 8-18", [(0, 480, 1080)]),
		("Mon-Mon 8-9", [(0, 480, 540)]),
		("", []),
	],
)
def test_hours_as_people_write_them(text, read):
	assert list(read_spans(text)) == read


@pytest.mark.parametrize(
	("text", "named"),
	[
		("Mon 8-18\nTue 8", "Tue 8"),
		("8-18", "no day of the week"),
		("Mon", "enter the hours"),
		("Mon closed", "enter the hours"),
		("Mon 8-8", "enter the hours"),
		("Mon 8-25", "enter the hours"),
		("Mon 8-12,", "enter the hours"),
		("Mon 8-12 13-18", "enter the hours"),
		("Mon 8:61-12", "enter the hours"),
		("M 8-18", "“M” is no day"),
		("S 8-18", "“S” is no day"),
		("lundi 8-18", "“lundi” is no day"),
		("Mon- 8-18", "“” is no day"),
		("Mon,,Tue 8-18", "no day of the week"),
		("Mon-Wed-Fri 8-18", "no day of the week"),
	],
)
def test_what_cant_be_read_is_refused_with_its_line(text, named):
	with pytest.raises(Refused) as refused:
		read_spans(text)
	assert named in str(refused.value)
