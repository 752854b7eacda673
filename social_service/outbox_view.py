"""What the ticket view says of answers that have not left: which wait and for what, which may be taken back, which came back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from social_service.account import Clock
from social_service.engage import may_approve
from social_service.engage.approval import look
from social_service.engage.cancelling import the_reply
from social_service.guard import Objection
from social_service.hosts.base import Host
from social_service.ledger import SocialMessage, SocialReply
from social_service.records import ReplyState
from social_service.sentence import Sentence, _

NEWEST = 20


@dataclass(frozen=True)
class Underway:
	"""``seconds``: until it leaves; 0 = nothing counts down. ``can_put_back``: it is not sent, its text may be."""

	reply: str
	state: ReplyState
	told: Sentence | str
	text: str
	seconds: int = 0
	can_undo: bool = False
	may_approve: bool = False
	can_put_back: bool = False


@dataclass(frozen=True)
class Waiting:
	"""An answer as its approver reads it. ``stops`` and ``warnings``: what the guard says of it now."""

	text: str
	agent: str
	rule: str
	post: str
	stops: tuple[Objection, ...]
	warnings: tuple[Objection, ...]


def underway(host: Host, ticket: str, user: str, clock: Clock) -> list[Underway]:
	"""The oldest first. What came back is shown until a newer answer is there."""
	now = clock()
	found = host.store.find(SocialReply, {"ticket": ticket}, order="-queued_at,-name", limit=NEWEST)
	told = [*found[:1], *(one for one in found[1:] if one.state is not ReplyState.CANCELLED)]
	shown = (_shown(host, one, user, now) for one in reversed(told))
	return [one for one in shown if one]


def _shown(host: Host, reply: SocialReply, user: str, now: datetime) -> Underway | None:
	if reply.state is ReplyState.AWAITING_APPROVAL:
		may = may_approve(host, reply, user)
		told = (
			_("Waits for your approval: {0}", reply.rule) if may else _("Waits for approval: {0}", reply.rule)
		)
		return Underway(reply.name, reply.state, told, reply.text, can_undo=True, may_approve=may)
	if reply.state is ReplyState.QUEUED:
		return _leaving(reply, now)
	if reply.state is ReplyState.CANCELLED and reply.error:
		return Underway(reply.name, reply.state, reply.error, reply.text, can_put_back=True)
	return None


def _leaving(reply: SocialReply, now: datetime) -> Underway | None:
	"""Held, or in the seconds before it leaves. On its way otherwise: its badge says so."""
	if reply.error:
		return Underway(reply.name, reply.state, reply.error, reply.text, can_undo=True)
	seconds = (reply.next_try_at - now).total_seconds() if reply.next_try_at else 0
	if seconds <= 0:
		return None
	told = _("The answer has not left yet.")
	return Underway(reply.name, reply.state, told, reply.text, seconds=int(seconds) + 1, can_undo=True)


def to_approve(host: Host, name: str, text: str, clock: Clock) -> Waiting:
	"""``text``: as the approver has it by now; "" = as it was written."""
	reply = the_reply(host, name)
	looked = look(host, reply, text.strip() or reply.text, clock)
	post = looked.message or host.store.get(SocialMessage, [reply.message]).get(reply.message)
	return Waiting(
		text=reply.text,
		agent=reply.agent,
		rule=reply.rule,
		post=post.text if post else "",
		stops=looked.stops,
		warnings=looked.warnings,
	)
