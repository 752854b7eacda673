"""What happened in a ticket, read from what is stored: posts that wait for an answer, answers, and its history. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from social_service import history
from social_service.hosts.base import Host, In
from social_service.ledger import SocialMessage, SocialReply, SocialTicketEvent
from social_service.records import Fate, Happening, Need, ReplyState, TicketState
from social_service.sla.clocks import Clock, Event, What

MOST = 1000
STATUSES = {
	Happening.ON_HOLD: What.HOLD,
	Happening.RESUMED: What.RESUME,
	Happening.RESOLVED: What.RESOLVE,
	Happening.REOPENED: What.REOPEN,
	Happening.MERGED: What.MERGED,
}


@dataclass(frozen=True)
class Answer:
	"""``written_at``: None for one that was written on the network itself."""

	at: datetime
	agent: str = ""
	written_at: datetime | None = None


@dataclass(frozen=True)
class Story:
	posts: Mapping[str, SocialMessage]
	answers: Mapping[datetime, Answer]
	happened: Sequence[SocialTicketEvent]
	events: tuple[Event, ...]
	is_assigned: bool = False

	def assigned_at(self, post: SocialMessage) -> datetime | None:
		"""When it was somebody's: at once if the ticket was it already."""
		moments = [one.at for one in self.happened if one.what is Happening.ASSIGNED]
		if post.decided_at and (
			any(at <= post.decided_at for at in moments) or (self.is_assigned and not moments)
		):
			return post.decided_at
		return min(moments, default=None)

	def deleted_at(self, clock: Clock) -> datetime | None:
		"""When its author took back the last post that this clock waits for; None while one is still there."""
		waiting = [post.deleted_at for post in self.posts.values() if post.sent_at >= clock.started_at]
		return max(waiting) if waiting and all(waiting) else None


def story_of(host: Host, state: TicketState) -> Story:
	wanted = {"ticket": state.name, "fate": In((Fate.OPENED, Fate.JOINED))}
	found = host.store.find(SocialMessage, wanted, order="sent_at", limit=MOST)
	posts = {post.name: post for post in found if waits(post)}
	happened = history.of_ticket(host, state.name)
	answers = [*_answers(host, state.name), *_answers_there(host, happened)]
	told = (event for event, _answer in answers)
	return Story(
		posts=posts,
		answers={answer.at: answer for _event, answer in answers},
		happened=happened,
		events=(*map(_asked, posts.values()), *told, *_statuses(happened), *_from_before(state, happened)),
		is_assigned=bool(state.assigned),
	)


def waits(post: SocialMessage) -> bool:
	"""Thanks wait for nothing."""
	return post.fate is Fate.OPENED or post.need is not Need.NONE


def _asked(post: SocialMessage) -> Event:
	return Event(post.sent_at, What.CUSTOMER, stored_at=post.stored_at, key=post.name)


def _answers(host: Host, ticket: str) -> Iterator[tuple[Event, Answer]]:
	sent = {"ticket": ticket, "state": ReplyState.SENT}
	for reply in host.store.find(SocialReply, sent, order="queued_at", limit=MOST):
		at = max(reply.sent_at or reply.queued_at, reply.queued_at)  # a network's clock may be behind
		yield Event(at, What.ANSWER, key=reply.name), Answer(at, reply.agent, reply.queued_at)


def _answers_there(host: Host, happened: Sequence[SocialTicketEvent]) -> Iterator[tuple[Event, Answer]]:
	"""By a colleague, on the network itself."""
	there = [one for one in happened if one.what is Happening.ANSWERED_THERE]
	posts = host.store.get(SocialMessage, [one.message for one in there]) if there else {}
	for one in there:
		post = posts.get(one.message)
		yield (
			Event(one.at, What.ANSWER, stored_at=post.stored_at if post else one.at, key=one.name),
			Answer(one.at),
		)


def _statuses(happened: Sequence[SocialTicketEvent]) -> Iterator[Event]:
	return (Event(one.at, STATUSES[one.what], key=one.name) for one in happened if one.what in STATUSES)


def _from_before(state: TicketState, happened: Sequence[SocialTicketEvent]) -> Iterator[Event]:
	"""A ticket that was closed before its history was kept."""
	last = next((one.what for one in reversed(happened) if one.what in STATUSES), None)
	if state.closed_at and last not in (Happening.RESOLVED, Happening.MERGED):
		yield Event(state.closed_at, What.RESOLVE)
