"""Comments below the newest entries of a feed: each entry may name a feed of its own for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import requests

from social_service.channels.errors import ChannelError, Throttled
from social_service.channels.rss.cursor import KEPT, Position, digest
from social_service.channels.rss.entry import id_of
from social_service.channels.rss.fetching import fetch
from social_service.channels.rss.parsing import parse
from social_service.channels.rss.window import read_feed
from social_service.records import Message, Page, Unreadable

ENTRIES = 10  # the newest ones, whose comments are read


def has_comments(entries: list) -> bool:
	return any(_feed_of(entry) for entry in entries)


def read_comments(session: requests.Session, address: str, position: Position) -> Page:
	"""Without conditions: a blog's own feed does not count as changed when somebody comments."""
	fetched = fetch(session, address)
	messages: list[Message] = []
	unreadable: list[Unreadable] = []
	counts, seen = dict(position.counts), position.seen
	for entry in parse(fetched).entries[:ENTRIES]:
		own_id, count = id_of(entry, fetched.host), _count(entry)
		key = digest(own_id)
		if not _feed_of(entry) or (count is not None and count == counts.get(key)):
			continue
		found = _below(session, _feed_of(entry), replace(position, seen=seen, newest=""), own_id)
		if not found:
			continue  # its count is not noted, so it is asked again
		page, seen = found
		messages += page.messages
		unreadable += page.unreadable
		if count is not None:
			counts = {key: count, **{one: told for one, told in counts.items() if one != key}}
	kept = dict(list(counts.items())[:KEPT])
	following = Position(seen=seen, counts=kept)
	ordered = tuple(sorted(messages, key=lambda one: one.sent_at))
	return Page(ordered, following.text(), unreadable=tuple(unreadable))


def _below(
	session: requests.Session, address: str, position: Position, own_id: str
) -> tuple[Page, tuple[str, ...]] | None:
	"""A closed or broken feed of comments stops no other. Who asks us to wait is heard."""
	try:
		page, following = read_feed(session, address, replace(position, etag="", modified=""), below=own_id)
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
