"""Clock-keeping: a ticket in which something happened comes in; its clocks are worked out anew from what is stored, and the
desk shows how they stand. Any number of times: what is so already is not written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta

from social_service import history
from social_service.history import Happened
from social_service.hosts.base import Host
from social_service.ledger import SocialSLAClock
from social_service.records import ClockState, Happening, Milestone, TicketState
from social_service.service_hours import passed
from social_service.settings import SocialSLAPolicy
from social_service.sla import choosing
from social_service.sla.clocks import Clock, Terms, clocks
from social_service.sla.standing import standing_of
from social_service.sla.story import Story, story_of

KEPT = ("due_at", "warn_at", "policy", "facts", "team")  # of what has ended or was missed
MOST = 1000
MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True)
class Promise:
	"""What holds for a ticket now."""

	policy: SocialSLAPolicy
	facts: str
	terms: Terms


@dataclass(frozen=True)
class _Case:
	state: TicketState
	story: Story
	promise: Promise
	now: datetime
	anew: bool  # an admin has changed policies
	is_old: bool  # older than the clocks: nobody is told now of what was missed before


def clocks_of(host: Host, ticket: str) -> list[SocialSLAClock]:
	return host.store.find(SocialSLAClock, {"ticket": ticket}, order="started_at,name", limit=MOST)


def keep(host: Host, ticket: str, now: datetime, *, anew: bool = False) -> list[SocialSLAClock]:
	"""Inside the caller's transaction. ``anew``: policies have changed, so whatever runs follows the one that fits now."""
	state = host.desk.tickets([ticket]).get(ticket)
	if state is None or not state.channel:
		return []
	rows = clocks_of(host, ticket)
	promise, story = promise_of(host, state, [] if anew else rows), story_of(host, state)
	wanted = []
	if promise:
		case = _Case(state, story, promise, now, anew, is_old=anew and not rows)
		known = {row.digest: row for row in rows}
		wanted = [_worked_out(case, clock, known) for clock in clocks(story.events, promise.terms)]
	wanted += [
		_asked_of_a_team(row, state, story, now) for row in rows if row.milestone is Milestone.HAND_OVER
	]
	kept = [_write(host, rows, row) for row in [*wanted, *_left_over(rows, wanted)]]
	if promise and (standing := standing_of(kept, promise.policy, promise.terms.hours)):
		host.desk.show_standing(ticket, standing)
	return kept


def promise_of(host: Host, state: TicketState, rows: Sequence[SocialSLAClock]) -> Promise | None:
	policies = choosing.enabled_policies(host)
	if not policies:
		return None
	facts = choosing.facts_of(state)
	policy = choosing.chosen(facts, policies, choosing.chosen_before(rows))
	return Promise(policy, choosing.told(facts), choosing.terms_of(host, policy)) if policy else None


def changed(host: Host, happened: Sequence[Happened], now: datetime) -> None:
	"""These things happened to one ticket. Inside the caller's transaction."""
	for one in happened:
		history.keep(host, one)
	for ticket in {one.ticket for one in happened}:
		keep(host, ticket, now)


# --- one clock ----------------------------------------------------------------------------------------------


def _worked_out(case: _Case, clock: Clock, known: dict[str, SocialSLAClock]) -> SocialSLAClock:
	key = SocialSLAClock.key(case.state.name, clock.milestone, clock.key)
	if clock.is_running and clock.milestone is not Milestone.RESOLUTION:
		clock = replace(clock, dropped_at=case.story.deleted_at(clock))
	row = _in_row(case, clock, key)
	before = known.get(key)
	if before:
		kept = KEPT if _is_settled(before, clock, case.anew) else ()
		told = ("name", "warned_at", "told_at", "escalated_at")
		row = replace(row, **{name: getattr(before, name) for name in (*kept, *told)})
	row = replace(row, state=_state(row, case.now))
	is_missed = row.state is ClockState.MISSED
	told_at = row.due_at if case.is_old else row.told_at
	row = replace(row, missed_at=row.due_at if is_missed else None, told_at=told_at if is_missed else None)
	return replace(row, next_alarm_at=next_alarm(row))


def _in_row(case: _Case, clock: Clock, key: str) -> SocialSLAClock:
	state, post = case.state, case.story.posts[clock.key]
	answer = case.story.answers.get(clock.stopped_at) if clock.milestone is not Milestone.RESOLUTION else None
	holder = state.assigned[0] if state.assigned else ""
	had_at = min(post.stored_at, clock.stopped_at or post.stored_at)
	return SocialSLAClock(
		ticket=state.name,
		milestone=clock.milestone,
		state=ClockState.RUNNING,
		started_at=clock.started_at,
		due_at=_ms(clock.due_at),
		digest=key,
		policy=case.promise.policy.name,
		facts=case.promise.facts,
		channel=post.channel,
		team=state.team,
		agent=answer.agent if answer else holder,
		conversation=post.conversation,
		message=post.name,
		stopped_at=clock.stopped_at,
		held_s=clock.held_s,
		on_hold_since=clock.on_hold_since,
		dropped_at=clock.dropped_at,
		warn_at=clock.warn_at and _ms(clock.warn_at),
		fetched_at=post.stored_at,
		decided_at=post.decided_at,
		assigned_at=case.story.assigned_at(post),
		written_at=answer.written_at if answer else None,
		until_fetched=passed(clock.started_at, had_at),
		with_us=passed(had_at, clock.stopped_at) if clock.stopped_at else None,
	)


def _is_settled(before: SocialSLAClock, clock: Clock, anew: bool) -> bool:
	"""What has ended as it is keeps the promise it had; and what was missed, whatever an agent makes of the ticket since."""
	if before.state is ClockState.VOID:
		return False
	ended = (before.stopped_at, before.dropped_at)
	has_ended = before.has_ended and ended == (clock.stopped_at, clock.dropped_at)
	return has_ended or (bool(before.missed_at) and not anew)


def _state(row: SocialSLAClock, now: datetime) -> ClockState:
	if (row.stopped_at or row.dropped_at or row.on_hold_since or now) > row.due_at:
		return ClockState.MISSED
	if row.dropped_at:
		return ClockState.DROPPED
	if row.stopped_at:
		return ClockState.MET
	return ClockState.ON_HOLD if row.on_hold_since else ClockState.RUNNING


def next_alarm(row: SocialSLAClock) -> datetime | None:
	"""When somebody has to be told next. Nobody of what was late before we could know of it."""
	if row.has_ended or row.on_hold_since or row.told_at or (row.fetched_at and row.due_at <= row.fetched_at):
		return None
	warns = row.warn_at and not row.warned_at and row.warn_at < row.due_at and not row.missed_at
	return row.warn_at if warns else row.due_at + MILLISECOND  # in time until then


def _asked_of_a_team(row: SocialSLAClock, state: TicketState, story: Story, now: datetime) -> SocialSLAClock:
	"""It ends with the next answer to the customer, with the ticket, or when the ticket goes to another team."""
	if row.has_ended:
		return row
	answered = [at for at in story.answers if at >= row.started_at]
	gone = now if state.team != row.team or not state.is_open else None
	row = replace(row, stopped_at=min(answered, default=gone))
	row = replace(row, state=_state(row, now))
	row = replace(row, missed_at=row.due_at if row.state is ClockState.MISSED else None)
	return replace(row, next_alarm_at=next_alarm(row))


# --- written ------------------------------------------------------------------------------------------------


def _left_over(rows: Sequence[SocialSLAClock], wanted: Sequence[SocialSLAClock]) -> list[SocialSLAClock]:
	"""Their posts are in another ticket now, or wait for nothing."""
	digests = {row.digest for row in wanted}
	void = {"state": ClockState.VOID, "next_alarm_at": None}
	return [replace(row, **void) for row in rows if row.digest not in digests]


def _write(host: Host, rows: Sequence[SocialSLAClock], wanted: SocialSLAClock) -> SocialSLAClock:
	before = next((row for row in rows if row.digest == wanted.digest), None)
	if before is None:
		before, is_new = host.store.add(wanted)
		if is_new:
			_keep_missed(host, None, before)
			return before
	changed = {
		field.name: value
		for field in fields(wanted)
		if field.name != "name" and (value := getattr(wanted, field.name)) != getattr(before, field.name)
	}
	if not changed:
		return before
	after = host.store.change(before, **changed) or wanted
	_keep_missed(host, before, after)
	return after


def _keep_missed(host: Host, before: SocialSLAClock | None, after: SocialSLAClock) -> None:
	if after.missed_at and not (before and before.missed_at):
		kept = Happened(after.ticket, Happening.MISSED, after.missed_at, detail=str(after.milestone))
		history.keep(host, kept)


def _ms(moment: datetime) -> datetime:
	"""As the store keeps it."""
	return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
