"""A person's wait for our first answer, and what many waits come to. Reads nothing and knows no clock.

A wait runs from the post's own time until the network took our first answer. Who still waits counts with the time they
have waited so far.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil

from social_service.records import Visibility

Key = str | date  # a channel, a team, a day


@dataclass(frozen=True)
class Wait:
	"""One person waits for our first answer, from their post on."""

	channel: str
	team: str
	visibility: Visibility
	asked_at: datetime
	answered_at: datetime | None
	target: timedelta | None = None

	def so_far(self, now: datetime) -> timedelta:
		return max((self.answered_at or now) - self.asked_at, timedelta(0))

	@property
	def is_within(self) -> bool:
		return bool(self.target and self.answered_at) and self.answered_at - self.asked_at <= self.target

	@property
	def is_late(self) -> bool:
		return bool(self.target and self.answered_at) and not self.is_within

	def is_overdue(self, now: datetime) -> bool:
		return bool(self.target) and self.answered_at is None and now - self.asked_at > self.target


@dataclass(frozen=True)
class Turn:
	"""The customer waits again, or for the first time: from their post on, of which we knew only after ``until_fetched``."""

	is_first: bool
	asked_at: datetime
	answered_at: datetime | None
	until_fetched: timedelta

	def so_far(self, now: datetime) -> timedelta:
		return max((self.answered_at or now) - self.asked_at, timedelta(0))


@dataclass(frozen=True)
class Span:
	"""A time at a percentile. ``at_least``: it can still grow, because somebody waits."""

	time: timedelta
	at_least: bool = False


@dataclass(frozen=True)
class Line:
	"""The figures of one channel, team or day; of all when ``key`` is None."""

	key: Key | None
	posts: int
	tickets: int
	lag_p50: Span | None
	lag_p90: Span | None
	answered: int
	unanswered: int
	response_p50: Span | None
	response_p90: Span | None
	next_p50: Span | None
	next_p90: Span | None
	fetch_p50: Span | None
	promised: int
	within: int
	late: int
	overdue: int

	@property
	def answered_share(self) -> float | None:
		return _share(self.answered, self.answered + self.unanswered)

	@property
	def within_share(self) -> float | None:
		return _share(self.within, self.promised)


def _share(part: int, whole: int) -> float | None:
	return part / whole if whole else None


def line(
	key: Key | None,
	waits: Sequence[Wait],
	now: datetime,
	*,
	lags: Iterable[timedelta] = (),
	turns: Sequence[Turn] = (),
	posts: int = 0,
	tickets: int = 0,
) -> Line:
	seen = [(lag, False) for lag in lags]
	times = [(wait.so_far(now), wait.answered_at is None) for wait in waits]
	nexts = [(turn.so_far(now), turn.answered_at is None) for turn in turns if not turn.is_first]
	fetched = [(turn.until_fetched, False) for turn in turns if turn.is_first]
	answered = sum(wait.answered_at is not None for wait in waits)
	return Line(
		key=key,
		posts=posts,
		tickets=tickets,
		lag_p50=percentile(seen, 50),
		lag_p90=percentile(seen, 90),
		answered=answered,
		unanswered=len(waits) - answered,
		response_p50=percentile(times, 50),
		response_p90=percentile(times, 90),
		next_p50=percentile(nexts, 50),
		next_p90=percentile(nexts, 90),
		fetch_p50=percentile(fetched, 50),
		promised=sum(wait.target is not None for wait in waits),
		within=sum(wait.is_within for wait in waits),
		late=sum(wait.is_late for wait in waits),
		overdue=sum(wait.is_overdue(now) for wait in waits),
	)


def percentile(times: Iterable[tuple[timedelta, bool]], percent: int) -> Span | None:
	"""Nearest rank: a time that somebody really waited. With each time goes whether it still runs."""
	ordered = sorted(times)
	if not ordered:
		return None
	chosen = ordered[ceil(len(ordered) * percent / 100) - 1][0]
	return Span(chosen, any(runs for one, runs in ordered if one <= chosen))
