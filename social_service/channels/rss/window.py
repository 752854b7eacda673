"""What is new in a feed's window, and what may have slipped through it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import feedparser
import requests

from social_service.channels.reading import moment, read_items
from social_service.channels.rss.cursor import Position, digest
from social_service.channels.rss.entry import Place, id_of, is_dated, read_entry
from social_service.channels.rss.fetching import Fetched, fetch
from social_service.channels.rss.parsing import MOST_ENTRIES, parse
from social_service.records import Gap, Message, Page
from social_service.sentence import _


def read_feed(
	session: requests.Session, address: str, position: Position, below: str = ""
) -> tuple[Page, Position]:
	"""``below``: of a feed of comments, the entry that they belong to."""
	fetched = fetch(session, address, position.etag, position.modified)
	if not fetched.body and position.etag + position.modified:
		return Page((), position.text()), position
	told = parse(fetched)
	place = place_of(told, fetched, below)
	entries = told.entries[:MOST_ENTRIES]
	keys = [_key(entry, place) for entry in entries]
	new = [entry for entry, key in zip(entries, keys, strict=True) if key not in position.seen]
	gap_from = _lost_from(position, keys)
	read, unreadable = read_items(
		_once(new, place), lambda one: read_entry(one, place), lambda one: id_of(one, place.host)
	)
	begin = gap_from or (moment(position.since) if position.since else None)
	undated = {id_of(one, place.host) for one in new if not is_dated(one)} if position.since else set()
	messages = [one for one in read if not (begin and one.sent_at < begin) and one.external_id not in undated]
	following = position.after(keys, _newest(read), fetched.headers)
	ordered = tuple(sorted(messages, key=lambda one: one.sent_at))
	return Page(ordered, following.text(), unreadable=unreadable, gap=_gap(gap_from, ordered)), following


def place_of(told: feedparser.FeedParserDict, fetched: Fetched, below: str = "") -> Place:
	feed = told.feed
	return Place(fetched.host, str(feed.get("language") or ""), fetched.told_at, below)


def _key(entry: Mapping, place: Place) -> str:
	"""Edited, it is worth reading again."""
	changed = entry.get("updated") if entry.get("published") != entry.get("updated") else ""
	return digest(id_of(entry, place.host), str(changed or "") if entry.get("published") else "")


def _once(entries: Sequence[Mapping], place: Place) -> list[Mapping]:
	"""Some feeds hold an entry twice."""
	named = {id_of(one, place.host) or id(one): one for one in reversed(entries)}
	return list(named.values())


def _newest(messages: Sequence[Message]) -> str:
	return max((one.sent_at.isoformat() for one in messages), default="")


def _lost_from(position: Position, keys: Sequence[str]) -> datetime | None:
	"""Nothing in the window is known: it moved on too fast, or the feed numbers its entries anew."""
	if not keys or not position.seen or not position.newest or not set(keys).isdisjoint(position.seen):
		return None
	return moment(position.newest)


def _gap(lost_from: datetime | None, messages: Sequence[Message]) -> Gap | None:
	if lost_from is None or not messages:
		return None
	reason = _(
		"The feed shows its newest entries only, and more came than it holds. Look at the site itself."
	)
	return Gap(lost_from, messages[0].sent_at, reason)
