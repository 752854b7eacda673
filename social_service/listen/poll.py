"""Listen: a due stream comes in; stored Social Messages, a moved cursor and the stream's health go out.

Nothing is decided here. A page and its cursor are stored in one transaction; what is there already is skipped quietly.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from social_service.account import Clock, ready
from social_service.channels.base import Stream
from social_service.hosts.base import Host
from social_service.ledger import SocialStream
from social_service.listen.intake import store_page
from social_service.listen.lease import LONGEST_WAIT, change, with_lease
from social_service.pause import pause_point
from social_service.settings import SocialChannel

MAX_PAGES = 25  # in one job; the rest is due at once
FIRST_LOOK_BACK = timedelta(hours=24)


def poll(host: Host, stream_name: str, clock: Clock) -> int:
	"""Fetch and store what is new. Returns how many posts were new; a failure stands on the row, with the next time."""
	return with_lease(host, stream_name, clock, _drain)


def _drain(host: Host, channel: SocialChannel, leased: SocialStream, clock: Clock) -> int:
	driver = ready(host, channel, clock)
	stream = next((one for one in driver.streams() if one.key == leased.stream_key), None)
	if stream is None:  # its keyword was taken out
		change(host, leased, lease_until=None, next_at=clock() + LONGEST_WAIT)
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
	change(
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
