"""The channel form: what an admin should know of a connected account. Reads; only `check` asks the network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone

from social_service import account
from social_service.account import Clock
from social_service.channels import drivers
from social_service.channels.base import Channel
from social_service.channels.errors import ChannelError
from social_service.hosts.base import From, Host
from social_service.ledger import Duty, SocialMessage, SocialReply, SocialStream, month_of
from social_service.preview import Previewed
from social_service.preview import preview as preview_of
from social_service.records import Account, Fate
from social_service.sentence import Sentence, _
from social_service.settings import SocialChannel

GUIDE = "https://github.com/social-service/social_service/blob/main/docs/channels.md#{0}"
RED_FROM = 3  # failures in a row; fewer may pass by themselves
DUTIES = {
	Duty.RECHECK: _("Edits and deletions"),
	Duty.DECIDE: _("Deciding"),
	Duty.ACCOUNT: _("Account"),
}
FATES = {
	Fate.OPENED: (_("Opens a ticket"), "blue"),
	Fate.JOINED: (_("Joins a ticket"), "light-blue"),
	Fate.FOLDED: (_("Folded into an incident"), "purple"),
	Fate.WATCHED: (_("Watched"), "gray"),
	Fate.IGNORED: (_("Ignored"), "gray"),
	Fate.FAILED: (_("Failed"), "red"),
}
COLORS = {
	"green": _("Listening"),
	"orange": _("Trouble"),
	"red": _("Failing"),
	"grey": _("Not read yet"),
}


@dataclass(frozen=True)
class Field:
	key: str
	label: Sentence
	secret: bool
	required: bool
	default: str


@dataclass(frozen=True)
class Network:
	"""What the form asks for, and what an admin should know first."""

	code: str
	label: str
	fields: tuple[Field, ...]
	guide: str
	costs: Sentence


@dataclass(frozen=True)
class Checked:
	"""``account`` as far as the network told; ``problem`` is what a person has to mend."""

	account: Account | None
	problem: Sentence | None


@dataclass(frozen=True)
class Post:
	author: str
	url: str
	text: str
	sent_at: datetime
	fate: Sentence
	color: str
	reason: str


@dataclass(frozen=True)
class Preview:
	posts: tuple[Post, ...]
	problem: Sentence | None


@dataclass(frozen=True)
class StreamHealth:
	label: Sentence
	color: str
	failures: int
	last_error: str
	last_success_at: datetime | None
	next_at: datetime | None
	rate_left: str
	gap_since: datetime | None
	gap_until: datetime | None


@dataclass(frozen=True)
class ChannelHealth:
	color: str
	state: Sentence
	account: Account | None
	connected_at: datetime | None
	streams: tuple[StreamHealth, ...]
	undecided: int
	cost_micros: int  # in this month


# --- what to fill in ----------------------------------------------------------------------------------------


def networks() -> list[Network]:
	return sorted((_network(one) for one in drivers().values()), key=lambda one: one.label)


def _network(driver: type[Channel]) -> Network:
	fields = tuple(
		Field(one.key, Sentence(one.label), one.secret, one.required, one.default) for one in driver.settings
	)
	return Network(
		driver.code, driver.label, fields, GUIDE.format(driver.code), Sentence(driver.capabilities.costs)
	)


def check(host: Host, channel: str, clock: Clock) -> Checked:
	"""Whose account is it, and what does it lack?"""
	try:
		found = account.check(host, channel, clock)
	except ChannelError as error:
		return Checked(None, error.sentence)
	if found.missing:
		lacks = ", ".join(found.missing)
		return Checked(found, _("The credentials lack a permission: {0}. Make new ones with it.", lacks))
	return Checked(found, None)


def preview(host: Host, channel: str, clock: Clock) -> Preview:
	"""The newest posts with the fate that each would get. Nothing is stored."""
	try:
		found = preview_of(host, account.the_channel(host, channel), clock)
	except ChannelError as error:
		return Preview((), error.sentence)
	return Preview(tuple(_post(one) for one in found), None)


def _post(one: Previewed) -> Post:
	label, color = FATES[one.fate]
	return Post(one.author, one.url, one.text, one.sent_at, label, color, one.reason)


# --- how it is ----------------------------------------------------------------------------------------------


def health(host: Host, channel: str, clock: Clock) -> ChannelHealth:
	rows = host.store.find(SocialStream, {"channel": channel}, order="duty,label,name", limit=1000)
	color = colors(host).get(channel, "grey")
	return ChannelHealth(
		color=color,
		state=COLORS[color],
		account=account.known_account(host, channel),
		connected_at=account.connected_at(host, channel),
		streams=tuple(_stream(row) for row in rows if row.duty is not Duty.DECIDE),
		undecided=host.store.tally(SocialMessage, (), {"channel": channel, "fate": None}).get((), 0),
		cost_micros=_spent(host, channel, rows, clock()),
	)


def _stream(row: SocialStream) -> StreamHealth:
	return StreamHealth(
		label=DUTIES.get(row.duty) or Sentence(row.label),
		color=_color(row.failures),
		failures=row.failures,
		last_error=row.last_error,
		last_success_at=row.last_success_at,
		next_at=row.next_at if row.duty is not Duty.ACCOUNT else None,
		rate_left=row.rate_left,
		gap_since=row.gap_since,
		gap_until=row.gap_until,
	)


def _spent(host: Host, channel: str, rows: Sequence[SocialStream], now: datetime) -> int:
	"""Millionths of a dollar in the month of ``now`` (UTC, as networks bill)."""
	month = now.astimezone(timezone.utc).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
	reading = sum(row.month_cost_micros for row in rows if row.cost_month == month_of(month))
	sent = {"channel": channel, "sent_at": From(month)}
	return reading + sum(cost for (cost,) in host.store.columns(SocialReply, ("cost_micros",), sent))


def colors(host: Host) -> Mapping[str, str]:
	"""Of all channels, by one grouped query."""
	worst: dict[str, int] = {}
	for channel, failures in host.store.tally(SocialStream, ("channel", "failures"), {"duty": Duty.POLL}):
		worst[channel] = max(failures, worst.get(channel, 0))
	enabled = {
		one.name for one in host.store.find(SocialChannel, {"enabled": True}, order="name", limit=1000)
	}
	return {channel: _color(failures) for channel, failures in worst.items() if channel in enabled}


def _color(failures: int) -> str:
	if failures >= RED_FROM:
		return "red"
	return "orange" if failures else "green"
