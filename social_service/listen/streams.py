"""Which streams a channel has, and which are due: what the dispatcher asks each minute. Fetches nothing."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from social_service.account import Clock, connect, connected_at, duty_row
from social_service.channels.errors import Rejected
from social_service.hosts.base import Host
from social_service.ledger import Duty, SocialMessage, SocialStream
from social_service.settings import SocialChannel

ARRIVING_SECONDS = 30
FORGOTTEN = timedelta(minutes=10)
log = logging.getLogger(__name__)


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
