"""What was promised for a ticket, and how it stands. In: what happened, in any order. Out: a clock for each promise.

Only an answer stops the clock of a response. The resolution's does not run while the customer has the ball.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from social_service.records.words import Milestone
from social_service.service_hours import ServiceHours
from social_service.sla.turns import Event, Turn, What, in_order, turns_of


@dataclass(frozen=True)
class Terms:
	first: int  # seconds of service, as all of these
	next: int  # 0 = as the first
	resolution: int | None
	hours: ServiceHours
	warn_percent: int = 75  # of the time; 0 = no warning


@dataclass(frozen=True)
class Clock:
	"""``key``: of the post that began it; of several, the one that we read first, so that it never changes."""

	milestone: Milestone
	key: str
	started_at: datetime
	due_at: datetime
	warn_at: datetime | None
	stopped_at: datetime | None = None
	held_s: int = 0  # seconds of service while the customer had the ball, or the ticket was resolved
	on_hold_since: datetime | None = None
	dropped_at: datetime | None = None  # nobody will answer: no alarm any more, and never met

	@property
	def dropped(self) -> bool:
		return self.dropped_at is not None

	@property
	def is_running(self) -> bool:
		return self._halted_at is None

	@property
	def is_met(self) -> bool:
		return self.stopped_at is not None and self.stopped_at <= self.due_at

	def is_missed(self, now: datetime) -> bool:
		"""Late by now, or when it halted."""
		return (self._halted_at or now) > self.due_at

	def spent(self, hours: ServiceHours, now: datetime) -> float:
		"""Seconds of service that count, until now or until it halted."""
		return max(hours.between(self.started_at, self._halted_at or now) - self.held_s, 0.0)

	@property
	def _halted_at(self) -> datetime | None:
		return self.stopped_at or self.dropped_at or self.on_hold_since


def clocks(events: Iterable[Event], terms: Terms) -> list[Clock]:
	"""The first response, the next ones as they came, the resolution."""
	events = list(in_order(events))
	turns = turns_of(events)
	found = [_response(turn, terms, is_first=turn is turns[0]) for turn in turns]
	if found and terms.resolution is not None:
		found.append(_resolution(events, found[0], terms))
	return found


# --- responses ----------------------------------------------------------------------------------------------


def _response(turn: Turn, terms: Terms, *, is_first: bool) -> Clock:
	target = terms.first if is_first else terms.next or terms.first
	return Clock(
		Milestone.FIRST if is_first else Milestone.NEXT,
		turn.key,
		turn.started_at,
		*_deadlines(turn.started_at, target, terms),
		stopped_at=turn.stopped_at,
		dropped_at=turn.dropped_at,
	)


def _deadlines(
	started_at: datetime, target: int, terms: Terms, held: float = 0.0
) -> tuple[datetime, datetime | None]:
	"""Due, and when to warn."""
	warning = target * terms.warn_percent / 100 + held
	return (
		terms.hours.add(started_at, target + held),
		terms.hours.add(started_at, warning) if terms.warn_percent else None,
	)


# --- the resolution -----------------------------------------------------------------------------------------


@dataclass
class _Pause:
	"""While the ball is with the customer or the ticket is resolved."""

	hours: ServiceHours
	since: datetime | None = None
	resolved_at: datetime | None = None
	held: float = 0.0

	def begin(self, at: datetime, *, resolved: bool) -> None:
		self.since = self.since or at
		self.resolved_at = (self.resolved_at or at) if resolved else None

	def end(self, at: datetime) -> None:
		"""A post that was written before the pause and read in it leaves nothing of it."""
		if self.since:
			self.held += self.hours.between(self.since, at)
		self.since = self.resolved_at = None


def _resolution(events: list[Event], first: Clock, terms: Terms) -> Clock:
	pause, dropped_at = _Pause(terms.hours), None
	for event in events:
		if event.what in (What.HOLD, What.RESOLVE):
			pause.begin(event.at, resolved=event.what is What.RESOLVE)
		elif event.what in (What.CUSTOMER, What.RESUME, What.REOPEN):
			pause.end(event.at)
		elif event.what is What.MERGED and not pause.resolved_at:
			dropped_at = event.at
	stopped_at = pause.resolved_at
	if stopped_at or dropped_at:
		pause.end(stopped_at or dropped_at)
	return Clock(
		Milestone.RESOLUTION,
		first.key,
		first.started_at,
		*_deadlines(first.started_at, terms.resolution, terms, pause.held),
		stopped_at=stopped_at,
		held_s=round(pause.held),
		on_hold_since=pause.since,
		dropped_at=dropped_at,
	)
