"""The warning job: clocks whose alarm is due come in; their people are told once, and what was missed is escalated.

A row is claimed by a conditional change in the transaction that tells, so two workers never tell twice. Before anybody is
told, the clocks are worked out anew: no alarm is older than what is stored.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import datetime, timedelta

from social_service import history
from social_service.account import Clock
from social_service.history import Happened
from social_service.hosts.base import Before, Busy, Host
from social_service.ledger import SocialSLAClock
from social_service.records import Happening, Milestone, TicketState
from social_service.sentence import Sentence, _
from social_service.settings import SocialSLAPolicy
from social_service.sla import choosing
from social_service.sla.keeping import MILLISECOND, clocks_of, keep, next_alarm

AT_ONCE = 1000
MOST_TIME = timedelta(minutes=4)  # the next minute's job goes on beside it
CALLED = {
	Milestone.FIRST: _("the first response"),
	Milestone.NEXT: _("the next response"),
	Milestone.RESOLUTION: _("the resolution"),
	Milestone.HAND_OVER: _("what was asked of the team"),
}
Edge = Callable[[SocialSLAClock], AbstractContextManager[None]]


def is_alarm_due(host: Host, now: datetime) -> bool:
	return bool(_due(host, now, 1))


def watch(host: Host, clock: Clock, edge: Edge = nullcontext) -> int:
	"""How many alarms were raised. ``edge``: around each row, where one may break and no other."""
	raised, until = 0, clock() + MOST_TIME
	while clock() < until:
		before = raised
		for row in _due(host, clock(), AT_ONCE):
			with edge(row):
				raised += raise_alarm(host, row, clock())
		if raised == before:
			break
	return raised


def _due(host: Host, now: datetime, limit: int) -> list[SocialSLAClock]:
	wanted = {"next_alarm_at": Before(now + MILLISECOND)}
	return host.store.find(SocialSLAClock, wanted, order="next_alarm_at,name", limit=limit)


def raise_alarm(host: Host, row: SocialSLAClock, now: datetime) -> bool:
	try:
		with host.transaction():
			ours = {"next_alarm_at": row.next_alarm_at}
			if host.store.change(row, only_if=ours, next_alarm_at=None) is None:
				return False  # another worker has it
			fresh = next((one for one in keep(host, row.ticket, now) if one.name == row.name), None)
			if fresh is None or fresh.next_alarm_at is None or fresh.next_alarm_at > now:
				return False
			_breach(host, fresh, now) if now > fresh.due_at else _warn(host, fresh, now)
	except Busy:
		return False  # as it was; the next minute tries again
	return True


# --- before it is due ---------------------------------------------------------------------------------------


def _warn(host: Host, row: SocialSLAClock, now: datetime) -> None:
	host.store.change(row, warned_at=now, next_alarm_at=next_alarm(replace(row, warned_at=now)))
	minutes = max(round((row.due_at - now).total_seconds() / 60), 1)
	text = _(
		"Ticket {0}: {1} is due at {2}, in {3} minutes.", row.ticket, *_what_and_when(host, row), minutes
	)
	_tell(host, row, text, _people(host, row))
	history.keep(host, Happened(row.ticket, Happening.WARNED, now, detail=str(row.milestone)))


def _what_and_when(host: Host, row: SocialSLAClock) -> tuple[Sentence, str]:
	return CALLED[row.milestone], row.due_at.astimezone(host.zone).strftime("%H:%M")


# --- when it is missed --------------------------------------------------------------------------------------


def _breach(host: Host, row: SocialSLAClock, now: datetime) -> None:
	host.store.change(row, told_at=now, next_alarm_at=None)
	policy = _policy_of(host, row)
	whom = dict.fromkeys([*_people(host, row), *_second_level(row, policy)])
	what, at = _what_and_when(host, row)
	host.desk.note(row.ticket, _("Missed: {0} was due at {1}.", what, at))
	_tell(host, row, _("Ticket {0}: {1} was due at {2} and is late.", row.ticket, what, at), list(whom))
	if policy and row.milestone is not Milestone.HAND_OVER:
		_escalate(host, row, policy, now)


def _second_level(row: SocialSLAClock, policy: SocialSLAPolicy | None) -> list[str]:
	"""Of a hand-over, who asked for it."""
	one = row.agent if row.milestone is Milestone.HAND_OVER else policy.escalate_user if policy else ""
	return [one] if one else []


def _escalate(host: Host, row: SocialSLAClock, policy: SocialSLAPolicy, now: datetime) -> None:
	steps = [one for one in (policy.escalate_priority, policy.escalate_team, policy.escalate_user) if one]
	if not steps:
		return
	host.store.change(row, escalated_at=now)
	history.keep(host, Happened(row.ticket, Happening.ESCALATED, now, detail=" · ".join(steps)))
	if policy.escalate_priority or policy.escalate_team:
		host.desk.route(row.ticket, team=policy.escalate_team, priority=policy.escalate_priority)
		_stay_with_the_promise(host, row.ticket)


def _stay_with_the_promise(host: Host, ticket: str) -> None:
	"""A higher priority that we gave it ourselves chooses no other policy."""
	state = host.desk.tickets([ticket])[ticket]
	facts = choosing.told(choosing.facts_of(state))
	for row in clocks_of(host, ticket):
		if row.facts != facts and row.policy:
			host.store.change(row, facts=facts)


# --- who is told --------------------------------------------------------------------------------------------


def _people(host: Host, row: SocialSLAClock) -> list[str]:
	state = host.desk.tickets([row.ticket])[row.ticket]
	if row.milestone is Milestone.HAND_OVER:
		return list(dict.fromkeys([*state.assigned, *host.desk.members(row.team)]))
	policy = _policy_of(host, row)
	return list(dict.fromkeys(_of_policy(host, state, policy))) if policy else []


def _of_policy(host: Host, state: TicketState, policy: SocialSLAPolicy) -> list[str]:
	"""A ticket that nobody has is everybody's of its team."""
	whom: list[str] = []
	if policy.warn_agent:
		whom += state.assigned or host.desk.members(state.team)
	if policy.warn_team:
		whom += host.desk.members(state.team)
	return [*whom, policy.warn_user] if policy.warn_user else whom


def _policy_of(host: Host, row: SocialSLAClock) -> SocialSLAPolicy | None:
	return host.store.get(SocialSLAPolicy, [row.policy]).get(row.policy) if row.policy else None


def _tell(host: Host, row: SocialSLAClock, text: Sentence, whom: list[str]) -> None:
	for user in whom:
		host.desk.tell(user, text, row.ticket)
