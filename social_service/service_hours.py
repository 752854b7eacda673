"""When somebody answers: hours of the week in a time zone, without the holidays. In: moments. Out: moments, seconds of service.

A span opens and closes when the clock on the wall there says so; what lies between is counted in seconds that pass. So 8-18
begins at eight in summer and in winter, half an hour is half an hour in the night of the clock change too, and 0-6 has five
hours in spring and seven in autumn.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from functools import cached_property

from social_service.sentence import Refused, _

Span = tuple[int, int, int]  # weekday 0-6, from minute, until minute; above 1440 it runs into the next day
Spell = tuple[datetime, datetime]  # from when until when it is open, in UTC
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
MIDNIGHT = 24 * 60
HORIZON = 3660  # days; a promise that is not due within ten years of service is never due


@dataclass(frozen=True)
class ServiceHours:
	"""``spans`` None: around the clock. A holiday closes the spans that begin on it."""

	zone: tzinfo
	spans: tuple[Span, ...] | None = None
	holidays: frozenset[date] = frozenset()

	def add(self, start: datetime, seconds: float) -> datetime:
		"""The moment when so many seconds of service have passed since the start."""
		left = timedelta(seconds=seconds)
		if self._never_closes or left <= timedelta(0):
			return start + left
		for opens, closes in self._spells(start):
			if left <= closes - opens:
				return opens + left
			left -= closes - opens
		return start + HORIZON * DAY

	def between(self, start: datetime, end: datetime) -> float:
		"""Seconds of service; 0 when the end is not after the start."""
		if self._never_closes:
			return max((end - start).total_seconds(), 0.0)
		total = timedelta(0)
		for opens, closes in self._spells(start):
			if opens >= end:
				break
			total += min(closes, end) - opens
		return total.total_seconds()

	def is_open(self, at: datetime) -> bool:
		if self._never_closes:
			return True
		opens, _closes = next(self._spells(at), (None, None))
		return opens is not None and opens <= at

	@property
	def _never_closes(self) -> bool:
		return self.spans is None and not self.holidays

	def _spells(self, since: datetime) -> Iterator[Spell]:
		"""One after the other, without what overlaps, from ``since`` on."""
		first = since.astimezone(self.zone).date() - DAY  # yesterday's may run over midnight
		since = since.astimezone(timezone.utc)
		for number in range(HORIZON):
			for opens, closes in self._opened(first + number * DAY):
				if closes > since:
					yield max(opens, since), closes
					since = closes

	def _opened(self, day: date) -> tuple[Spell, ...]:
		if day not in self._days:
			self._days[day] = self._read(day)
		return self._days[day]

	@cached_property
	def _days(self) -> dict[date, tuple[Spell, ...]]:
		return {}

	def _read(self, day: date) -> tuple[Spell, ...]:
		spans = self._week[day.weekday()] if day not in self.holidays else ()
		return tuple((self._moment(day, since), self._moment(day, until)) for since, until in spans)

	@cached_property
	def _week(self) -> list[list[tuple[int, int]]]:
		spans = [(day, 0, MIDNIGHT) for day in range(7)] if self.spans is None else sorted(self.spans)
		return [[(since, until) for on, since, until in spans if on == day] for day in range(7)]

	def _moment(self, day: date, minute: int) -> datetime:
		"""When the clock on the wall shows this time, or the first one after it that it shows that day."""
		wall = datetime.combine(day, time()) + minute * MINUTE
		while True:
			moment = wall.replace(tzinfo=self.zone).astimezone(timezone.utc)
			if moment.astimezone(self.zone).replace(tzinfo=None) == wall:
				return moment
			wall += MINUTE  # in the hour that the spring leaves out


def passed(since: datetime, until: datetime) -> int:
	"""Seconds on the clock, whatever the hours; 0 when the end is not after the start."""
	return max(round((until - since).total_seconds()), 0)


# --- as people write them -----------------------------------------------------------------------------------

SPAN = re.compile(r"(\d{1,2})(?:[:.]([0-5]\d))?\s*[-–]\s*(\d{1,2})(?:[:.]([0-5]\d))?")
WEEK = (
	("monday", "montag"),
	("tuesday", "dienstag"),
	("wednesday", "mittwoch"),
	("thursday", "donnerstag"),
	("friday", "freitag"),
	("saturday", "samstag", "sonnabend"),
	("sunday", "sonntag"),
)


def span_of(hours: str) -> tuple[int, int] | None:
	"""``22-6`` as minutes of the day, the second one excluded; None = there is none, or nobody can read it."""
	found = SPAN.fullmatch(hours.strip())
	if not found:
		return None
	first, past, second, more = (int(part or 0) for part in found.groups())
	since, until = first * 60 + past, second * 60 + more
	return (since, until) if since != until and max(since, until) <= MIDNIGHT else None


def read_spans(text: str) -> tuple[Span, ...]:
	"""``Mon-Fri 8-12, 13-18``, a line for each; German days too. Raises Refused, naming the line."""
	lines = (line.strip() for line in text.splitlines())
	return tuple(sorted({span for line in lines if line for span in _read_line(line)}))


def _read_line(line: str) -> Iterator[Span]:
	first_digit = re.search(r"\d|$", line).start()
	hours = [span_of(part) for part in line[first_digit:].casefold().replace("uhr", "").split(",")]
	if None in hours:
		raise Refused(_("“{0}”: enter the hours behind the days, as Mon-Fri 8-12, 13-18 or Sun 22-6.", line))
	for day in _days_of(line[:first_digit], line):
		for since, until in hours:
			yield day, since, until if until > since else until + MIDNIGHT


def _days_of(text: str, line: str) -> Iterator[int]:
	for part in text.strip(" :,").split(","):
		first, dash, last = part.replace("–", "-").partition("-")
		since, until = _day(first, line), _day(last if dash else first, line)
		yield from ((since + ahead) % 7 for ahead in range((until - since) % 7 + 1))


def _day(text: str, line: str) -> int:
	word = text.strip(" .").casefold()
	found = [number for number, names in enumerate(WEEK) if any(name.startswith(word) for name in names)]
	if len(word) < 2 or not found:
		raise Refused(
			_(
				"“{0}”: “{1}” is no day of the week. Enter Mon, Tue, Wed, Thu, Fri, Sat or Sun.",
				line,
				text.strip(),
			)
		)
	return found[-1]  # “So” is Sonntag, not Sonnabend
