"""Which streams a channel has, and which are due: what the dispatcher asks each minute. Fetches nothing."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, time, timedelta, timezone
from typing import TypeVar

from social_service.account import Clock, account_row, connect, connected_at, duty_row
from social_service.channels.base import Channel, Stream
from social_service.channels.errors import Rejected
from social_service.hosts.base import Before, Host
from social_service.ledger import Duty, SocialMessage, SocialStream, digest
from social_service.listen.intake import SCAN
from social_service.settings import SocialChannel

ARRIVING_SECONDS = 30
FORGOTTEN = timedelta(minutes=10)
NIGHT = time(2, tzinfo=timezone.utc)  # few people write, and the new day's limits are fresh
SPREAD_MINUTES = 120  # so that not all scans begin at once
NEVER = timedelta(days=36500)  # None would be: at once
R = TypeVar("R")
log = logging.getLogger(__name__)


def due(host: Host, clock: Clock) -> list[SocialStream]:
	"""The stream rows to work on now, of all channels that are awake: to be fetched, or with posts to decide."""
	now = clock()
	found = each_awake(host, lambda channel: duties(host, channel, clock))
	return [row for rows in found for row in rows if is_due(row, now)]


def each_awake(host: Host, look: Callable[[SocialChannel], R]) -> list[R]:
	"""The edge of the dispatcher: a broken driver must not silence the other channels."""
	found = []
	for channel in awake(host):
		try:
			found.append(look(channel))
		except Exception:
			log.exception("channel %s can't be listened to", channel.name)
	return found


def awake(host: Host) -> list[SocialChannel]:
	enabled = host.store.find(SocialChannel, {"enabled": True}, order="name", limit=1000)
	return [channel for channel in enabled if channel.is_awake]


def duties(host: Host, channel: SocialChannel, clock: Clock) -> list[SocialStream]:
	"""All stream rows of the channel; missing ones are made. A channel of an unknown network, or before it is connected,
	has none."""
	try:
		driver = connect(host, channel, clock)
	except Rejected:
		return []
	if not is_connected(host, channel, driver):
		return []
	rows = [account_row(host, channel.name), *polled(host, channel, driver, clock)]
	rows += _scans(host, channel, driver, clock())
	hinted = {
		"channel": channel.name,
		"duty": Duty.ONCE,
		"next_at": Before(clock() + timedelta(milliseconds=1)),
	}
	rows += host.store.find(SocialStream, hinted, order="next_at", limit=200)
	if driver.capabilities.recheck_minutes:
		rows.append(duty_row(host, channel.name, Duty.RECHECK))
	if host.store.tally(SocialMessage, (), {"channel": channel.name, "fate": None}).get((), 0):
		rows.append(duty_row(host, channel.name, Duty.DECIDE))
	return rows


def is_connected(host: Host, channel: SocialChannel, driver: Channel) -> bool:
	"""Has everything been filled in that the driver needs? Before that nothing is asked, and nothing alarms."""
	options = channel.options()
	return all(
		host.secret(channel.name, one.key) if one.secret else options.get(one.key) or one.default
		for one in driver.settings
		if one.required
	)


def polled(host: Host, channel: SocialChannel, driver: Channel, clock: Clock) -> list[SocialStream]:
	"""The rows of the streams that the driver has now."""
	began = begins(host, channel, clock())
	return [
		duty_row(host, channel.name, Duty.POLL, key=one.key, label=one.label, began_at=began)
		for one in driver.streams()
	]


def _scans(host: Host, channel: SocialChannel, driver: Channel, now: datetime) -> list[SocialStream]:
	"""Of the streams that are scanned each night, and of those whose gap an admin wants closed."""
	rows = []
	for stream in driver.streams():
		key = SocialStream.key(channel.name, SCAN + stream.key)
		there = host.store.find(SocialStream, {"digest": key}, order="name", limit=1)
		if there or stream.scan_days:
			rows += there or [scan_row(host, channel, stream, now)]
	return rows


def scan_row(host: Host, channel: SocialChannel, stream: Stream, now: datetime) -> SocialStream:
	"""Made with its first night, so that connecting a channel does not read everything twice."""
	began = duty_row(host, channel.name, Duty.POLL, key=stream.key, label=stream.label).began_at
	key = SCAN + stream.key
	row = duty_row(host, channel.name, Duty.SCAN, key=key, label=stream.label, began_at=began)
	if row.next_at:
		return row
	night = next_night(channel.name, stream, now)
	with host.transaction():
		return host.store.change(row, only_if={"next_at": None}, next_at=night) or row


def next_night(channel: str, stream: Stream, now: datetime) -> datetime:
	"""After two in the night (UTC), each stream at a minute of its own. Never, where reading again costs money."""
	if not stream.scan_days:
		return now + NEVER
	minute = int(digest(channel, stream.key)[:8], 16) % SPREAD_MINUTES
	tonight = datetime.combine(now.astimezone(timezone.utc).date(), NIGHT) + timedelta(minutes=minute)
	return tonight if tonight > now + timedelta(hours=1) else tonight + timedelta(days=1)


def begins(host: Host, channel: SocialChannel, now: datetime) -> datetime:
	"""The first streams begin with the channel's connection; a keyword that is added later begins when it is added."""
	polls = {"channel": channel.name, "duty": Duty.POLL}
	return now if host.store.tally(SocialStream, (), polls)[()] else connected_at(host, channel.name) or now


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
