"""Out of the outbox: a queued reply is published once, or looked for on its network. Safe to run from any worker, at any time.

Every write names the lease that this worker holds: one that slept too long changes nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from social_service import switching
from social_service.account import Clock, ready, the_channel
from social_service.channels.base import Channel
from social_service.channels.errors import (
	Ambiguous,
	ChannelError,
	Rejected,
	Throttled,
	Unavailable,
)
from social_service.engage.cancelling import event_of, not_sent, stop
from social_service.engage.outbox import WAITING, is_due
from social_service.guard import channel_asleep
from social_service.hosts.base import Before, Host, In
from social_service.ledger import SocialConversation, SocialMessage, SocialReply
from social_service.listen.revisions import mark_deleted
from social_service.pause import pause_point
from social_service.records import Delivery, Happening, Outgoing, ReplyState, Sent
from social_service.sentence import Sentence, _
from social_service.settings import SocialChannel
from social_service.sla.keeping import keep as keep_clocks

LEASE_SECONDS = 150  # above the longest call
BEGINS_WITHIN = timedelta(seconds=60)  # the call, so that it ends within the lease
LOOK_AFTER = timedelta(seconds=30)  # a network needs a moment until a post can be read back
HELD = timedelta(minutes=1)
MOST_ATTEMPTS = 8
FRESH = timedelta(minutes=10)  # a post that young is not read again before it is answered


def send(host: Host, reply_name: str, clock: Clock) -> None:
	"""Publish a Queued reply, or read back an Unknown one. Safe to call any number of times, from any worker."""
	reply = host.store.get(SocialReply, [reply_name]).get(reply_name)
	if reply is None or not is_due(reply, clock()):
		return
	leased = host.store.claim(reply, seconds=LEASE_SECONDS, now=clock())
	if leased is None or leased.state not in WAITING.values:
		return  # the lease of one that died while Sending has to lapse: that is how it is found
	if not is_due(leased, clock()):
		_change(host, leased, lease_until=None)
	elif leased.state is ReplyState.QUEUED and leased.stopped_by:
		_leave_it(host, leased, clock())
	elif why := _asleep(host, leased):
		_hold(host, leased, clock() + HELD, why)
	elif _is_behind_another(host, leased):
		_hold(host, leased, clock() + LOOK_AFTER)
	else:
		_work(host, leased, clock)


def _work(host: Host, leased: SocialReply, clock: Clock) -> None:
	try:
		driver = ready(host, the_channel(host, leased.channel), clock)
		work = _read_back if leased.state is ReplyState.UNKNOWN else _publish
		work(host, driver, leased, clock)
	except ChannelError as error:
		_not_sent(host, leased, error, clock())


def _asleep(host: Host, reply: SocialReply) -> Sentence | None:
	"""Asked before each call: publishing may have been stopped a moment ago."""
	return channel_asleep(host, host.store.get(SocialChannel, [reply.channel]).get(reply.channel))


def _hold(host: Host, leased: SocialReply, until: datetime, why: Sentence | str = "") -> None:
	_change(host, leased, lease_until=None, next_try_at=until, error=why)


def _leave_it(host: Host, leased: SocialReply, now: datetime) -> None:
	"""Somebody took it back while nobody knew whether it is on the network. It is not."""
	with host.transaction():
		if stopped := stop(host, leased):
			not_sent(host, stopped, event_of(stopped, Happening.CANCELLED, leased.stopped_by, now))


def _is_behind_another(host: Host, reply: SocialReply) -> bool:
	"""Two answers of one conversation leave in the order in which they were written."""
	earlier = {
		"conversation": reply.conversation,
		"state": In((ReplyState.QUEUED, ReplyState.SENDING, ReplyState.UNKNOWN)),
		"queued_at": Before(reply.queued_at + timedelta(milliseconds=1)),
	}
	found = host.store.find(SocialReply, earlier, order="queued_at,name", limit=50)
	return any(
		one.state is not ReplyState.UNKNOWN or one.next_try_at  # else it waits for a person
		for one in found
		if (one.queued_at, one.name) < (reply.queued_at, reply.name)
	)


def _publish(host: Host, driver: Channel, leased: SocialReply, clock: Clock) -> None:
	message = host.store.get(SocialMessage, [leased.message])[leased.message]
	if not _is_still_there(host, driver, message, clock()):
		raise Rejected(
			"gone", _("The customer deleted the post before the answer left. Nothing was published.")
		)
	now = clock()  # before the look, so that whoever sleeps after it does not send
	if why := _asleep(host, leased):
		_hold(host, leased, now + HELD, why)
		return
	reply = _change(
		host,
		leased,
		state=ReplyState.SENDING,
		attempts=leased.attempts + 1,
		started_at=leased.started_at or now,
		lease_until=now + timedelta(seconds=LEASE_SECONDS),
	)
	if reply is None:
		return  # another worker has it, or somebody took it back
	pause_point("after Sending")
	if clock() - now > BEGINS_WITHIN:
		return  # we slept: whoever sweeps looks whether it is there, and we must not come second
	try:
		sent = driver.send(_outgoing(reply, message))
	except ChannelError as error:
		_not_sent(host, reply, error, clock())
		return
	pause_point("after accepted")
	_sent(host, reply, sent, clock())


def _is_still_there(host: Host, driver: Channel, message: SocialMessage, now: datetime) -> bool:
	if not driver.capabilities.reads_single or now - message.sent_at < FRESH:
		return True
	found = driver.get([message.external_id])
	if found.get(message.external_id, message) is not None:
		return True
	with host.transaction():
		mark_deleted(host, the_channel(host, message.channel), message.external_id, now)
	return False


def _read_back(host: Host, driver: Channel, leased: SocialReply, clock: Clock) -> None:
	message = host.store.get(SocialMessage, [leased.message])[leased.message]
	found = driver.reconcile(_outgoing(leased, message))
	if isinstance(found, Sent):
		_sent(host, leased, found, clock())
		return
	# the network was read and does not have it: it may be sent again
	_change(host, leased, state=ReplyState.QUEUED, next_try_at=clock(), lease_until=None)


def _outgoing(reply: SocialReply, message: SocialMessage) -> Outgoing:
	return Outgoing(reply.name, reply.text, message.as_served(), reply.visibility, reply.started_at)


# --- how it ended --------------------------------------------------------------------------------------------


def _sent(host: Host, reply: SocialReply, sent: Sent, now: datetime) -> None:
	at = sent.sent_at or now
	with host.transaction():
		done = host.store.change(
			reply,
			only_if={"state": reply.state, "lease_until": reply.lease_until},
			state=ReplyState.SENT,
			external_id=sent.external_id,
			url=sent.url,
			sent_at=at,
			cost_micros=reply.cost_micros + sent.cost,
			error="",
			lease_until=None,
			next_try_at=None,
		)
		if done is None:
			return  # another worker found it by reading back
		for conversation in host.store.get(SocialConversation, [reply.conversation]).values():
			first = conversation.first_response_at or at
			host.store.change(conversation, first_response_at=first, last_agent_at=at)
		host.desk.mark_reply(reply.ticket_message, Delivery.SENT, at)
		keep_clocks(host, _ticket_of(host, reply), now)
		switching.note_asked(host, reply, at)


def _not_sent(host: Host, reply: SocialReply, error: ChannelError, now: datetime) -> None:
	"""``reply``: as this worker wrote it last, not as it is now. Others may have gone on with it."""
	if isinstance(error, (Unavailable, Throttled)) and reply.attempts < MOST_ATTEMPTS:
		_again_later(host, reply, error, now)
	elif _may_be_there(reply, error):
		_unknown(host, reply, error.sentence, now)
	else:
		_failed(host, reply, error.sentence, now)


def _may_be_there(reply: SocialReply, error: ChannelError) -> bool:
	"""Ours may stand on the network: a lost answer to a write, reading back that failed (a sign-in that ended says nothing
	of the write before), or a second copy refused after such a write."""
	if isinstance(error, Ambiguous) or reply.state is ReplyState.UNKNOWN:
		return True
	return isinstance(error, Rejected) and error.reason == "duplicate" and reply.attempts > 1


def _again_later(host: Host, reply: SocialReply, error: ChannelError, now: datetime) -> None:
	"""Surely not done: it waits, and stays Unknown if it was, because then only reading back failed."""
	state = ReplyState.UNKNOWN if reply.state is ReplyState.UNKNOWN else ReplyState.QUEUED
	throttled = isinstance(error, Throttled)
	wait = error.retry_after if throttled else 15 * 2 ** min(reply.attempts, 8)
	_change(
		host,
		reply,
		state=state,
		attempts=max(0, reply.attempts - throttled),  # being told to wait is no attempt
		error=error.sentence,
		next_try_at=now + timedelta(seconds=wait),
		lease_until=None,
	)


def _unknown(host: Host, reply: SocialReply, why: Sentence, now: datetime) -> None:
	"""It may have gone out. Read back soon; after some rounds a person has to look."""
	rounds = reply.attempts + 1
	if rounds <= MOST_ATTEMPTS:
		_change(
			host,
			reply,
			state=ReplyState.UNKNOWN,
			attempts=rounds,
			error=why,
			next_try_at=now + LOOK_AFTER * rounds,
			lease_until=None,
		)
		return
	text = _(
		"We can't tell whether the answer was published. Look on the network; press Retry to have us look again."
	)
	_finish(host, reply, state=ReplyState.UNKNOWN, shown=Delivery.UNKNOWN, why=text, now=now)


def _failed(host: Host, reply: SocialReply, why: Sentence, now: datetime) -> None:
	_finish(host, reply, state=ReplyState.FAILED, shown=Delivery.FAILED, why=why, now=now)


def _finish(
	host: Host, reply: SocialReply, *, state: ReplyState, shown: Delivery, why: Sentence, now: datetime
) -> None:
	with host.transaction():
		ours = {"state": reply.state, "lease_until": reply.lease_until}
		if (
			host.store.change(reply, only_if=ours, state=state, error=why, next_try_at=None, lease_until=None)
			is None
		):
			return
		text = _("Not published: {0}", str(why)) if shown is Delivery.FAILED else why
		host.desk.mark_reply(reply.ticket_message, shown, now)
		ticket = _ticket_of(host, reply)
		host.desk.note(ticket, text)
		host.desk.tell(reply.agent, text, ticket)


def _ticket_of(host: Host, reply: SocialReply) -> str:
	"""As it is now: a merge or a split may have moved the reply while it was on its way."""
	return host.store.get(SocialReply, [reply.name])[reply.name].ticket


def _change(host: Host, reply: SocialReply, **values: object) -> SocialReply | None:
	"""Only while the lease is ours: a worker that slept too long must not write over the next one's result."""
	with host.transaction():
		ours = {"state": reply.state, "lease_until": reply.lease_until}
		return host.store.change(reply, only_if=ours, **values)
