"""Who waited for whom in a ticket. In: what happened, in any order. Out: turns.

A turn begins with a post that nobody has answered and ends when a human answers; further posts until then belong to it. It
counts from the post's own time, however late we read it, and the order is that in which we came to know of things.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from social_service.records.words import Word


class What(Word):
	"""Of two at the same moment, the one that stands here first came first."""

	CUSTOMER = "customer"
	ANSWER = "answer"  # a human's, and the network has it: no bot, no draft, nothing that failed
	HOLD = "hold"
	RESUME = "resume"
	RESOLVE = "resolve"
	REOPEN = "reopen"
	MERGED = "merged"


@dataclass(frozen=True)
class Event:
	"""``stored_at``: when we read a post. Of an answer, only where it was written on the network itself and read there: who
	answers there sees all posts until then; who answers here, those that we had read."""

	at: datetime
	what: What
	stored_at: datetime | None = None
	key: str = ""

	@property
	def known_at(self) -> datetime:
		return (self.stored_at or self.at) if self.what is What.CUSTOMER else self.at


def in_order(events: Iterable[Event]) -> Iterator[Event]:
	"""As we came to know of them; a merged ticket has no more."""
	rank = list(What)
	for event in sorted(events, key=lambda one: (one.known_at, rank.index(one.what), one.at, one.key)):
		yield event
		if event.what is What.MERGED:
			return


@dataclass
class Turn:
	key: str
	started_at: datetime
	stopped_at: datetime | None = None
	dropped_at: datetime | None = None


def turns_of(events: Sequence[Event]) -> list[Turn]:
	"""Of events in order."""
	turns: list[Turn] = []
	waiting: Turn | None = None  # the one that nobody has answered
	for event in events:
		if event.what is What.CUSTOMER:
			waiting = _post(event, events, turns, waiting)
		elif event.what is What.ANSWER and waiting:
			waiting.stopped_at, waiting.dropped_at = event.at, None
			waiting = None
		elif event.what in (What.RESOLVE, What.MERGED) and waiting:
			waiting.dropped_at = waiting.dropped_at or event.at
		elif event.what is What.REOPEN and waiting:
			waiting.dropped_at = None
	return turns


def _post(post: Event, events: Sequence[Event], turns: list[Turn], waiting: Turn | None) -> Turn | None:
	"""Which turn waits after a post."""
	answered_at = _answered_before_read(post, events)
	if answered_at:
		turn = next((turn for turn in turns if turn.stopped_at == answered_at), None)
	else:
		turn = waiting if waiting and not waiting.dropped_at else None
	if turn:
		turn.started_at = min(turn.started_at, post.at)
	else:
		turn = Turn(post.key, post.at, answered_at)
		turns.append(turn)
	return waiting if answered_at else turn


def _answered_before_read(post: Event, events: Sequence[Event]) -> datetime | None:
	"""By a colleague on the network itself."""
	there = (event.at for event in events if event.what is What.ANSWER and event.stored_at)
	return next((at for at in there if post.at <= at < post.known_at), None)
