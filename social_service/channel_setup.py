"""What it takes to connect a channel: what its network asks for, and what a person typed, sorted. Asks no network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from social_service import account
from social_service.account import Clock, driver_of
from social_service.channels import drivers
from social_service.channels.base import Channel, Setting
from social_service.hosts.base import Host
from social_service.ledger import Duty, SocialStream
from social_service.sentence import Refused, Sentence, _
from social_service.settings import SocialChannel

GUIDE = "https://github.com/social-service/social_service/blob/main/docs/channels.md#{0}"
ADDRESS = "base_url"


@dataclass(frozen=True)
class Field:
	key: str
	label: Sentence
	secret: bool
	required: bool
	default: str
	lines: bool


@dataclass(frozen=True)
class Network:
	"""What the form asks for, and what an admin should know first."""

	code: str
	label: str
	fields: tuple[Field, ...]
	guide: str
	costs: Sentence
	pushes: bool


@dataclass(frozen=True)
class Connection:
	"""How the channel is connected now. Of a secret it says only that there is one."""

	values: Mapping[str, str]
	stored: tuple[str, ...]


@dataclass(frozen=True)
class Typed:
	"""``fields`` are columns of the channel, ``more`` its other open settings; ``kept``: secrets that stay as they are."""

	fields: Mapping[str, str]
	more: Mapping[str, str]
	secrets: Mapping[str, str]
	kept: frozenset[str]
	replaces: bool  # else the secrets stay as they are, those that a driver made for itself too


# --- what the network asks for ------------------------------------------------------------------------------


def networks() -> list[Network]:
	return sorted((_network(one) for one in drivers().values()), key=lambda one: one.label)


def _network(driver: type[Channel]) -> Network:
	does = driver.capabilities
	fields = tuple(_field(one) for one in driver.settings)
	return Network(
		driver.code, driver.label, fields, GUIDE.format(driver.code), Sentence(does.costs), does.push
	)


def _field(one: Setting) -> Field:
	return Field(one.key, Sentence(one.label), one.secret, one.required, one.default, one.lines)


def connection(host: Host, channel: SocialChannel) -> Connection:
	settings, options = driver_of(channel).settings, channel.options()
	return Connection(
		values={one.key: options.get(one.key, "") for one in settings if not one.secret},
		stored=tuple(sorted(_stored(host, channel))),
	)


def _stored(host: Host, channel: SocialChannel) -> frozenset[str]:
	secret = (one.key for one in driver_of(channel).settings if one.secret)
	return frozenset(key for key in secret if host.secret(channel.name, key))


# --- what was typed -----------------------------------------------------------------------------------------


def understand(host: Host, channel: SocialChannel, values: Mapping[str, object], *, afresh: bool) -> Typed:
	"""An empty secret keeps the stored one, unless the person begins ``afresh`` or the address is another one: what is
	stored belongs to the server it was made for, and goes to no other. Refused: something is missing."""
	driver = driver_of(channel)
	told = {one.key: _told(one, values, channel) for one in driver.settings}
	moved = _has_moved(driver, told, channel)
	stored = frozenset() if afresh or moved else _stored(host, channel)
	for one in driver.settings:
		if one.required and not (told[one.key] or one.key in stored or one.default):
			raise Refused(_missing(driver, one, moved))
	secrets = {one.key: told[one.key] for one in driver.settings if one.secret and told[one.key]}
	open_ones = {one.key: told[one.key] for one in driver.settings if not one.secret}
	return Typed(
		fields={key: value for key, value in open_ones.items() if key in SocialChannel.COMMON},
		more={key: value for key, value in open_ones.items() if key not in SocialChannel.COMMON and value},
		secrets=secrets,
		kept=stored - set(secrets),
		replaces=bool(secrets) or afresh or moved,
	)


def _told(one: Setting, values: Mapping[str, object], channel: SocialChannel) -> str:
	"""What is not asked for stays as it is."""
	before = "" if one.secret else channel.options().get(one.key, "")
	return str(values.get(one.key, before) or "").strip()


def _has_moved(driver: type[Channel], told: Mapping[str, str], channel: SocialChannel) -> bool:
	if ADDRESS not in told:
		return False
	usual = next(one.default for one in driver.settings if one.key == ADDRESS)
	before, after = ((one or usual).rstrip("/") for one in (channel.base_url, told[ADDRESS]))
	return before != after


def _missing(driver: type[Channel], one: Setting, moved: bool) -> Sentence:
	if one.secret and moved:
		return _(
			"The address has changed, and what is stored goes to no other server. Enter “{0}” again.",
			Sentence(one.label),
		)
	return _("{0} needs “{1}”. Fill it in and connect again.", driver.label, Sentence(one.label))


def begin_again(host: Host, channel: str, clock: Clock) -> None:
	"""With other credentials: whose they are is asked anew, and no stream waits for what the old ones met."""
	account.forget(host, channel)
	polled = {"channel": channel, "duty": Duty.POLL}
	with host.transaction():
		for row in host.store.find(SocialStream, polled, order="name", limit=1000):
			if row.failures:
				host.store.change(row, next_at=clock())
