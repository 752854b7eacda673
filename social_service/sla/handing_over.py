"""Second level: a ticket goes to another team, with a reason and a time in which its answer is wanted, and comes back.

The customer's clocks keep running: only an answer to the customer stops those.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timezone

from social_service import history
from social_service.account import Clock
from social_service.history import Happened
from social_service.hosts.base import Host
from social_service.ledger import SocialSLAClock
from social_service.records import ClockState, Happening, Milestone, TicketState
from social_service.sentence import Refused, Sentence, _
from social_service.service_hours import ServiceHours
from social_service.settings import SocialSLAPolicy
from social_service.sla.keeping import Promise, clocks_of, keep, next_alarm, promise_of

SHORTEST, LONGEST = 60, 366 * 24 * 3600


@dataclass(frozen=True)
class HandOver:
	"""``within_s``: of the service hours of the ticket's policy. ``by``: a user of the host."""

	ticket: str
	team: str
	reason: str
	within_s: int
	by: str


def hand_over(host: Host, asked: HandOver, clock: Clock) -> SocialSLAClock:
	"""Raises Refused; nothing has changed then."""
	state = _state(host, asked.ticket)
	if why_not := _why_not(host, state, asked):
		raise Refused(why_not)
	now = clock()
	with host.transaction():
		_move(host, asked, now)
		row, _is_new = host.store.add(_row(host, state, asked, now))
		keep(host, asked.ticket, now)
		at = row.due_at.astimezone(host.zone).strftime("%Y-%m-%d %H:%M")
		told = (asked.by, asked.team, asked.reason.strip(), at)
		host.desk.note(asked.ticket, _("{0} handed it over to {1}: {2}\nAn answer is wanted by {3}.", *told))
		for user in host.desk.members(asked.team):
			if user != asked.by:
				text = _(
					"Ticket {0} was handed over to {1}: {2} An answer is wanted by {3}.",
					asked.ticket,
					*told[1:],
				)
				host.desk.tell(user, text, asked.ticket)
	return row


def hand_back(host: Host, ticket: str, answer: str, by: str, clock: Clock) -> None:
	"""To the team that asked, with what the other one has to say. Raises Refused."""
	state, row = _state(host, ticket), open_hand_over(host, ticket)
	if row is None:
		raise Refused(_("This ticket is not handed over to anybody."))
	if not answer.strip():
		raise Refused(_("Write what the team that asked should know."))
	now = clock()
	with host.transaction():
		host.store.change(row, stopped_at=now, state=_ended(row, now), next_alarm_at=None)
		if row.back_to and row.back_to != state.team:
			_move(host, HandOver(ticket, row.back_to, answer, 0, by), now)
		else:
			history.keep(host, Happened(ticket, Happening.HANDED_OVER, now, by, answer.strip()))
		keep(host, ticket, now)
		host.desk.note(ticket, _("{0} handed it back: {1}", by, answer.strip()))
		if row.agent and row.agent != by:
			host.desk.tell(row.agent, _("Ticket {0} came back: {1}", ticket, answer.strip()), ticket)


def open_hand_over(host: Host, ticket: str) -> SocialSLAClock | None:
	rows = (row for row in clocks_of(host, ticket) if row.milestone is Milestone.HAND_OVER)
	return next((row for row in rows if not row.has_ended), None)


def _state(host: Host, ticket: str) -> TicketState:
	state = host.desk.tickets([ticket]).get(ticket)
	if state is None or not state.channel:
		raise Refused(_("This ticket did not come from a network."))
	return state


def _why_not(host: Host, state: TicketState, asked: HandOver) -> Sentence | None:
	if not state.is_open:
		return _("This ticket is resolved. Open it again to hand it over.")
	if asked.team == state.team:
		return _("{0} has this ticket already. Choose another team.", asked.team)
	if not asked.reason.strip():
		return _("Write what the other team should do.")
	if not SHORTEST <= asked.within_s <= LONGEST:
		return _("Enter in which time an answer is wanted: a minute or more.")
	if not asked.team or not host.desk.members(asked.team):
		return _("The team {0} has no members, so nobody would see it. Choose another team.", asked.team)
	return None


def _move(host: Host, asked: HandOver, now: datetime) -> None:
	detail = f"{asked.team}: {asked.reason.strip()}"
	history.keep(host, Happened(asked.ticket, Happening.HANDED_OVER, now, asked.by, detail))
	host.desk.route(asked.ticket, team=asked.team, priority="")
	if host.desk.tickets([asked.ticket])[asked.ticket].team != asked.team:
		raise Refused(
			_("The ticket could not be given to {0}. Look whether the team is enabled.", asked.team)
		)


def _row(host: Host, state: TicketState, asked: HandOver, now: datetime) -> SocialSLAClock:
	promise = promise_of(host, state, clocks_of(host, asked.ticket))
	hours = promise.terms.hours if promise else ServiceHours(timezone.utc)
	warn_after = asked.within_s * _percent(promise) / 100
	row = SocialSLAClock(
		ticket=asked.ticket,
		milestone=Milestone.HAND_OVER,
		state=ClockState.RUNNING,
		started_at=now,
		due_at=hours.add(now, asked.within_s),
		warn_at=hours.add(now, warn_after) if warn_after else None,
		digest=SocialSLAClock.key(asked.ticket, Milestone.HAND_OVER, now.isoformat()),
		channel=state.channel,
		team=asked.team,
		agent=asked.by,
		reason=asked.reason.strip(),
		back_to=state.team,
	)
	return _with_alarm(row)


def _percent(promise: Promise | None) -> int:
	return promise.policy.warn_percent if promise else SocialSLAPolicy.warn_percent


def _with_alarm(row: SocialSLAClock) -> SocialSLAClock:
	return replace(row, next_alarm_at=next_alarm(row))


def _ended(row: SocialSLAClock, now: datetime) -> ClockState:
	return ClockState.MISSED if now > row.due_at else ClockState.MET
