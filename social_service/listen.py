"""Listen: a due stream comes in; stored Social Messages, a moved cursor and the stream's health go out.

Nothing is decided here. A page and its cursor are stored in one transaction; what is there already is skipped quietly.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from social_service.account import Clock, connect, connected_at, duty_row, ready, the_channel
from social_service.channels.base import Stream
from social_service.channels.errors import AuthFailed, ChannelError, NotSupported, Rejected, Throttled
from social_service.hosts.base import From, Host, In
from social_service.intake import LEASE_SECONDS, LeaseLost, store_page
from social_service.ledger import Duty, SocialMessage, SocialStream
from social_service.pause import pause_point
from social_service.records import Fate, Page
from social_service.sentence import _
from social_service.settings import SocialChannel

Work = Callable[[Host, SocialChannel, SocialStream, Clock], int]
MAX_PAGES = 25  # in one job; the rest is due at once
FIRST_LOOK_BACK = timedelta(hours=24)
RECHECKED_FOR = timedelta(hours=48)
RECHECK_BATCH = 100
RECHECK_MOST = 1000
LONGEST_WAIT = timedelta(hours=1)
ARRIVING_SECONDS = 30
FORGOTTEN = timedelta(minutes=10)
log = logging.getLogger(__name__)


# --- which streams, when -------------------------------------------------------------------------------------


def due(host: Host, clock: Clock) -> list[SocialStream]:
	"""The stream rows to work on now, of all enabled channels: due to be fetched, or with posts to decide."""
	now, rows = clock(), []
	for channel in host.store.find(SocialChannel, {"enabled": True}, order="name", limit=1000):
		try:
			rows += [row for row in duties(host, channel, clock) if is_due(row, now)]
		except Exception:  # the edge of the dispatcher: a broken driver must not silence the other channels
			log.exception("channel %s can't be listened to", channel.name)
	return rows


def duties(host: Host, channel: SocialChannel, clock: Clock) -> list[SocialStream]:
	"""All stream rows of the channel; missing ones are made. A channel of an unknown network has none."""
	try:
		driver = connect(host, channel, clock)
	except Rejected:
		return []
	began = _begins(host, channel, clock())
	rows = [
		duty_row(host, channel.name, Duty.POLL, key=one.key, label=one.label, began_at=began)
		for one in driver.streams()
	]
	if driver.capabilities.recheck_minutes:
		rows.append(duty_row(host, channel.name, Duty.RECHECK))
	if host.store.tally(SocialMessage, (), {"channel": channel.name, "fate": None}).get((), 0):
		rows.append(duty_row(host, channel.name, Duty.DECIDE))
	return rows


def _begins(host: Host, channel: SocialChannel, now: datetime) -> datetime:
	"""The first streams begin with the channel's connection; a keyword that is added later begins when it is added."""
	polled = {"channel": channel.name, "duty": Duty.POLL}
	return now if host.store.tally(SocialStream, (), polled)[()] else connected_at(host, channel.name) or now


def is_due(row: SocialStream, now: datetime) -> bool:
	leased = row.lease_until is not None and row.lease_until > now
	return not leased and (row.next_at is None or row.next_at <= now)


def is_arriving(host: Host, channel: str, now: datetime) -> bool:
	"""Is a page of this channel on its way? Then a decision waits a little, so that the older post is decided first."""
	streams = host.store.find(SocialStream, {"channel": channel, "duty": Duty.POLL}, order="name", limit=1000)
	if not any(_is_on_its_way(row, now) for row in streams):
		return False
	waiting = {"channel": channel, "fate": None}
	oldest = host.store.find(SocialMessage, waiting, order="stored_at", limit=1)
	return bool(oldest) and now - oldest[0].stored_at < timedelta(seconds=ARRIVING_SECONDS)


def _is_on_its_way(row: SocialStream, now: datetime) -> bool:
	"""A stream that was due long ago is not polled any more: its keyword was taken out."""
	if row.lease_until and row.lease_until > now:
		return True
	return is_due(row, now) and (row.next_at is None or now - row.next_at < FORGOTTEN)


# --- fetching ------------------------------------------------------------------------------------------------


def poll(host: Host, stream_name: str, clock: Clock) -> int:
	"""Fetch and store what is new. Returns how many posts were new; a failure stands on the row, with the next time."""
	return _with_lease(host, stream_name, clock, _drain)


def recheck(host: Host, stream_name: str, clock: Clock) -> int:
	"""Read the posts of recent tickets again: edits and deletions come with no event on some networks."""
	return _with_lease(host, stream_name, clock, _read_again)


def _with_lease(host: Host, stream_name: str, clock: Clock, work: Work) -> int:
	row = host.store.get(SocialStream, [stream_name]).get(stream_name)
	leased = row and host.store.claim(row, seconds=LEASE_SECONDS, now=clock())
	if not leased:
		return 0
	channel = the_channel(host, leased.channel)
	if not is_due(replace(leased, lease_until=None), clock()) or not channel.enabled:
		_change(host, leased, lease_until=None)
		return 0
	try:
		return work(host, channel, leased, clock)
	except LeaseLost:
		return 0  # another worker has the stream, and will fetch the same page
	except ChannelError as error:
		_note_failure(host, channel, leased.name, error, clock())
		return 0


def _drain(host: Host, channel: SocialChannel, leased: SocialStream, clock: Clock) -> int:
	driver = ready(host, channel, clock)
	stream = next((one for one in driver.streams() if one.key == leased.stream_key), None)
	if stream is None:  # its keyword was taken out
		_change(host, leased, lease_until=None, next_at=clock() + LONGEST_WAIT)
		return 0
	since = ((leased.began_at or clock()) - FIRST_LOOK_BACK).isoformat()
	before, row = leased.stored, leased
	for _number in range(MAX_PAGES):
		page = driver.fetch(stream, row.cursor, since)
		pause_point("after fetch")
		row = store_page(host, channel, row, page, clock())
		pause_point("after store")
		if not page.more:
			break
	_rest(host, channel, row, stream, clock(), news=row.stored - before, more=page.more)
	return row.stored - before


def _rest(
	host: Host,
	channel: SocialChannel,
	row: SocialStream,
	stream: Stream,
	now: datetime,
	*,
	news: int,
	more: bool,
) -> None:
	"""Release the lease and choose the next time: sooner while people write, later while they don't."""
	shortest = max(channel.poll_min_s, stream.min_seconds)
	longest = max(channel.poll_max_s, shortest)
	wanted = (row.interval_s or shortest) * (0.5 if news else 1.5)
	interval = int(min(max(wanted, shortest), longest))
	next_at = now if more else now + timedelta(seconds=interval)
	_change(
		host,
		row,
		lease_until=None,
		next_at=next_at,
		interval_s=interval,
		failures=0,
		last_error="",
		last_tried_at=now,
		last_success_at=now,
	)


def _note_failure(host: Host, channel: SocialChannel, name: str, error: ChannelError, now: datetime) -> None:
	"""Write down what went wrong and when we try again; tell the channel's person once if only they can mend it."""
	row = host.store.get(SocialStream, [name])[name]
	is_first = not row.failures
	failures = row.failures + (not isinstance(error, Throttled))
	wait = _wait(channel, error, failures)
	_change(
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


def _change(host: Host, row: SocialStream, **values: object) -> None:
	with host.transaction():
		host.store.change(row, only_if={"lease_until": row.lease_until}, **values)


# --- reading again -------------------------------------------------------------------------------------------


def _read_again(host: Host, channel: SocialChannel, leased: SocialStream, clock: Clock) -> int:
	driver, now = ready(host, channel, clock), clock()
	watched = {
		"channel": channel.name,
		"fate": In((Fate.OPENED, Fate.JOINED)),
		"sent_at": From(now - RECHECKED_FOR),
		"deleted_at": None,
	}
	recent = host.store.find(SocialMessage, watched, order="-sent_at", limit=RECHECK_MOST)
	row = leased
	for start in range(0, len(recent), RECHECK_BATCH):
		found = driver.get([message.external_id for message in recent[start : start + RECHECK_BATCH]])
		gone = tuple(external_id for external_id, message in found.items() if message is None)
		page = Page(tuple(filter(None, found.values())), leased.cursor, deleted=gone)
		row = store_page(host, channel, row, page, clock())
	pause = timedelta(minutes=driver.capabilities.recheck_minutes)
	_change(
		host,
		row,
		lease_until=None,
		next_at=clock() + pause,
		failures=0,
		last_error="",
		last_tried_at=now,
		last_success_at=now,
	)
	return 0
