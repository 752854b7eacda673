"""The clocks of responses, as figures read them: one for each time that a customer waits. In: a store. Out: rows, nothing counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from social_service.hosts.base import From, Store, Where
from social_service.ledger import SocialSLAClock
from social_service.records import ClockState, Milestone
from social_service.wait import Turn

FIELDS = (
	"ticket",
	"channel",
	"team",
	"milestone",
	"started_at",
	"due_at",
	"stopped_at",
	"until_fetched",
	"state",
)


@dataclass(frozen=True)
class TurnClock:
	ticket: str
	channel: str
	team: str
	is_first: bool
	started_at: datetime
	due_at: datetime
	stopped_at: datetime | None
	until_fetched: int | None

	@property
	def target(self) -> timedelta:
		"""As time passes, closed hours included."""
		return self.due_at - self.started_at

	def as_turn(self) -> Turn:
		fetched = timedelta(seconds=self.until_fetched or 0)
		return Turn(self.is_first, self.started_at, self.stopped_at, fetched)


def clocks_since(store: Store, since: datetime, where: Where) -> list[TurnClock]:
	rows = store.columns(SocialSLAClock, FIELDS, {**where, "started_at": From(since)})
	return [
		TurnClock(ticket, channel, team, milestone is Milestone.FIRST, *more)
		for ticket, channel, team, milestone, *more, state in rows
		if milestone in (Milestone.FIRST, Milestone.NEXT) and state is not ClockState.VOID
	]
