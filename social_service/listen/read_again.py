"""Read the posts of recent tickets again: edits and deletions come with no event on some networks."""

from __future__ import annotations

from datetime import timedelta

from social_service.account import Clock
from social_service.hosts.base import From, Host, In
from social_service.ledger import SocialMessage, SocialStream
from social_service.listen.intake import store_page
from social_service.listen.listener import Listener, with_lease
from social_service.records import Fate, Page

RECHECKED_FOR = timedelta(hours=48)
RECHECK_BATCH = 100
RECHECK_MOST = 1000


def recheck(host: Host, stream_name: str, clock: Clock) -> int:
	return with_lease(host, stream_name, clock, _read_again)


def _read_again(listener: Listener, leased: SocialStream) -> int:
	row, pause = leased, timedelta(minutes=listener.driver.capabilities.recheck_minutes)
	if not listener.money.is_spent:
		recent = _of_recent_tickets(listener)
		for start in range(0, len(recent), RECHECK_BATCH):
			row = _read_batch(listener, row, recent[start : start + RECHECK_BATCH])
	listener.succeeded(row, listener.clock() + pause)
	return 0


def _of_recent_tickets(listener: Listener) -> list[str]:
	watched = {
		"channel": listener.channel.name,
		"fate": In((Fate.OPENED, Fate.JOINED)),
		"sent_at": From(listener.clock() - RECHECKED_FOR),
		"deleted_at": None,
	}
	found = listener.host.store.find(SocialMessage, watched, order="-sent_at", limit=RECHECK_MOST)
	return [message.external_id for message in found]


def _read_batch(listener: Listener, row: SocialStream, batch: list[str]) -> SocialStream:
	found = listener.driver.get(batch)
	gone = tuple(external_id for external_id, message in found.items() if message is None)
	page = Page(tuple(filter(None, found.values())), row.cursor, deleted=gone)
	return store_page(listener.host, listener.channel, row, page, listener.clock())
