"""The health of one channel: what each stream brought, how late, what is missing, what it cost. Asks no network."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from social_service import account
from social_service.account import Clock
from social_service.channel_view import SILENT, State, state_after, states
from social_service.channels.errors import ChannelError
from social_service.hosts.base import Host
from social_service.ledger import Duty, SocialMessage, SocialStream
from social_service.listen import budget, figures
from social_service.listen.budget import Budget
from social_service.listen.figures import Figures
from social_service.records import Account
from social_service.sentence import Sentence, _
from social_service.settings import SocialChannel

SHOWN = (Duty.POLL, Duty.PUSH, Duty.SCAN, Duty.RECHECK, Duty.ACCOUNT)  # in this order
DUTIES = {
	Duty.PUSH: _("Webhook"),
	Duty.RECHECK: _("Edits and deletions"),
	Duty.ACCOUNT: _("Account"),
}


@dataclass(frozen=True)
class Gap:
	"""A time of which the network tells nothing more, or told too late; ``since`` None = nobody knows when it began."""

	since: datetime | None
	until: datetime
	reason: str


@dataclass(frozen=True)
class Alarm:
	"""Its text says what to do."""

	text: str
	since: datetime | None


@dataclass(frozen=True)
class StreamHealth:
	key: str
	label: Sentence
	is_polled: bool
	state: State
	failures: int
	last_error: str
	last_success_at: datetime | None
	next_at: datetime | None
	rate_left: str
	rate_resets_at: datetime | None
	figures: Figures | None  # of the streams that bring posts
	gap: Gap | None
	alarm: Alarm | None


@dataclass(frozen=True)
class ChannelHealth:
	state: State
	account: Account | None
	connected_at: datetime | None
	signed_in_until: datetime | None
	streams: tuple[StreamHealth, ...]
	undecided: int
	budget: Budget


def health(host: Host, channel_name: str, clock: Clock) -> ChannelHealth:
	channel, now = account.the_channel(host, channel_name), clock()
	rows = host.store.find(SocialStream, {"channel": channel.name}, order="label,name", limit=1000)
	by_stream = figures.of_channel(host, channel, now)
	shown = sorted((row for row in rows if row.duty in SHOWN), key=lambda row: SHOWN.index(row.duty))
	waiting = {"channel": channel.name, "fate": None}
	return ChannelHealth(
		state=states(host)[channel.name],
		account=account.known_account(host, channel.name),
		connected_at=account.connected_at(host, channel.name),
		signed_in_until=_signed_in_until(host, channel, clock),
		streams=tuple(_stream(row, by_stream.get(row.stream_key), now) for row in shown),
		undecided=host.store.tally(SocialMessage, (), waiting).get((), 0),
		budget=budget.of_channel(host, channel, now),
	)


def _stream(row: SocialStream, brought: Figures | None, now: datetime) -> StreamHealth:
	works = row.duty is not Duty.ACCOUNT and row.duty is not Duty.PUSH  # these have no time of their own
	return StreamHealth(
		key=row.stream_key,
		label=_label(row),
		is_polled=row.duty is Duty.POLL,
		state=SILENT if row.alarm else state_after(row.failures),
		failures=row.failures,
		last_error=row.last_error,
		last_success_at=row.last_success_at,
		next_at=row.next_at if works and _is_soon(row.next_at, now) else None,
		rate_left=row.rate_left,
		rate_resets_at=row.rate_resets_at if row.rate_resets_at and row.rate_resets_at > now else None,
		figures=brought,
		gap=Gap(row.gap_since, row.gap_until, row.gap_reason) if row.gap_until else None,
		alarm=Alarm(row.alarm, row.alarm_at) if row.alarm else None,
	)


def _label(row: SocialStream) -> Sentence:
	if row.duty is Duty.SCAN:
		return _("Nightly scan: {0}", Sentence(row.label))
	return DUTIES.get(row.duty) or Sentence(row.label)


def _is_soon(moment: datetime | None, now: datetime) -> bool:
	"""A scan that nobody asked for is never due: it stands decades ahead."""
	return moment is not None and (moment - now).days < 365


def _signed_in_until(host: Host, channel: SocialChannel, clock: Clock) -> datetime | None:
	try:
		signed_in = account.connect(host, channel, clock).sign_in()
	except ChannelError:  # a network that is not here any more
		return None
	return signed_in.until if signed_in else None
