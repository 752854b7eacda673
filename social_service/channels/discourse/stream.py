"""Reading lists of posts page by page, forward from the oldest that is new."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from social_service.channels.discourse.api import Api
from social_service.channels.discourse.cursor import Position
from social_service.channels.discourse.post import id_of, is_gone, is_post, read_post
from social_service.channels.errors import Rejected
from social_service.channels.reading import Broken, moment, read_items
from social_service.records import Account, Gap, Message, Page
from social_service.sentence import _

PAGES_AT_ONCE = 10  # that one call walks back; a forum allows 60 calls a minute


@dataclass(frozen=True)
class Feed:
	"""A list that answers newest first and takes ``before``. ``wanted``: what of it is for us."""

	path: str
	name: str
	wanted: Callable[[Message], bool]
	is_private: bool = False
	knows_our_topics: bool = False  # what is written there answers us


PUBLIC, PRIVATE = ("/posts.json", "latest_posts"), ("/private-posts.json", "private_posts")


@dataclass(frozen=True)
class Reader:
	"""Reads ``feed`` for one account."""

	api: Api
	feed: Feed
	us: Account | None

	def page(self, cursor: str | None, since: str | None) -> Page:
		position = Position.read(cursor) if cursor else None
		gap = _lost_cursor() if cursor and position is None else None
		position = position or self._start(since)
		if position.is_walking or not position.ends:
			return replace(self._walk(position), gap=gap)
		return self._handed_out(position, self._ask(position.ends[-1]))

	def _start(self, since: str | None) -> Position:
		position = Position(since=since or "")
		return position.with_topics(self._topics_of_ours()) if self.feed.knows_our_topics else position

	def _topics_of_ours(self) -> Iterable[int]:
		"""The newest ones; forums answer 30."""
		try:
			told = self.api.record(f"/topics/created-by/{self.us.handle if self.us else ''}.json")
			return [topic["id"] for topic in told["topic_list"]["topics"]]
		except Rejected as refusal:
			if refusal.reason != "gone":
				raise
		except (KeyError, TypeError):
			pass
		return ()

	def _walk(self, position: Position) -> Page:
		"""From the newest page back to what is known. The oldest page with something new is the first to be handed out."""
		ends, newer = list(position.ends), None
		for _call in range(PAGES_AT_ONCE):
			posts = self._ask(ends[-1] if ends else None)
			if self._reaches(position, posts):
				if newer is not None and not self._has_new(position, posts):
					ends, posts = ends[:-1], newer
				return self._handed_out(replace(position, ends=tuple(ends), is_walking=False), posts)
			ends.append(min(_ids(posts)))
			newer = posts
		return Page((), replace(position, ends=tuple(ends), is_walking=True).text(), more=True)

	def _ask(self, before: int | None) -> list:
		params = [("before", str(before))] if before else []
		posts = self.api.items(self.feed.path, self.feed.name, params)
		if posts and not _ids(posts):
			raise self.api.unexpected(posts)
		# some versions answer up to this id, some below it
		return [one for one in posts if not before or _number(one) is None or _number(one) < before]

	def _reaches(self, position: Position, posts: list) -> bool:
		ids = _ids(posts)
		if position.mark and ids:
			return min(ids) <= position.mark
		return not ids or not position.since or min(map(_time, posts)) < moment(position.since)

	def _has_new(self, position: Position, posts: list) -> bool:
		since = moment(position.since) if position.since else None
		return any(position.is_new(one) for one in _ids(posts)) and not (
			since and max(map(_time, posts)) < since
		)

	def _handed_out(self, position: Position, posts: list) -> Page:
		"""``position.ends``: the last of them is where this page begins; without any it is the newest page."""
		new = [one for one in _once(posts) if _number(one) is None or position.is_new(_number(one))]
		messages, unreadable = read_items(
			[one for one in new if is_post(one) and not _gone(one)],
			lambda one: self._read(one, position.topics),
			id_of,
		)
		begin = moment(position.since) if position.since else None
		wanted = [one for one in messages if self.feed.wanted(one) and not (begin and one.sent_at < begin)]
		return Page(
			self._for_us(wanted),
			self._after(position, posts, messages).text(),
			more=bool(position.ends),
			unreadable=unreadable,
		)

	def _after(self, position: Position, posts: list, messages: tuple[Message, ...]) -> Position:
		following = replace(position.after(_ids(posts)), ends=position.ends[:-1])
		if self.feed.knows_our_topics:
			ours = (one for one in messages if one.is_own and one.reply_hint["number"] == 1)
			following = following.with_topics(int(one.thread_id) for one in ours)
		return replace(following, since="") if following.mark and not position.ends else following

	def _read(self, post: object, topics: tuple[int, ...]) -> Message:
		in_our_topic = post["topic_id"] in topics
		private = self.feed.is_private
		return read_post(post, self.us, self.api.base, is_private=private, in_our_topic=in_our_topic)

	def _for_us(self, messages: list[Message]) -> tuple[Message, ...]:
		"""An administrator is shown the private messages of everybody."""
		if not self.feed.is_private:
			return tuple(messages)
		ours = {topic for topic in {one.thread_id for one in messages} if self._takes_part(topic)}
		return tuple(one for one in messages if one.thread_id in ours)

	def _takes_part(self, topic: str) -> bool:
		try:
			details = self.api.record(f"/t/{topic}.json").get("details") or {}
		except Rejected:  # deleted since
			return False
		people = {str(one.get("id")) for one in details.get("allowed_users") or ()}
		groups = {str(one.get("name")) for one in details.get("allowed_groups") or ()}
		known = self.us.limits.get("groups", ()) if self.us else ()
		return self.us is not None and (self.us.external_id in people or not groups.isdisjoint(known))


def _number(item: object) -> int | None:
	told = item.get("id") if isinstance(item, Mapping) else None
	return told if isinstance(told, int) and not isinstance(told, bool) else None


def _ids(posts: list) -> list[int]:
	return [number for number in map(_number, posts) if number is not None]


def _once(posts: list) -> list:
	"""Oldest first, and each of them once."""
	numbered = {number: one for one in posts if (number := _number(one)) is not None}
	return [numbered[number] for number in sorted(numbered)] + [one for one in posts if _number(one) is None]


def _gone(item: object) -> bool:
	return isinstance(item, Mapping) and is_gone(item)


def _time(item: object) -> datetime:
	"""What has no time must not end the walk."""
	try:
		return moment(item["created_at"])
	except (Broken, KeyError, TypeError):
		return moment("9999-01-01")


def _lost_cursor() -> Gap:
	reason = _("We lost our place in this stream and began again. Posts from before that may be missing.")
	return Gap(None, None, reason)
