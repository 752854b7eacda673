"""What the flow stores of promises: how each of a ticket's clocks stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from social_service.ledger.posts import digest
from social_service.records import ClockState, Milestone


@dataclass(frozen=True)
class SocialSLAClock:
	"""One promise of a ticket: its first response, one of the next, its resolution, or what another team was asked for.

	Worked out anew from what happened whenever something happens (``sla.keeping``). What has ended keeps the deadline it had."""

	doctype: ClassVar[str] = "Social SLA Clock"
	indexes: ClassVar[tuple] = (("ticket", "started_at_ms"), ("next_alarm_at_ms",), ("started_at_ms",))

	ticket: str
	milestone: Milestone
	state: ClockState
	started_at: datetime
	due_at: datetime
	digest: str
	policy: str = ""
	facts: str = ""  # of the ticket, by which the policy was chosen
	channel: str = ""
	team: str = ""
	agent: str = ""  # who answered; of a hand-over, who asked
	conversation: str = ""
	message: str = ""  # that the customer waits from
	stopped_at: datetime | None = None
	held_s: int = 0
	on_hold_since: datetime | None = None
	dropped_at: datetime | None = None
	warn_at: datetime | None = None
	warned_at: datetime | None = None
	missed_at: datetime | None = None
	told_at: datetime | None = None  # that it was missed; None for what was late before we could know
	escalated_at: datetime | None = None
	next_alarm_at: datetime | None = None
	fetched_at: datetime | None = None
	decided_at: datetime | None = None
	assigned_at: datetime | None = None
	written_at: datetime | None = None
	until_fetched: int | None = None  # seconds that pass, not of service
	with_us: int | None = None
	reason: str = ""
	back_to: str = ""  # the team that asked
	name: str = ""

	@staticmethod
	def key(ticket: str, milestone: Milestone, began_with: str) -> str:
		return digest(ticket, milestone, began_with)

	@property
	def has_ended(self) -> bool:
		return self.stopped_at is not None or self.dropped_at is not None or self.state is ClockState.VOID
