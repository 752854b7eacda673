"""Comments below the entries of a feed: each entry may name a feed of its own for them, and mostly says how many there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import requests

from social_service.channels.errors import ChannelError, Throttled
from social_service.channels.rss.cursor import Position, digest
from social_service.channels.rss.entry import id_of
from social_service.channels.rss.fetching import fetch
from social_service.channels.rss.parsing import MOST_ENTRIES, parse
from social_service.channels.rss.window import read_feed
from social_service.records import Message, Page, Unreadable

AT_ONCE = 10  # feeds of comments that one page asks for
FAILED = -1  # a count that no entry has: it is asked again when all others were


@dataclass(frozen=True)
class Commented:
	"""An entry with a feed of its comments. ``count`` None: it does not say how many there are."""

	id: str
	feed: str
	count: int | None

	@property
	def key(self) -> str:
		return digest(self.id)


def has_comments(entries: Sequence[Mapping]) -> bool:
	return any(_feed_of(entry) for entry in entries)


def read_comments(session: requests.Session, address: str, position: Position) -> Page:
	"""Without conditions: a blog's own feed does not count as changed when somebody comments."""
	fetched = fetch(session, address)
	entries = parse(fetched).entries[:MOST_ENTRIES]
	commented = [Commented(id_of(one, fetched.host), _feed_of(one), _count(one)) for one in entries]
	known = [one for one in commented if one.feed]
	chosen, more = _chosen(known, position.counts)
	return _read(session, replace(position, counts=_still(known, position.counts)), chosen, more)


def _chosen(commented: Sequence[Commented], counts: Mapping[str, int]) -> tuple[list[Commented], bool]:
	"""Whose number changed; then those that failed, and the newest ones of those that tell no number."""
	changed = [one for one in commented if one.count is not None and one.count != counts.get(one.key, 0)]
	fresh = [one for one in changed if counts.get(one.key) != FAILED]
	failed = [one for one in changed if counts.get(one.key) == FAILED]
	silent = [one for one in commented if one.count is None][:AT_ONCE]
	more = len(fresh) > AT_ONCE
	return fresh[:AT_ONCE] + ([] if more else failed[: AT_ONCE - len(fresh)] + silent), more


def _still(commented: Sequence[Commented], counts: Mapping[str, int]) -> dict[str, int]:
	"""What has left the window is forgotten."""
	return {one.key: counts[one.key] for one in commented if one.key in counts}


def _read(session: requests.Session, position: Position, chosen: Sequence[Commented], more: bool) -> Page:
	messages: list[Message] = []
	unreadable: list[Unreadable] = []
	counts, seen = dict(position.counts), position.seen
	for one in chosen:
		found = _below(session, one, replace(position, seen=seen, newest=""))
		if found:
			page, seen = found
			messages += page.messages
			unreadable += page.unreadable
		if one.count is not None:
			counts[one.key] = one.count if found else FAILED
	since = position.since if more or FAILED in counts.values() else ""
	following = Position(seen=seen, counts=counts, since=since)
	ordered = tuple(sorted(messages, key=lambda one: one.sent_at))
	return Page(ordered, following.text(), more=more, unreadable=tuple(unreadable))


def _below(
	session: requests.Session, one: Commented, position: Position
) -> tuple[Page, tuple[str, ...]] | None:
	"""A closed or broken feed of comments stops no other. Who asks us to wait is heard."""
	try:
		page, following = read_feed(session, one.feed, replace(position, etag="", modified=""), below=one.id)
	except Throttled:
		raise
	except ChannelError:
		return None
	return page, following.seen


def _feed_of(entry: Mapping) -> str:
	told = str(entry.get("wfw_commentrss") or entry.get("wfw_comment_rss") or "")
	for link in entry.get("links") or ():
		if link.get("rel") == "replies" and "atom" in str(link.get("type") or ""):
			told = told or str(link.get("href") or "")
	return told if told.startswith(("http://", "https://")) else ""


def _count(entry: Mapping) -> int | None:
	told = str(entry.get("slash_comments") or entry.get("thr_total") or "")
	return int(told) if told.isdigit() and len(told) < 10 else None
