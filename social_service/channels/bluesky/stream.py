"""Reading Bluesky's lists page by page: notifications, searches, and what our own account wrote."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from statistics import median_high

from social_service.channels.bluesky.api import Api, Params, rate_of
from social_service.channels.bluesky.cursor import Item, Position, as_time, milliseconds, written
from social_service.channels.bluesky.post import id_of, read_post, sent_at
from social_service.channels.errors import Rejected
from social_service.channels.http import Answer
from social_service.channels.reading import Broken, moment, read_items
from social_service.records import Account, Gap, Message, Page
from social_service.sentence import _

LIMIT = 100


@dataclass(frozen=True)
class Feed:
	"""A method that answers newest first, and what of its answer is for us."""

	method: str
	params: Params
	name: str  # of the list in the answer
	wants: Callable[[Message], bool] = lambda _message: True
	wraps: bool = False  # the post stands inside, beside who reposted it


@dataclass(frozen=True)
class Reader:
	"""Reads ``feed`` for one account."""

	api: Api
	feed: Feed
	us: Account | None

	def page(self, cursor: str | None, since: str | None) -> Page:
		position, gap = Position.read(cursor) if cursor else None, None
		if position is None:
			position = Position.start(moment(since) if since else None)
			gap = _lost_cursor() if cursor else None
		try:
			answer = self._ask(position)
		except Rejected as refusal:
			if not position.page or refusal.status != 400:
				raise
			return self._ends_here(position)
		return replace(self._read(position, answer), gap=gap)

	def _ask(self, position: Position) -> Answer:
		params = [*self.feed.params, ("limit", str(LIMIT))]
		if position.page:
			params.append(("cursor", position.page))
		return self.api.get(self.feed.method, params)

	def _read(self, position: Position, answer: Answer) -> Page:
		told = self.api.required(answer).get(self.feed.name)
		if not isinstance(told, list):
			raise self.api.unexpected(told)
		posts = _unwrapped(told) if self.feed.wraps else told
		items = _items(posts, position)
		known, new = position.known, []
		for post, item in zip(posts, items, strict=True):
			if position.wants(item, known):
				new.append(post)
				known |= {item.key}
		page = self._next_page(position, items, answer)
		messages, unreadable = read_items(reversed(new), lambda one: read_post(one, self.us), id_of)
		return Page(
			messages=tuple(one for one in messages if self.feed.wants(one)),
			cursor=position.after_page(items, page).text(),
			more=bool(page),
			unreadable=unreadable,
			rate=rate_of(answer.headers),
		)

	def _next_page(self, position: Position, items: Sequence[Item], answer: Answer) -> str:
		"""Empty where the round ends. The middle of the page decides, because single posts may be dated back."""
		token = str(answer.json.get("cursor") or "")
		if not token or (items and median_high(one.at for one in items) < position.floor):
			return ""
		later = _with_ties(token)
		following = token if later == position.page else later
		return "" if following == position.page else following

	def _ends_here(self, position: Position) -> Page:
		"""A search leads back some thousand posts only. What is behind that is lost to us."""
		reason = _(
			"{0} does not let us read farther back. Search there for what was posted before.", self.api.host
		)
		oldest = position.oldest or position.newest or position.floor
		gap = Gap(as_time(position.floor), as_time(oldest), reason)
		return Page((), position.after_page((), "").text(), gap=gap)


def _items(posts: Sequence[object], position: Position) -> list[Item]:
	"""What tells no time stands where the network put it: beside its neighbour."""
	items: list[Item] = []
	at = position.newest or position.mark or position.reach + 1
	for post in posts:
		with suppress(Broken, KeyError, TypeError, AttributeError):
			at = milliseconds(sent_at(post))
		items.append(Item(_name(post), at))
	return items


def _unwrapped(told: Sequence[object]) -> list[object]:
	"""Without what the account only reposted."""
	return [one.get("post") for one in told if isinstance(one, Mapping) and not one.get("reason")]


def _name(post: object) -> str:
	return str(post.get("uri") or post) if isinstance(post, Mapping) else str(post)


def _with_ties(token: str) -> str:
	"""Notifications are paged by time alone, and "before" a moment cuts off what else belongs to it. So we ask from one
	millisecond later; what comes twice is known."""
	try:
		return written(moment(token) + timedelta(milliseconds=1))
	except (Broken, OverflowError):
		return token


def _lost_cursor() -> Gap:
	reason = _("We lost our place in this stream and began again. Posts from before that may be missing.")
	return Gap(None, None, reason)
