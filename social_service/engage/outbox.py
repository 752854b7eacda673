"""Into the outbox: a guarded reply becomes a row; which rows are to be worked on now. Calls no network."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from social_service.account import Clock
from social_service.engage import approval
from social_service.engage.cancelling import leaves_at, the_reply
from social_service.guard import check_reply
from social_service.hosts.base import Before, Host, In
from social_service.ledger import SocialMessage, SocialReply, digest
from social_service.records import AgentReplied, Delivery, ReplyState
from social_service.settings import SocialApprovalRule

WAITING = In((ReplyState.QUEUED, ReplyState.UNKNOWN))
A_MINUTE = 200  # replies that one looks for


def queue_reply(host: Host, replied: AgentReplied, clock: Clock) -> SocialReply:
	"""One outbox row for one message of the ticket. Raises Refused; the caller keeps the draft. Enqueues nothing."""
	message, now = check_reply(host, replied, clock), clock()
	rule = approval.asked_for(host, replied, message, now)
	row = _row(replied, message, now)
	row = _held(host, row, rule, now) if rule else replace(row, next_try_at=leaves_at(host, now))
	stored, is_new = host.store.add(row)
	if is_new and rule:
		approval.ask(host, stored, now)
	elif is_new:
		host.desk.mark_reply(replied.ticket_message, Delivery.SENDING, now)
	return stored


def _row(replied: AgentReplied, message: SocialMessage, now: datetime) -> SocialReply:
	return SocialReply(
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
	)


def _held(host: Host, row: SocialReply, rule: SocialApprovalRule, now: datetime) -> SocialReply:
	return replace(
		row,
		state=ReplyState.AWAITING_APPROVAL,
		rule=rule.title,
		approver_team=rule.approver_team,
		expires_at=approval.waits_until(host, now),
	)


def retry(host: Host, reply_name: str, clock: Clock) -> None:
	"""A person asks for another attempt. What may have gone out is read back first, as always."""
	reply = the_reply(host, reply_name)
	if reply.state not in (ReplyState.FAILED, ReplyState.UNKNOWN):
		return
	state = ReplyState.QUEUED if reply.state is ReplyState.FAILED else ReplyState.UNKNOWN
	now = clock()
	with host.transaction():
		again = host.store.change(
			reply,
			only_if={"state": reply.state},
			state=state,
			attempts=0,
			error="",
			next_try_at=now,
			lease_until=None,
			stopped_by="",
		)
		if again:
			host.desk.mark_reply(reply.ticket_message, Delivery.SENDING, now)


def is_due(reply: SocialReply, now: datetime) -> bool:
	"""Something is to be done with it, and not later."""
	return reply.state in WAITING.values and reply.next_try_at is not None and reply.next_try_at <= now


def sweep(host: Host, clock: Clock) -> list[str]:
	"""The replies to work on now. A reply whose worker died while sending becomes Unknown: read back, never just resent.
	What waited too long for approval goes back."""
	now = clock()
	approval.expire(host, now)
	dead = {"state": ReplyState.SENDING, "lease_until": Before(now)}
	for reply in host.store.find(SocialReply, dead, order="queued_at", limit=A_MINUTE):
		with host.transaction():
			host.store.change(
				reply, only_if=dead, state=ReplyState.UNKNOWN, next_try_at=now, lease_until=None
			)
	waiting = {"state": WAITING, "next_try_at": Before(now + timedelta(milliseconds=1))}
	# what a stopped channel holds goes to the end each time, and keeps no other one waiting
	found = host.store.find(SocialReply, waiting, order="next_try_at,queued_at", limit=A_MINUTE)
	return [reply.name for reply in found]
