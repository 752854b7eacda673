"""Replay: an archive of posts comes in; the same flow as on a site runs over it, at the archive's own times; what became of
every post goes out. On the embedded host, in memory: nothing is asked of a network and nothing is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import ClassVar

from social_service import account, hooks, listen, ticket
from social_service.archives import Archive
from social_service.channels.base import Capabilities, Channel, Stream
from social_service.hosts.embedded import EmbeddedHost
from social_service.ledger import Duty
from social_service.records import Account, Article, Length, Message, Page
from social_service.settings import SocialChannel, SocialTriageRule

PAGE = 100
STEP = timedelta(seconds=5)  # until a stream is due again
Progress = Callable[[int], None]


class History(Channel):
	"""A network that only says again what was once said. Its ``base_url`` tells which part of the archive it has."""

	code = "history"
	label = "History"
	capabilities = Capabilities()
	settings = ()

	tape: ClassVar[Mapping[str, Sequence[Message]]] = {}

	def check(self) -> Account:
		return Account("own", "")

	def streams(self) -> tuple[Stream, ...]:
		return (Stream("posts", "Posts", min_seconds=1),)

	def fetch(self, stream: Stream, cursor: str | None, since: str | None = None) -> Page:
		"""One page at a time: the next one is due when the clock has come to it."""
		start = int(cursor or 0)
		found = tuple(self.tape[self.connection.options["base_url"]][start : start + PAGE])
		return Page(found, str(start + len(found)))

	def measure(self, text: str, to: Message | None = None) -> Length:
		return Length(len(text), len(text))


@contextmanager
def _playing(archive: Archive) -> Iterator[None]:
	"""This process knows the driver while the archive is played; nobody is ever offered it."""
	hooks.social_channels[History.code] = f"{__name__}.{History.__name__}"
	History.tape = archive.by_network
	try:
		yield
	finally:
		History.tape = {}
		del hooks.social_channels[History.code]


def play(host: EmbeddedHost, archive: Archive, on_progress: Progress = lambda posts: None) -> dict[str, str]:
	"""Channel → network, one for each network of the archive. ``host`` has the rules already, and the articles if any."""
	labels = {}
	with _playing(archive):
		for network, posts in archive.by_network.items():
			channel = _connect(host, network, posts[0].sent_at)
			labels[channel.name] = network
			_play_one(host, channel, posts, on_progress)
	return labels


def furnish(host: EmbeddedHost, rules: Sequence[SocialTriageRule], articles: Sequence[Article] = ()) -> None:
	with host.transaction():
		for rule in rules:
			host.store.add(rule)
		for article in articles:
			host.desk.put_article(article)


def _connect(host: EmbeddedHost, network: str, first: datetime) -> SocialChannel:
	new = SocialChannel(
		title=network[:140], driver=History.code, base_url=network, poll_min_s=1, poll_max_s=1
	)
	with host.transaction():
		channel, _is_new = host.store.add(new)
	account.check(host, channel.name, lambda: first - STEP)
	return channel


def _play_one(
	host: EmbeddedHost, channel: SocialChannel, posts: Sequence[Message], on_progress: Progress
) -> None:
	now = posts[0].sent_at
	poll = account.duty_row(host, channel.name, Duty.POLL, key="posts")
	decide = account.duty_row(host, channel.name, Duty.DECIDE)
	for start in range(0, len(posts), PAGE):
		page = posts[start : start + PAGE]
		now = max(now + STEP, page[-1].sent_at)
		clock = _stopped(now)
		listen.poll(host, poll.name, clock)
		ticket.decide(host, decide.name, clock)
		on_progress(len(page))


def _stopped(now: datetime) -> account.Clock:
	return lambda: now
