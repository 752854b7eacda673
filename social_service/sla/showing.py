"""What the ticket view shows of a ticket's promises: what is due when, where the minutes went, who was asked. Changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from social_service.hosts.base import Host
from social_service.ledger import SocialSLAClock
from social_service.records import ClockState, Milestone
from social_service.sentence import Sentence, _
from social_service.settings import SocialSLAPolicy
from social_service.sla.handing_over import open_hand_over
from social_service.sla.keeping import clocks_of
from social_service.sla.stages import Stage, stages

RESPONSES = (Milestone.FIRST, Milestone.NEXT)
MOST_TURNS = 10
SAID = {  # milestone → what it is called, due in so long, so late; the view fills in the {0}
	Milestone.FIRST: (_("First response"), _("First response due in {0}"), _("First response {0} late")),
	Milestone.NEXT: (_("Next response"), _("Next response due in {0}"), _("Next response {0} late")),
	Milestone.RESOLUTION: (_("Resolution"), _("Resolution due in {0}"), _("Resolution {0} late")),
	Milestone.HAND_OVER: (_("Hand-over"), _("Handed over, wanted in {0}"), _("Handed over, {0} late")),
}


@dataclass(frozen=True)
class ShownClock:
	"""``took``: seconds that passed, until it stopped."""

	milestone: Milestone
	called: Sentence
	due: Sentence
	late: Sentence
	state: ClockState
	due_at: datetime
	warn_at: datetime | None
	is_running: bool
	took: int | None
	until_fetched: int | None
	stages: tuple[Stage, ...]


@dataclass(frozen=True)
class ShownHandOver:
	team: str
	back_to: str
	reason: str
	by: str


@dataclass(frozen=True)
class Shown:
	"""``running``: the most urgent first. ``turns``: responses, the newest first."""

	now: datetime
	policy: str
	promise: str
	running: tuple[ShownClock, ...]
	turns: tuple[ShownClock, ...]
	hand_over: ShownHandOver | None


def show(host: Host, ticket: str, now: datetime) -> Shown | None:
	"""None: nothing is promised and nobody was asked."""
	rows = [row for row in clocks_of(host, ticket) if row.state is not ClockState.VOID]
	if not rows:
		return None
	policy = _policy_of(host, rows)
	turns = [row for row in reversed(rows) if row.milestone in RESPONSES][:MOST_TURNS]
	running = sorted((row for row in rows if _runs(row)), key=lambda row: row.due_at)
	asked = open_hand_over(host, ticket)
	return Shown(
		now=now,
		policy=policy.title if policy else "",
		promise=policy.promise if policy else "",
		running=tuple(shown(row, now) for row in running),
		turns=tuple(shown(row, now) for row in turns),
		hand_over=asked and ShownHandOver(asked.team, asked.back_to, asked.reason, asked.agent),
	)


def shown(row: SocialSLAClock, now: datetime) -> ShownClock:
	called, due, late = SAID[row.milestone]
	took = round((row.stopped_at - row.started_at).total_seconds()) if row.stopped_at else None
	return ShownClock(
		milestone=row.milestone,
		called=called,
		due=due,
		late=late,
		state=row.state,
		due_at=row.due_at,
		warn_at=row.warn_at,
		is_running=_runs(row),
		took=took,
		until_fetched=row.until_fetched,
		stages=stages(row, now),
	)


def _runs(row: SocialSLAClock) -> bool:
	return not row.has_ended and not row.on_hold_since


def _policy_of(host: Host, rows: Sequence[SocialSLAClock]) -> SocialSLAPolicy | None:
	"""Of the newest clock that has one."""
	name = next((row.policy for row in reversed(rows) if row.policy), "")
	return host.store.get(SocialSLAPolicy, [name]).get(name) if name else None
