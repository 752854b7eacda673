"""Preview: the last posts of a channel come in; the fate each would get, and why, goes out. Nothing is stored or opened.

The posts go through the real flow on a host in memory, which is thrown away, with the channel's settings and the site's
rules. The site's own rows are only read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from social_service import account
from social_service.account import ChannelVault, Clock
from social_service.channels import driver as driver_class
from social_service.channels.base import Channel, Connection, Stream
from social_service.channels.errors import AuthFailed, AuthProblem
from social_service.channels.http import Http, guarded_session
from social_service.decider import Decider
from social_service.hosts.base import Host
from social_service.hosts.embedded import EmbeddedHost
from social_service.ledger import Duty, SocialMessage, SocialStream
from social_service.listen.intake import store_page
from social_service.records import Account, Fate, Page
from social_service.sentence import _
from social_service.settings import SocialChannel
from social_service.site_model import in_use
from social_service.site_settings import the_rules, the_settings
from social_service.ticket import decide_one

LIMIT = 50
LOOKED_BACK = (timedelta(hours=1), timedelta(days=1), timedelta(days=6))  # X searches back seven days
MOST_PAGES = 5  # of one stream in one look: some networks charge for every post


@dataclass(frozen=True)
class Previewed:
	"""A post with the fate that it got, or would get. ``ticket``: posts with the same value share a ticket."""

	network: str
	external_id: str
	parent_id: str
	author: str
	text: str
	url: str
	sent_at: datetime
	is_own: bool
	fate: Fate
	reason: str
	language: str
	ticket: str


def preview(host: Host, channel: SocialChannel, clock: Clock, limit: int = LIMIT) -> list[Previewed]:
	"""Newest first. Raises the eight errors of ``channels.errors``. Asks the network, so call it outside a transaction."""
	driver = _fresh_driver(host, channel, clock)
	page = last_posts(driver, clock(), limit)
	label = driver.label
	with _aside(host, channel) as memory:
		_through_the_flow(memory, replace(channel, dry_run=False), page, clock())
		return sorted(judged(memory, {channel.name: label}), key=lambda one: one.sent_at, reverse=True)


def judged(host: Host, labels: Mapping[str, str]) -> list[Previewed]:
	"""What became of every post of the host. ``labels``: channel → network, as people say it."""
	found = host.store.columns(SocialMessage, [*COLUMNS], {})
	return [_row(labels, dict(zip(COLUMNS, values, strict=True))) for values in found]


COLUMNS = (
	*("channel", "external_id", "parent_id", "author_name", "handle", "text", "url", "sent_at", "is_own"),
	*("fate", "fate_reason", "language", "ticket"),
)


def _row(labels: Mapping[str, str], told: Mapping) -> Previewed:
	return Previewed(
		network=labels.get(told["channel"], told["channel"]),
		external_id=told["external_id"],
		parent_id=told["parent_id"],
		author=told["author_name"] or told["handle"],
		text=told["text"],
		url=told["url"],
		sent_at=told["sent_at"],
		is_own=told["is_own"],
		fate=told["fate"] or Fate.FAILED,
		reason=told["fate_reason"],
		language=told["language"],
		ticket=told["ticket"],
	)


# --- a driver that changes nothing ---------------------------------------------------------------------------


class _Borrowed(ChannelVault):
	"""The channel's secrets, to read. A renewed token would have to be kept, or the channel is locked out."""

	def renew(self, key: str, stale: str, exchange: Callable[[], Mapping[str, str]]) -> None:
		raise AuthFailed(
			AuthProblem.EXPIRED,
			_(
				"The sign-in has expired, and a preview renews nothing. Enable the channel, or enter a new access token."
			),
		)


def _fresh_driver(host: Host, channel: SocialChannel, clock: Clock) -> Channel:
	http = Http(guarded_session(host.allowed_internal()))
	connection = Connection(
		http, _Borrowed(host, channel.name, clock), channel.options(), _known(host, channel)
	)
	kind = driver_class(channel.driver)
	if connection.account is None:
		connection = replace(connection, account=kind(connection).check())
	return kind(connection)


def _known(host: Host, channel: SocialChannel) -> Account | None:
	"""Asked for its row, `account` would make one."""
	key = SocialStream.key(channel.name, Duty.ACCOUNT.value)
	known = host.store.find(SocialStream, {"digest": key}, order="name", limit=1)
	return account.known_account(host, channel.name) if known else None


# --- the last posts ------------------------------------------------------------------------------------------


def last_posts(driver: Channel, now: datetime, limit: int) -> Page:
	"""The newest ``limit`` posts of all streams together. Looks a little way back, and farther if that is too little."""
	found = Page((), None)
	for span in LOOKED_BACK:
		found = _newest(driver, now - span, limit)
		if len(found.messages) >= limit:
			break
	return found


def _newest(driver: Channel, since: datetime, limit: int) -> Page:
	pages = [page for stream in driver.streams() for page in _pages(driver, stream, since, limit)]
	by_id = {message.external_id: message for page in pages for message in page.messages}
	newest = sorted(by_id.values(), key=lambda one: (one.sent_at, one.external_id))[-limit:]
	broken = {one.external_id: one for page in pages for one in page.unreadable}
	return Page(tuple(newest), None, unreadable=tuple(broken.values()), cost=sum(page.cost for page in pages))


def _pages(driver: Channel, stream: Stream, since: datetime, limit: int) -> Iterator[Page]:
	"""To the end, or until a stream that goes back in time has given enough. Two pages show which way it goes."""
	cursor, seen, before = None, 0, None
	for _number in range(MOST_PAGES):
		page = driver.fetch(stream, cursor, since.isoformat())
		yield page
		newest = max((message.sent_at for message in page.messages), default=None)
		cursor, seen = page.cursor, seen + len(page.messages)
		goes_back = bool(before and newest and newest < before)
		if not page.more or (goes_back and seen >= limit):
			return
		before = newest or before


# --- the flow, aside -----------------------------------------------------------------------------------------


@contextmanager
def _aside(host: Host, channel: SocialChannel) -> Iterator[EmbeddedHost]:
	"""A host in memory that has the channel, the rules, the settings and the model of ``host``, and no articles."""
	told = the_settings(host)
	memory = EmbeddedHost(":memory:")
	memory.store.say = host.store.say  # reasons in the language of the site
	memory.desk.can, memory.zone, memory.cache = frozenset(), host.zone, host.cache
	try:
		with memory.transaction():
			for record in filter(None, (channel, *the_rules(host), in_use(host))):
				memory.store.add(record)
			memory.store.change(
				told, **{name: value for name, value in asdict(told).items() if name != "name"}
			)
		yield memory
	finally:
		memory.close()


def _through_the_flow(memory: EmbeddedHost, channel: SocialChannel, page: Page, now: datetime) -> None:
	row = account.duty_row(memory, channel.name, Duty.POLL, key="preview")
	store_page(memory, channel, row, page, now)
	decider = Decider(memory, channel, now, began={})
	waiting = memory.store.find(SocialMessage, {"fate": None}, order="sent_at,external_id", limit=1000)
	for message in waiting:
		decide_one(decider, message)
