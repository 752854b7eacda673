"""Taken back before it leaves: a queued or awaiting reply becomes Cancelled; one that may be out is looked for and not sent again.

A change that asks for the state decides who was first, a person or a worker. What is Sending can't be taken back.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from social_service.account import Clock
from social_service.history import Happened, keep
from social_service.hosts.base import Host
from social_service.ledger import SocialReply
from social_service.records import Delivery, Happening, ReplyState
from social_service.sentence import Refused, _
from social_service.site_settings import the_settings

AT_REST = (ReplyState.AWAITING_APPROVAL, ReplyState.QUEUED, ReplyState.FAILED)
TOO_LATE = _("It is too late to take this answer back: it is leaving, or it has left. Look at the ticket.")


def leaves_at(host: Host, now: datetime) -> datetime:
	"""When what is queued now may leave. Until then the ticket view offers to take it back."""
	return now + timedelta(seconds=max(0, the_settings(host).undo_seconds))


def the_reply(host: Host, name: str) -> SocialReply:
	found = host.store.get(SocialReply, [name])
	if name not in found:
		raise Refused(_("This answer does not exist any more."))
	return found[name]


def cancel(host: Host, name: str, by: str, clock: Clock) -> SocialReply:
	"""The row as it is now. Raises Refused when a worker was first."""
	reply, now = the_reply(host, name), clock()
	with host.transaction():
		if reply.state is ReplyState.UNKNOWN:
			return _look_and_leave_it(host, reply, by, now)
		stopped = stop(host, reply, stopped_by=by) if reply.state in AT_REST else None
		if stopped is None:
			raise Refused(TOO_LATE)
		not_sent(host, stopped, event_of(stopped, Happening.CANCELLED, by, now))
		if by != reply.agent:
			host.desk.tell(reply.agent, _("{0} took your answer back: it is not sent.", by), reply.ticket)
	return stopped


def _look_and_leave_it(host: Host, reply: SocialReply, by: str, now: datetime) -> SocialReply:
	"""It may be on the network, so nobody can say that it is not sent. If it is not there, it does not leave any more."""
	marked = host.store.change(
		reply,
		only_if={"state": ReplyState.UNKNOWN},
		stopped_by=by,
		attempts=0,
		next_try_at=reply.next_try_at or now,  # a network needs a moment until it can be read back
	)
	if marked is None:
		raise Refused(TOO_LATE)
	return marked


def stop(host: Host, reply: SocialReply, **values: object) -> SocialReply | None:
	"""It does not leave any more. None: somebody was first."""
	ended = {"next_try_at": None, "lease_until": None, "expires_at": None, "error": ""}
	return host.store.change(
		reply, only_if={"state": reply.state}, state=ReplyState.CANCELLED, **{**ended, **values}
	)


def not_sent(host: Host, reply: SocialReply, event: Happened) -> None:
	"""The ticket shows it, and keeps who wanted it so and why."""
	host.desk.mark_reply(reply.ticket_message, Delivery.CANCELLED, event.at)
	keep(host, event)


def event_of(reply: SocialReply, what: Happening, by: str, now: datetime) -> Happened:
	return Happened(reply.ticket, what, now, by, conversation=reply.conversation, message=reply.message)
