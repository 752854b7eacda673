"""How many posts a stream usually brings in each hour of the week, and how long its natural silences are. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from itertools import pairwise

HOURS = 7 * 24
LOOKED_BACK = timedelta(weeks=4)
LEAST_WEEKS = 2.0  # less history tells nothing of a week
LEAST_EXPECTED = 6.0  # as many posts must be missing: chance alone keeps six away once in 400 times
TOLERANCE = 1.5  # times the second longest silence so far; the longest may have been an outage
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Rhythm:
	"""``hours``: posts in each hour of the week (UTC, Monday 0:00 first) over ``weeks`` weeks. ``longest``: the second
	longest silence, in posts that would have been expected in it."""

	hours: tuple[int, ...]
	weeks: float
	longest: float

	def expected(self, since: datetime, until: datetime) -> float:
		"""How many posts usually come between the two."""
		at, total = since.astimezone(timezone.utc), 0.0
		until = min(until, since + timedelta(weeks=8))
		while at < until:
			end = min(at.replace(minute=0, second=0, microsecond=0) + HOUR, until)
			total += self.hours[hour_of_week(at)] / self.weeks * ((end - at) / HOUR)
			at = end
		return total

	def is_silent(self, since: datetime, now: datetime) -> bool:
		"""Is the silence since the last post longer than its history allows?"""
		if self.weeks < LEAST_WEEKS:
			return False
		return self.expected(since, now) > max(LEAST_EXPECTED, TOLERANCE * self.longest)

	def as_json(self) -> dict[str, object]:
		return {"hours": list(self.hours), "weeks": self.weeks, "longest": self.longest}


def of_json(told: Mapping) -> Rhythm:
	return Rhythm(tuple(told["hours"]), told["weeks"], told["longest"])


def of_posts(times: Iterable[datetime], since: datetime, now: datetime) -> Rhythm:
	"""``since``: when the history begins."""
	times = sorted(times)
	hours = [0] * HOURS
	for at in times:
		hours[hour_of_week(at)] += 1
	weeks = max((now - since) / timedelta(weeks=1), 0.1)
	plain = Rhythm(tuple(hours), weeks, 0.0)
	silences = sorted(plain.expected(*pair) for pair in pairwise(times))
	return Rhythm(plain.hours, weeks, silences[-2] if len(silences) > 1 else 0.0)


def hour_of_week(at: datetime) -> int:
	at = at.astimezone(timezone.utc)
	return at.weekday() * 24 + at.hour
