"""Read the posts of recent tickets again: edits and deletions come with no event on some networks."""

from __future__ import annotations

from datetime import timedelta

from social_service.account import Clock, ready
from social_service.hosts.base import From, Host, In
from social_service.ledger import SocialMessage, SocialStream
from social_service.listen.intake import store_page
from social_service.listen.lease import change, with_lease
from social_service.records import Fate, Page
from social_service.settings import SocialChannel

RECHECKED_FOR = timedelta(hours=48)
RECHECK_BATCH = 100
RECHECK_MOST = 1000


def recheck(host: Host, stream_name: str, clock: Clock) -> int:
	return with_lease(host, stream_name, clock, _read_again)


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
	change(
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
