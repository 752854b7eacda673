"""One worker a stream: takes the row's lease, does the work, and writes down how it went and when it is due again."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from social_service.account import Clock, the_channel
from social_service.channels.errors import AuthFailed, ChannelError, NotSupported, Rejected, Throttled
from social_service.hosts.base import Host
from social_service.ledger import SocialStream
from social_service.listen.intake import LEASE_SECONDS, LeaseLost
from social_service.listen.streams import is_due
from social_service.sentence import _
from social_service.settings import SocialChannel

Work = Callable[[Host, SocialChannel, SocialStream, Clock], int]
LONGEST_WAIT = timedelta(hours=1)


def with_lease(host: Host, stream_name: str, clock: Clock, work: Work) -> int:
	row = host.store.get(SocialStream, [stream_name]).get(stream_name)
	leased = row and host.store.claim(row, seconds=LEASE_SECONDS, now=clock())
	if not leased:
		return 0
	channel = the_channel(host, leased.channel)
	if not is_due(replace(leased, lease_until=None), clock()) or not channel.enabled:
		change(host, leased, lease_until=None)
		return 0
	try:
		return work(host, channel, leased, clock)
	except LeaseLost:
		return 0  # another worker has the stream, and will fetch the same page
	except ChannelError as error:
		_note_failure(host, channel, leased.name, error, clock())
		return 0


def _note_failure(host: Host, channel: SocialChannel, name: str, error: ChannelError, now: datetime) -> None:
	"""Write down what went wrong and when we try again; tell the channel's person once if only they can mend it."""
	row = host.store.get(SocialStream, [name])[name]
	is_first = not row.failures
	failures = row.failures + (not isinstance(error, Throttled))
	wait = _wait(channel, error, failures)
	change(
		host,
		row,
		lease_until=None,
		next_at=now + wait,
		failures=failures,
		last_error=error.sentence,
		last_tried_at=now,
	)
	if isinstance(error, (AuthFailed, Rejected)) and is_first and channel.responsible:
		with host.transaction():
			host.desk.tell(channel.responsible, _("{0}: {1}", channel.title, str(error.sentence)))


def _wait(channel: SocialChannel, error: ChannelError, failures: int) -> timedelta:
	if isinstance(error, Throttled):
		return timedelta(seconds=error.retry_after)
	if isinstance(error, (AuthFailed, Rejected, NotSupported)):
		return LONGEST_WAIT if failures > 1 else LONGEST_WAIT / 4
	grown = channel.poll_min_s * 2 ** min(failures, 10) * random.uniform(0.9, 1.1)
	return min(timedelta(seconds=grown), LONGEST_WAIT)


def change(host: Host, row: SocialStream, **values: object) -> None:
	with host.transaction():
		host.store.change(row, only_if={"lease_until": row.lease_until}, **values)
