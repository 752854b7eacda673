"""The job that decides what waits in a channel: in batches, oldest first. A poison message stops nothing."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from social_service.account import Clock, the_channel
from social_service.decider import Decider
from social_service.hosts.base import Busy, Host
from social_service.ledger import SocialMessage, SocialStream
from social_service.listen.intake import LEASE_SECONDS
from social_service.listen.streams import is_arriving
from social_service.pause import pause_point
from social_service.records import Fate
from social_service.sentence import Refused, _
from social_service.ticket.fate import DecidedElsewhere, give_fate
from social_service.ticket.settling import fate_without_ticket, settle

BATCH = 50
MOST_TIME = timedelta(minutes=4)  # well below a job's limit, whose alarm would hit an innocent message
log = logging.getLogger(__name__)


def decide(host: Host, stream_name: str, clock: Clock) -> int:
	"""Decide what waits in the row's channel, oldest first; one worker a channel. Returns how many were decided."""
	row = host.store.get(SocialStream, [stream_name]).get(stream_name)
	leased = row and host.store.claim(row, seconds=LEASE_SECONDS, now=clock())
	if not leased:
		return 0
	decided, until = 0, clock() + MOST_TIME
	try:
		while leased and clock() < until and not is_arriving(host, leased.channel, clock()):
			done = _decide_batch(host, _waiting(host, leased.channel), clock)
			if not done:
				break
			decided += done
			leased = _stamp(host, leased, clock() + timedelta(seconds=LEASE_SECONDS))
	finally:
		if leased:
			_stamp(host, leased, None)
	return decided


def _waiting(host: Host, channel: str) -> list[SocialMessage]:
	return host.store.find(
		SocialMessage, {"channel": channel, "fate": None}, order="sent_at,external_id", limit=BATCH
	)


def _stamp(host: Host, leased: SocialStream, until: datetime | None) -> SocialStream | None:
	with host.transaction():
		return host.store.change(leased, only_if={"lease_until": leased.lease_until}, lease_until=until)


def _decide_batch(host: Host, batch: Sequence[SocialMessage], clock: Clock) -> int:
	if not batch:
		return 0
	channel = the_channel(host, batch[0].channel)
	streams = host.store.find(SocialStream, {"channel": channel.name}, order="name", limit=1000)
	decider = Decider(host, channel, clock(), {row.stream_key: row.began_at for row in streams}, batch)
	quiet = _decide_quietly(decider, batch)
	loud = [message for message in batch if message.name not in quiet]
	decider.look_up(message for message in loud if not message.is_own)
	return len(quiet) + sum(decide_one(decider, message) for message in loud)


def _decide_quietly(decider: Decider, batch: Sequence[SocialMessage]) -> set[str]:
	"""What can't concern any ticket is most of what comes in: decided in one transaction. Returns their names."""
	quiet = {message.name: fate for message in batch if (fate := _quietgive_fate(decider, message))}
	try:
		with decider.host.transaction():
			for message in batch:
				if message.name in quiet:
					give_fate(decider, message, *quiet[message.name])
			pause_point("mid-decide")
	except (Busy, DecidedElsewhere):
		return set()  # one by one then
	return set(quiet)


def _quietgive_fate(decider: Decider, message: SocialMessage) -> tuple | None:
	if message.is_own:
		return None  # it may answer somebody
	try:
		return fate_without_ticket(decider, message)
	except Exception:  # a poison message: `decide_one` meets it again and puts it aside
		return None


def decide_one(decider: Decider, message: SocialMessage) -> bool:
	"""Ticket, message and fate commit together. A poison message is put aside as failed."""
	host = decider.host
	try:
		with host.transaction():
			settle(decider, message)
			pause_point("mid-decide")
	except (Busy, DecidedElsewhere):
		return False  # undone as a whole; what still has no fate waits for the next round
	except Exception as error:  # the edge where one message may break and no other
		log.exception("message %s could not be decided", message.name)
		with host.transaction():
			reason = _(
				"Could not be decided: {0}. Press Retry when the cause is mended.", type(error).__name__
			)
			give_fate(decider, message, Fate.FAILED, reason)
	return True


def retry(host: Host, message_name: str, clock: Clock) -> None:
	"""Decide a failed message again. Raises Refused for one that was never read."""
	message = host.store.get(SocialMessage, [message_name])[message_name]
	if not message.author_id:
		raise Refused(
			_("This post could not be read at all, so there is nothing to decide. Open it on the network.")
		)
	if message.fate is Fate.FAILED:
		with host.transaction():
			host.store.change(message, only_if={"fate": Fate.FAILED}, fate=None, decided_at=None)
