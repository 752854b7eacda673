"""Into the outbox: a guarded reply becomes a row; which rows are to be worked on now. Calls no network."""

from __future__ import annotations

from datetime import timedelta

from social_service.account import Clock
from social_service.guard import check_reply
from social_service.hosts.base import Before, Host, In
from social_service.ledger import SocialReply, digest
from social_service.records import AgentReplied, Delivery, ReplyState

WAITING = In((ReplyState.QUEUED, ReplyState.UNKNOWN))


def queue_reply(host: Host, replied: AgentReplied, clock: Clock) -> SocialReply:
	"""One outbox row for one message of the ticket. Raises Refused; the caller keeps the draft. Enqueues nothing."""
	message = check_reply(host, replied, clock)
	now = clock()
	row = SocialReply(
		channel=message.channel,
		conversation=message.conversation,
		message=message.name,
		ticket=replied.ticket,
		ticket_message=replied.ticket_message,
		digest=digest(replied.ticket, replied.ticket_message),
		agent=replied.agent,
		text=replied.text.strip(),
		visibility=message.visibility,
		state=ReplyState.QUEUED,
		queued_at=now,
		next_try_at=now,
	)
	stored, _is_new = host.store.add(row)
	host.desk.mark_reply(replied.ticket_message, Delivery.SENDING, now)
	return stored


def retry(host: Host, reply_name: str, clock: Clock) -> None:
	"""A person asks for another attempt. What may have gone out is read back first, as always."""
	reply = host.store.get(SocialReply, [reply_name])[reply_name]
	if reply.state not in (ReplyState.FAILED, ReplyState.UNKNOWN):
		return
	state = ReplyState.QUEUED if reply.state is ReplyState.FAILED else ReplyState.UNKNOWN
	now = clock()
	with host.transaction():
		host.store.change(
			reply,
			only_if={"state": reply.state},
			state=state,
			attempts=0,
			error="",
			next_try_at=now,
			lease_until=None,
		)
		host.desk.mark_reply(reply.ticket_message, Delivery.SENDING, now)


def sweep(host: Host, clock: Clock) -> list[str]:
	"""The replies to work on now. A reply whose worker died while sending becomes Unknown: read back, never just resent."""
	now = clock()
	dead = {"state": ReplyState.SENDING, "lease_until": Before(now)}
	for reply in host.store.find(SocialReply, dead, order="queued_at", limit=200):
		with host.transaction():
			host.store.change(
				reply, only_if=dead, state=ReplyState.UNKNOWN, next_try_at=now, lease_until=None
			)
	waiting = {"state": WAITING, "next_try_at": Before(now + timedelta(milliseconds=1))}
	return [reply.name for reply in host.store.find(SocialReply, waiting, order="queued_at", limit=200)]
