"""One worker on one stream: takes the row's lease, does the work, and writes down how it went and when it is due again."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

from social_service.account import Clock, ready, the_channel
from social_service.channels.base import Channel, Stream
from social_service.channels.errors import AuthFailed, ChannelError, NotSupported, Rejected, Throttled
from social_service.hosts.base import Before, Host, In
from social_service.ledger import SocialStream
from social_service.listen import budget
from social_service.listen.budget import Budget
from social_service.listen.intake import LEASE_SECONDS, LeaseLost, store_page
from social_service.listen.streams import is_due
from social_service.pause import pause_point
from social_service.records import Page
from social_service.settings import SocialChannel

LONGEST_WAIT = timedelta(hours=1)
RESERVE = 1  # calls of a rate limit that are left for answers


@dataclass
class Listener:
	"""All that work on a channel's streams needs."""

	host: Host
	channel: SocialChannel
	clock: Clock

	@cached_property
	def driver(self) -> Channel:
		return ready(self.host, self.channel, self.clock)

	@cached_property
	def money(self) -> Budget:
		return budget.of_channel(self.host, self.channel, self.clock())

	def stream(self, key: str) -> Stream | None:
		return next((one for one in self.driver.streams() if one.key == key), None)

	def page(self, stream: Stream, row: SocialStream, since: str | None) -> tuple[SocialStream, Page]:
		"""Fetched and stored. What the network says of its limit holds for all streams that share it."""
		try:
			page = self.driver.fetch(stream, row.cursor, since)
		except Throttled as error:
			self._hold(stream, self.clock() + timedelta(seconds=error.retry_after))
			raise
		pause_point("after fetch")
		row = store_page(self.host, self.channel, row, page, self.clock())
		pause_point("after store")
		if is_exhausted(page):
			self._hold(stream, page.rate.resets_at)
		return row, page

	def _hold(self, stream: Stream, until: datetime) -> None:
		"""All streams of one rate limit wait for it together, whichever worker met it. Nobody sleeps."""
		bucket = [one.key for one in self.driver.streams() if one.bucket == stream.bucket]
		together = In(tuple(SocialStream.key(self.channel.name, key) for key in bucket))
		earlier = {"channel": self.channel.name, "digest": together, "next_at": Before(until)}
		with self.host.transaction():
			for row in self.host.store.find(SocialStream, earlier, order="name", limit=1000):
				self.host.store.change(row, next_at=until)

	def change(self, row: SocialStream, **values: object) -> None:
		with self.host.transaction():
			self.host.store.change(row, only_if={"lease_until": row.lease_until}, **values)

	def succeeded(self, row: SocialStream, next_at: datetime, **more: object) -> None:
		"""Releases the lease."""
		now = self.clock()
		done = {"failures": 0, "last_error": "", "last_tried_at": now, "last_success_at": now}
		self.change(row, lease_until=None, next_at=next_at, **done, **more)

	def failed(self, name: str, error: ChannelError) -> None:
		"""Writes down what went wrong and when we try again. What only a person can mend becomes an alarm at once."""
		row, now = self.host.store.get(SocialStream, [name])[name], self.clock()
		failures = row.failures + (not isinstance(error, Throttled))
		values: dict[str, object] = {"last_error": error.sentence, "failures": failures, "last_tried_at": now}
		if isinstance(error, (AuthFailed, Rejected)) and not row.alarm:
			values |= {"alarm": error.sentence, "alarm_at": None}  # `silence.watch` tells it
		self.change(row, lease_until=None, next_at=now + _wait(self.channel, error, failures), **values)


Work = Callable[[Listener, SocialStream], int]


def with_lease(host: Host, stream_name: str, clock: Clock, work: Work) -> int:
	"""Runs ``work`` if the row is due and nobody else has it; 0 otherwise, and after a failure."""
	row = host.store.get(SocialStream, [stream_name]).get(stream_name)
	leased = row and host.store.claim(row, seconds=LEASE_SECONDS, now=clock())
	if not leased:
		return 0
	listener = Listener(host, the_channel(host, leased.channel), clock)
	if not is_due(replace(leased, lease_until=None), clock()) or not listener.channel.is_awake:
		listener.change(leased, lease_until=None)
		return 0
	try:
		return work(listener, leased)
	except LeaseLost:
		return 0  # another worker has the stream, and will fetch the same page
	except ChannelError as error:
		listener.failed(leased.name, error)
		return 0


def is_exhausted(page: Page) -> bool:
	return bool(page.rate and page.rate.resets_at and page.rate.remaining <= RESERVE)


def _wait(channel: SocialChannel, error: ChannelError, failures: int) -> timedelta:
	if isinstance(error, Throttled):
		return timedelta(seconds=error.retry_after)
	if isinstance(error, (AuthFailed, Rejected, NotSupported)):
		return LONGEST_WAIT if failures > 1 else LONGEST_WAIT / 4
	grown = channel.poll_min_s * 2 ** min(failures, 10) * random.uniform(0.9, 1.1)
	return min(timedelta(seconds=grown), LONGEST_WAIT)
