"""A channel's account: opens its driver with credentials, remembers whose it is, renews tokens under a lock.

In: a Social Channel. Out: a ready driver. Nothing here knows a network by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta

from social_service.channels import driver as driver_class
from social_service.channels.base import Channel, Connection
from social_service.channels.errors import Rejected, Unavailable
from social_service.channels.http import Http, guarded_session
from social_service.hosts.base import Host
from social_service.ledger import Duty, SocialStream
from social_service.records import Account
from social_service.sentence import _
from social_service.settings import SocialChannel

Clock = Callable[[], datetime]
CHECKED_FOR = timedelta(hours=24)  # permissions and limits change
RENEWAL_SECONDS = 90  # longer than any token exchange may take


class ChannelVault:
	"""The secrets of one channel, for its driver."""

	def __init__(self, host: Host, channel: str, clock: Clock) -> None:
		self.host, self.channel, self.clock = host, channel, clock

	def __repr__(self) -> str:
		return f"<ChannelVault of {self.channel}>"

	def get(self, key: str) -> str:
		return self.host.secret(self.channel, key)

	def renew(self, key: str, stale: str, exchange: Callable[[], Mapping[str, str]]) -> None:
		if self.get(key) != stale:
			return
		row = account_row(self.host, self.channel)
		leased = self.host.store.claim(row, seconds=RENEWAL_SECONDS, now=self.clock())
		if leased is None:
			raise Unavailable(_("Another worker is renewing the sign-in. We try again by ourselves."))
		try:
			if self.get(key) == stale:
				new = exchange()
				if self.get(key) == stale:  # else somebody has connected anew meanwhile
					self.host.keep_secrets(self.channel, new)
		finally:
			with self.host.transaction():
				self.host.store.change(leased, lease_until=None)


def connect(host: Host, channel: SocialChannel, clock: Clock) -> Channel:
	"""A driver as the channel is set up. Needs no network; its account is None before the first `check`."""
	vault = ChannelVault(host, channel.name, clock)
	http = Http(guarded_session(host.allowed_internal()))
	account = known_account(host, channel.name)
	return driver_of(channel)(Connection(http, vault, channel.options(), account))


def ready(host: Host, channel: SocialChannel, clock: Clock) -> Channel:
	"""A driver that knows its account; asks the network when it does not."""
	driver = connect(host, channel, clock)
	checked = account_row(host, channel.name).last_success_at
	if driver.account is None or checked is None or clock() - checked > CHECKED_FOR:
		check(host, channel.name, clock)
		driver = connect(host, channel, clock)
	return driver


def check(host: Host, channel_name: str, clock: Clock) -> Account:
	"""Ask the network whose account this is, and keep the answer. Raises the eight errors of ``channels.errors``."""
	channel = the_channel(host, channel_name)
	account = connect(host, channel, clock).check()
	row, now = account_row(host, channel_name), clock()
	first = row.facts.get("connected_at") or now.isoformat()
	with host.transaction():
		host.store.change(
			row,
			facts={**row.facts, "account": asdict(account), "connected_at": first},
			last_success_at=now,
			**row.cost_after(account.cost, now),
		)
	return account


def forget(host: Host, channel_name: str) -> None:
	"""New credentials may belong to another account: the next job asks. The day of connection stays."""
	row = account_row(host, channel_name)
	with host.transaction():
		host.store.change(row, facts={**row.facts, "account": None})


def the_channel(host: Host, name: str) -> SocialChannel:
	found = host.store.get(SocialChannel, [name])
	if name not in found:
		raise Rejected("no channel", _("The channel {0} does not exist any more.", name))
	return found[name]


def known_account(host: Host, channel: str) -> Account | None:
	"""None = never asked. Only looks."""
	row = _found(host, SocialStream.key(channel, Duty.ACCOUNT.value))
	facts = row and row.facts.get("account")
	return Account(**{**facts, "missing": tuple(facts["missing"])}) if facts else None


def connected_at(host: Host, channel: str) -> datetime | None:
	"""When the channel first answered. Posts older than this were here before us."""
	text = account_row(host, channel).facts.get("connected_at")
	return datetime.fromisoformat(text) if text else None


def account_row(host: Host, channel: str) -> SocialStream:
	return duty_row(host, channel, Duty.ACCOUNT)


def duty_row(
	host: Host, channel: str, duty: Duty, *, key: str = "", label: str = "", began_at: datetime | None = None
) -> SocialStream:
	"""The stream row for a duty of the channel; made when it is first asked for."""
	key = key or duty.value
	digest = SocialStream.key(channel, key)
	if found := _found(host, digest):
		return found
	row = SocialStream(
		channel=channel, stream_key=key, digest=digest, duty=duty, label=label or key, began_at=began_at
	)
	with host.transaction():
		return host.store.add(row)[0]


def _found(host: Host, digest: str) -> SocialStream | None:
	return next(iter(host.store.find(SocialStream, {"digest": digest}, order="name", limit=1)), None)


def network_label(host: Host, channel: str) -> str:
	"""As people call the network; what is known of it where the channel or its driver is gone."""
	found = host.store.get(SocialChannel, [channel]).get(channel)
	try:
		return driver_class(found.driver).label if found else channel
	except (KeyError, ImportError):
		return found.driver


def driver_of(channel: SocialChannel) -> type[Channel]:
	try:
		return driver_class(channel.driver)
	except KeyError:
		raise Rejected(
			"no driver",
			_(
				"There is no network called {0} here. Choose another one, or disable the channel.",
				channel.driver,
			),
		) from None
