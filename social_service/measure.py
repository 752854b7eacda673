"""Measure: the records of all the above come in; figures with their definitions go out. Nothing unanswered is hidden.

Posts are counted in the database; only clocks are read, and what they come to is in `wait`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from enum import Enum
from itertools import pairwise
from typing import TypeVar
from zoneinfo import ZoneInfo

from social_service.hosts.base import From, In, Store
from social_service.ledger import SocialConversation, SocialMessage
from social_service.records import Fate, Visibility
from social_service.sentence import _
from social_service.turn_clocks import TurnClock, clocks_since
from social_service.wait import Key, Line, Turn, Wait, line

V = TypeVar("V")

TargetOf = Callable[[str, Visibility], int | None]  # channel, visibility → seconds that are promised, if any

DEFINITIONS = {
	_("Posts"): _(
		"All that the networks served, counted by the time they were written. Our own posts are among them."
	),
	_("Tickets"): _("Posts that opened a ticket."),
	_("Detection lag"): _(
		"From the post's own time until we stored it. Posts that opened or joined a ticket."
	),
	_("First response"): _(
		"From the post that opened the ticket, by its own time, until the network took our first answer. "
		"Who still waits counts with the time waited so far; ≥ says that the figure can still grow for that reason."
	),
	_("Of it until we had it"): _(
		"The part of the first response in which the post was on the network and not here: ours to fetch. The rest is the "
		"agents'. Tickets with a promise."
	),
	_("Next response"): _(
		"From each further post that waits for an answer until the network took one; several in a row count once, from the "
		"first. Tickets with a promise."
	),
	_("p50, p90"): _("Half of all, and nine of ten, were that fast or faster."),
	_("Answered"): _(
		"Somebody of us answered, from the ticket or on the network itself. Bots answer nobody."
	),
	_("Unanswered"): _(
		"No network took an answer yet, whether or not the ticket is closed or the post deleted."
	),
	_("Answered share"): _("Answered, of answered and unanswered."),
	_("Within target"): _(
		"Answered in the promised time, of all with a promise; service hours count as they were promised. Who still waits "
		"counts as not answered."
	),
	_("Overdue"): _("Unanswered, and the promised time has passed."),
}


class By(str, Enum):
	CHANNEL = "channel"
	TEAM = "team"
	DAY = "day"


@dataclass(frozen=True)
class Asked:
	"""What is asked: days of a zone, both ends included; rows of these teams and channels only (None = all)."""

	first: date
	last: date
	zone: ZoneInfo
	by: By
	channels: frozenset[str] | None = None
	teams: frozenset[str] | None = None

	def days(self) -> list[date]:
		return [self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1)]

	def begin_of(self, day: date) -> datetime:
		return datetime.combine(day, time.min, self.zone).astimezone(timezone.utc)

	def day_of(self, moment: datetime) -> date:
		return moment.astimezone(self.zone).date()

	@property
	def since(self) -> datetime:
		return self.begin_of(self.first)

	@property
	def until(self) -> datetime:
		return self.begin_of(self.last + timedelta(days=1))

	def key(self, channel: str, team: str, moment: datetime) -> Key:
		if self.by is By.DAY:
			return self.day_of(moment)
		return channel if self.by is By.CHANNEL else team

	def where(self) -> dict[str, object]:
		seen = {"channel": self.channels, "team": self.teams}
		return {field: In(tuple(sorted(values))) for field, values in seen.items() if values is not None}


@dataclass(frozen=True)
class Measured:
	"""What was read, once; figures by what was asked, of all, and by day."""

	asked: Asked
	now: datetime
	posts: Counter[Key]
	tickets: Counter[Key]
	lags: Sequence[tuple[Key, timedelta]]
	waits: Sequence[Wait]
	turns: Sequence[tuple[Key, Turn]] = ()

	def lines(self) -> list[Line]:
		lags, turns, waits = _by_key(self.lags), _by_key(self.turns), self._waits_of(self._key_of)
		keys = self.asked.days() if self.asked.by is By.DAY else sorted({*self.posts, *waits})
		return [self._line(key, waits[key], lags[key], turns[key]) for key in keys]

	def _line(self, key: Key, waits: list[Wait], lags: list[timedelta], turns: list[Turn]) -> Line:
		posts, tickets = self.posts[key], self.tickets[key]
		return line(key, waits, self.now, lags=lags, turns=turns, posts=posts, tickets=tickets)

	def total(self) -> Line:
		lags, turns = [lag for _key, lag in self.lags], [turn for _key, turn in self.turns]
		posts, tickets = sum(self.posts.values()), sum(self.tickets.values())
		return line(None, self.waits, self.now, lags=lags, turns=turns, posts=posts, tickets=tickets)

	def responses_by_day(self) -> list[Line]:
		"""Waits only: posts and lags are left out."""
		waits = self._waits_of(lambda wait: self.asked.day_of(wait.asked_at))
		return [line(day, waits[day], self.now) for day in self.asked.days()]

	def _key_of(self, wait: Wait) -> Key:
		return self.asked.key(wait.channel, wait.team, wait.asked_at)

	def _waits_of(self, key_of: Callable[[Wait], Key]) -> dict[Key, list[Wait]]:
		found = defaultdict(list)
		for wait in self.waits:
			found[key_of(wait)].append(wait)
		return found


def _by_key(pairs: Iterable[tuple[Key, V]]) -> dict[Key, list[V]]:
	found = defaultdict(list)
	for key, value in pairs:
		found[key].append(value)
	return found


def measure(store: Store, asked: Asked, target_of: TargetOf, now: datetime) -> Measured:
	"""``target_of``: for tickets that are older than their clocks."""
	posts, tickets = _counts(store, asked)
	clocks = clocks_since(store, asked.since, asked.where())
	waits = _waits(store, asked, target_of, {(one.ticket, one.started_at): one.target for one in clocks})
	return Measured(asked, now, posts, tickets, _lags(store, asked), waits, _turns(asked, clocks))


# --- reading -------------------------------------------------------------------------------------------------


def _counts(store: Store, asked: Asked) -> tuple[Counter, Counter]:
	"""Posts and tickets. The database counts from each edge on; what lies between two edges is the difference."""
	posts, tickets = Counter(), Counter()
	by_day = asked.by is By.DAY
	edges = [asked.begin_of(day) for day in asked.days()] if by_day else [asked.since]
	from_each = [_counted_from(store, asked, edge) for edge in [*edges, asked.until]]
	for edge, (here, next_one) in zip(edges, pairwise(from_each), strict=True):
		for (*field, fate), number in (here - next_one).items():
			key = asked.day_of(edge) if by_day else field[0]
			posts[key] += number
			tickets[key] += number if fate is Fate.OPENED else 0
	return posts, tickets


def _counted_from(store: Store, asked: Asked, edge: datetime) -> Counter:
	field = [] if asked.by is By.DAY else [asked.by.value]
	return Counter(store.tally(SocialMessage, [*field, "fate"], {**asked.where(), "sent_at": From(edge)}))


def _lags(store: Store, asked: Asked) -> list[tuple[Key, timedelta]]:
	where = {**asked.where(), "fate": In((Fate.OPENED, Fate.JOINED)), "sent_at": From(asked.since)}
	rows = store.columns(SocialMessage, ["channel", "team", "sent_at", "stored_at"], where)
	return [
		(asked.key(channel, team, sent_at), max(stored_at - sent_at, timedelta(0)))
		for channel, team, sent_at, stored_at in rows
		if sent_at < asked.until
	]


def _turns(asked: Asked, clocks: Iterable[TurnClock]) -> list[tuple[Key, Turn]]:
	return [
		(asked.key(one.channel, one.team, one.started_at), one.as_turn())
		for one in clocks
		if one.started_at < asked.until
	]


def _waits(
	store: Store, asked: Asked, target_of: TargetOf, targets: Mapping[tuple[str, datetime], timedelta]
) -> list[Wait]:
	fields = ["channel", "team", "visibility", "first_post_at", "first_response_at", "ticket", "profile"]
	seen = {field: wanted for field, wanted in asked.where().items() if field != "channel"}
	rows = store.columns(SocialConversation, fields, {**seen, "first_post_at": From(asked.since)})
	found: dict[tuple, Wait] = {}
	for number, (channel, team, visibility, asked_at, answered_at, ticket, profile) in enumerate(rows):
		if asked_at >= asked.until:
			continue
		target = targets.get((ticket, asked_at)) or _target(target_of(channel, visibility))
		wait = Wait(channel, team, visibility, asked_at, answered_at, target)
		twins = (ticket or number, profile, asked_at)
		found[twins] = _answered_first(found.get(twins), wait)
	return [wait for wait in found.values() if asked.channels is None or wait.channel in asked.channels]


def _target(seconds: int | None) -> timedelta | None:
	return timedelta(seconds=seconds) if seconds else None


def _answered_first(known: Wait | None, wait: Wait) -> Wait:
	"""One post that names two of our accounts is one wait, whichever of them answers."""
	waits = [one for one in (known, wait) if one]
	return min(waits, key=lambda one: (one.answered_at is None, one.answered_at or one.asked_at, one.channel))
