"""How the clocks of a ticket look on its desk, which knows one response and one resolution."""

from __future__ import annotations

from collections.abc import Sequence

from social_service.ledger import SocialSLAClock
from social_service.records import ClockState, Milestone, Standing
from social_service.service_hours import ServiceHours
from social_service.settings import SocialSLAPolicy


def standing_of(
	rows: Sequence[SocialSLAClock], policy: SocialSLAPolicy, hours: ServiceHours
) -> Standing | None:
	response, whole = _response(rows), _of(rows, Milestone.RESOLUTION)
	if response is None or not whole:
		return None
	whole = whole[0]
	return Standing(
		response_by=response.due_at,
		resolution_by=whole.due_at,
		agreement=policy.agreement,
		responded_at=response.stopped_at,
		resolved_at=whole.stopped_at,
		on_hold_since=whole.on_hold_since,
		held_s=whole.held_s,
		is_missed=ClockState.MISSED in (response.state, whole.state),
		is_dropped=response.dropped_at is not None,
		response_s=_served(response, hours),
		response_late_s=_late(response, hours),
		resolution_s=None if whole.stopped_at is None else max(_served(whole, hours) - whole.held_s, 0),
		resolution_late_s=_late(whole, hours),
	)


def _response(rows: Sequence[SocialSLAClock]) -> SocialSLAClock | None:
	"""The first that was answered; until then the newest that can be; else the last that nobody will answer."""
	turns = _of(rows, Milestone.FIRST, Milestone.NEXT)
	answered = [row for row in turns if row.stopped_at]
	if answered:
		return min(answered, key=lambda row: row.stopped_at)
	return max(turns, key=lambda row: (row.dropped_at is None, row.started_at), default=None)


def _of(rows: Sequence[SocialSLAClock], *milestones: Milestone) -> list[SocialSLAClock]:
	return [row for row in rows if row.milestone in milestones and row.state is not ClockState.VOID]


def _served(row: SocialSLAClock, hours: ServiceHours) -> int | None:
	return round(hours.between(row.started_at, row.stopped_at)) if row.stopped_at else None


def _late(row: SocialSLAClock, hours: ServiceHours) -> int | None:
	"""Helpdesk reckons from the deadline on."""
	is_late = row.stopped_at and row.stopped_at > row.due_at
	return round(hours.between(row.due_at, row.stopped_at)) if is_late else None
