"""The alarm: a stream that nobody reads, that is quieter than its own history, or whose canary is missing.

A working sign-in proves nothing. The responsible person hears of each channel once, with what to do, and again when it is over.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import Enum

from social_service.account import Clock, account_row, connect, connected_at
from social_service.channels.errors import Rejected
from social_service.hosts.base import From, Host, In
from social_service.ledger import Duty, SocialMessage, SocialStream
from social_service.listen import budget, rhythm
from social_service.listen.credentials import SIGN_IN_ENDS
from social_service.listen.polling import NEWS_AT
from social_service.listen.streams import each_awake
from social_service.sentence import Sentence, _
from social_service.settings import SocialChannel

RHYTHM, RHYTHM_AT = "rhythm", "rhythm_at"
LEARNT_EVERY = timedelta(hours=24)
CANARY_SPAN = timedelta(hours=26)


class Turn(Enum):
	"""What happened to a row's alarm just now."""

	BEGUN = "begun"
	OVER = "over"


def watch(host: Host, clock: Clock) -> None:
	"""By the dispatcher, each minute."""
	each_awake(host, lambda channel: _watch_channel(host, channel, clock))


def _watch_channel(host: Host, channel: SocialChannel, clock: Clock) -> None:
	now = clock()
	rows = _learnt(host, channel, _streams(host, channel, clock), now)
	is_spent = budget.of_channel(host, channel, now).is_spent
	found = [(row, _of_stream(channel, row, now, is_spent=is_spent)) for row in rows]
	found += [(row, _refused(row)) for row in _beside(host, channel) if row.alarm]
	account = account_row(host, channel.name)
	found.append((account, _of_account(host, channel, account, now)))
	with host.transaction():
		turned = [(row, alarm, _turn(host, row, alarm, now)) for row, alarm in found]
		_tell(host, channel, turned)


def _streams(host: Host, channel: SocialChannel, clock: Clock) -> list[SocialStream]:
	"""The rows of the streams that the channel has now."""
	try:
		keys = {one.key for one in connect(host, channel, clock).streams()}
	except Rejected:
		return []
	polled = {"channel": channel.name, "duty": Duty.POLL}
	rows = host.store.find(SocialStream, polled, order="label,name", limit=1000)
	return [row for row in rows if row.stream_key in keys]


def _beside(host: Host, channel: SocialChannel) -> list[SocialStream]:
	"""Rows that are due now and then only: nobody waits for them, but a refusal must be told."""
	duties = In((Duty.SCAN, Duty.RECHECK, Duty.ONCE))
	return host.store.find(
		SocialStream, {"channel": channel.name, "duty": duties}, order="label,name", limit=1000
	)


# --- what is wrong -------------------------------------------------------------------------------------------


def _of_stream(
	channel: SocialChannel, row: SocialStream, now: datetime, *, is_spent: bool
) -> Sentence | None:
	if is_spent and not budget.is_essential(channel, row):
		return None
	return _refused(row) or _unread(channel, row, now) or _quiet(row, now)


def _refused(row: SocialStream) -> Sentence | None:
	"""What only a person can mend: ``Listener.failed`` wrote it down. Over with the next success."""
	return Sentence(row.alarm) if row.alarm and row.failures else None


def _unread(channel: SocialChannel, row: SocialStream, now: datetime) -> Sentence | None:
	"""No success for too long."""
	since = row.last_success_at or row.began_at
	patience = timedelta(minutes=channel.silence_minutes)
	if since is None:
		return None
	deadline = since + max(patience, timedelta(seconds=2 * row.interval_s))
	if row.next_at and not row.last_error:
		deadline = max(deadline, row.next_at + patience)
	if now <= deadline:
		return None
	minutes = int((now - since).total_seconds() // 60)
	if row.last_error:
		return _(
			"Nothing could be read for {0} minutes: {1} Press Check connection.", minutes, row.last_error
		)
	return _(
		"Nothing was read for {0} minutes, and nothing failed: no worker took the job. See whether a worker of the queue short runs.",
		minutes,
	)


def _quiet(row: SocialStream, now: datetime) -> Sentence | None:
	"""It is read, and nothing comes."""
	if RHYTHM not in row.facts or NEWS_AT not in row.facts:
		return None
	usual, since = rhythm.of_json(row.facts[RHYTHM]), datetime.fromisoformat(row.facts[NEWS_AT])
	if not usual.is_silent(since, now):
		return None
	hours = max(int((now - since).total_seconds() // 3600), 1)
	return _(
		"Nothing has come for {0} hours; {1} posts are usual in that time. Look on the network whether there are posts. If there are, press Backfill and connect again.",
		hours,
		round(usual.expected(since, now)),
	)


def _of_account(host: Host, channel: SocialChannel, row: SocialStream, now: datetime) -> Sentence | None:
	"""A sign-in that ends (``credentials.tend`` says so), or a canary that does not sing."""
	if row.facts.get(SIGN_IN_ENDS):
		return Sentence(row.alarm)
	connected = connected_at(host, channel.name)
	if not channel.canary or connected is None or now - connected < CANARY_SPAN:
		return None
	handle = channel.canary.strip().removeprefix("@")
	recent = {"channel": channel.name, "handle": handle, "sent_at": From(now - CANARY_SPAN)}
	if host.store.find(SocialMessage, recent, order="-sent_at", limit=1):
		return None
	return _(
		"The daily post of {0} did not arrive. If it is on the network, press Check connection and Backfill.",
		handle,
	)


# --- once, and once more -------------------------------------------------------------------------------------


def _turn(host: Host, row: SocialStream, alarm: Sentence | None, now: datetime) -> Turn | None:
	"""Alarms begin, are told once, and end."""
	if alarm and not row.alarm_at:
		begun = host.store.change(row, only_if={"alarm_at": None}, alarm=alarm, alarm_at=now)
		return Turn.BEGUN if begun else None
	if not alarm and (row.alarm or row.alarm_at):
		host.store.change(row, alarm="", alarm_at=None)
		return Turn.OVER if row.alarm_at else None
	return None


def _tell(host: Host, channel: SocialChannel, found: Sequence[tuple]) -> None:
	if not channel.responsible:
		return
	known = {_cause(row, alarm) for row, alarm, turn in found if alarm and turn is not Turn.BEGUN}
	begun = [
		f"{row.label}: {alarm}"
		for row, alarm, turn in found
		if turn is Turn.BEGUN and _cause(row, alarm) not in known
	]
	over = [row.label for row, _alarm, turn in found if turn is Turn.OVER]
	if begun:
		host.desk.tell(channel.responsible, _("{0}: {1}", channel.title, "\n".join(begun)))
	if over:
		host.desk.tell(channel.responsible, _("{0} works again: {1}.", channel.title, ", ".join(over)))


def _cause(row: SocialStream, alarm: Sentence) -> str:
	"""A second stream that stops for the same reason is no second notice."""
	return row.last_error or str(alarm)


# --- what is usual -------------------------------------------------------------------------------------------


def _learnt(
	host: Host, channel: SocialChannel, rows: Sequence[SocialStream], now: datetime
) -> list[SocialStream]:
	"""Once a day each stream's rhythm is learnt anew from the posts of the last weeks."""
	return [_learn(host, channel, row, now) if _is_stale(row, now) else row for row in rows]


def _is_stale(row: SocialStream, now: datetime) -> bool:
	at = row.facts.get(RHYTHM_AT)
	return at is None or now - datetime.fromisoformat(at) > LEARNT_EVERY


def _learn(host: Host, channel: SocialChannel, row: SocialStream, now: datetime) -> SocialStream:
	since = max(row.began_at or now, now - rhythm.LOOKED_BACK)
	posts = {"channel": channel.name, "stream": row.stream_key, "sent_at": From(since)}
	times = [at for (at,) in host.store.columns(SocialMessage, ("sent_at",), posts)]
	usual = rhythm.of_posts(times, since, now)
	facts = {**row.facts, RHYTHM: usual.as_json(), RHYTHM_AT: now.isoformat()}
	with host.transaction():
		return host.store.change(row, only_if={"lease_until": None}, facts=facts) or row
