"""Which streams an account has, and what each of them asks the network for."""

from __future__ import annotations

from collections.abc import Mapping

from social_service.channels.base import Stream
from social_service.channels.bluesky.stream import Feed
from social_service.channels.bluesky.text import names
from social_service.channels.errors import NotSupported
from social_service.records import Account, Message
from social_service.sentence import _

NOTIFICATIONS = "app.bsky.notification.listNotifications"
WRITTEN_BY = "app.bsky.feed.getAuthorFeed"
SEARCH = "app.bsky.feed.searchPosts"
REASONS = ("mention", "reply", "quote")  # a repost or a like is no message to us


def streams_of(options: Mapping[str, str], us: Account | None) -> tuple[Stream, ...]:
	plain_handle = (
		(Stream(f"search:@{us.handle}", "Our handle in plain text", 120, scan_days=2),) if us else ()
	)
	words = (Stream(f"search:{one}", one, 120, scan_days=2) for one in _lines(options, "keywords"))
	tags = (Stream(f"hashtag:{one}", f"#{one}", 120, scan_days=2) for one in _tags(options))
	return (
		Stream("mentions", "Mentions, replies and quotes", scan_days=7),
		Stream("own", "Answers given in the app", 120),
		*plain_handle,
		*words,
		*tags,
	)


def _lines(options: Mapping[str, str], key: str) -> tuple[str, ...]:
	entered = (line.strip() for line in options.get(key, "").splitlines())
	return tuple(dict.fromkeys(line for line in entered if line))


def _tags(options: Mapping[str, str]) -> tuple[str, ...]:
	bare = (line.lstrip("#").strip().lower() for line in _lines(options, "hashtags"))
	return tuple(dict.fromkeys(line for line in bare if line))


def feed_of(key: str, us: Account) -> Feed:
	name, _colon, value = key.partition(":")
	if name == "mentions":
		return Feed(NOTIFICATIONS, [("reasons", one) for one in REASONS], "notifications")
	if name == "own":
		params = [("actor", us.external_id), ("filter", "posts_with_replies")]
		return Feed(WRITTEN_BY, params, "feed", _is_our_answer, wraps=True)
	if value == f"@{us.handle}":  # typed by hand it notifies nobody
		return _search(us.handle, wants=lambda one: names(one.text, us.handle))
	if name == "search" and value:
		return _search(value)
	if name == "hashtag" and value:
		return _search(f"#{value}", ("tag", value))
	raise NotSupported(_("Bluesky has no such stream. Connect the channel again."))


def _search(words: str, *more: tuple[str, str], wants=lambda _message: True) -> Feed:
	return Feed(SEARCH, [("q", words), ("sort", "latest"), *more], "posts", wants)


def _is_our_answer(message: Message) -> bool:
	return message.is_own and bool(message.parent_id)
