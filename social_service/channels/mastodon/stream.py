"""Reading a Mastodon stream page by page, forward from the oldest, and the thread that each post stands in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from social_service.channels.errors import Rejected
from social_service.channels.mastodon.api import PAGE, Api, Params, rate_of
from social_service.channels.mastodon.cursor import BEFORE_ALL, Position, id_at, order
from social_service.channels.mastodon.status import Broken, Root, parse_status, parse_time
from social_service.records import Gap, Kind, Message, Page, Unreadable
from social_service.sentence import _

SMALLEST_PAGE = 20  # some servers give less than we ask for; from here on we ask once more
FARTHEST_BACK = 50  # pages of history that a first connect looks through for its beginning
ROOTS_KEPT = 2000


@dataclass(frozen=True)
class Feed:
	"""An address that answers newest first and takes ``min_id``. ``overlap``: ids that every round reads again, because
	ids are not always given in the order in which posts become visible; below SMALLEST_PAGE, so that a round moves on."""

	path: str
	params: Params = ()
	overlap: int = 15
	wraps: bool = False  # notifications: the status is inside, and it is addressed to us


@dataclass(frozen=True)
class Reader:
	"""Reads ``feed`` for one account."""

	api: Api
	feed: Feed
	own_id: str
	root: Root

	def page(self, cursor: str | None, since: str | None) -> Page:
		position = Position.read(cursor) if cursor else None
		gap = None
		if position is None:
			position, gap = self._start(parse_time(since) if since else None)
			gap = _lost_cursor() if cursor else gap
		params = (*self.feed.params, ("min_id", position.at), ("limit", str(PAGE)))
		items, answer = self.api.items(self.feed.path, params)
		ids = [one for one in map(_id, items) if one]
		if items and not ids:
			raise self.api.unexpected(answer)
		more = len(items) >= SMALLEST_PAGE
		messages, unreadable = self._read([one for one in items if _id(one) not in position.recent])
		return Page(
			messages=messages,
			cursor=position.after(ids, more=more, overlap=self.feed.overlap).text()
			if ids
			else position.text(),
			more=more,
			unreadable=unreadable,
			gap=gap,
			rate=rate_of(answer.headers),
		)

	def _read(self, items: list) -> tuple[tuple[Message, ...], tuple[Unreadable, ...]]:
		messages, unreadable = [], []
		for item in sorted(items, key=lambda one: order(_id(one))):
			if self.feed.wraps and isinstance(item, Mapping) and item.get("status", "") is None:
				continue  # deleted before we came: nothing left to tell which post it was
			try:
				messages.append(self._message(item))
			except Broken as broken:
				unreadable.append(Unreadable(_id_or_digest(item), broken.sentence, item))
		return tuple(messages), tuple(unreadable)

	def _message(self, item: object) -> Message:
		status = item.get("status") if self.feed.wraps and isinstance(item, Mapping) else item
		message = parse_status(status, self.own_id, self.root)
		if not self.feed.wraps:
			return message
		kind = Kind.MENTION if message.kind is Kind.POST else message.kind
		return replace(message, is_addressed=True, kind=kind)

	# --- the first connect: Mastodon takes no time, only ids ------------------------------------------------

	def _start(self, since: datetime | None) -> tuple[Position, Gap | None]:
		if since is None:
			return Position.start(BEFORE_ALL), None
		newest, _answer = self.api.items(self.feed.path, (*self.feed.params, ("limit", "1")))
		if not newest:
			return Position.start(BEFORE_ALL), None
		told = _time(newest[0])
		guess = id_at(since, _id(newest[0]), told) if told else None
		if guess:
			return Position.start(guess), None
		return self._walk_back(since)

	def _walk_back(self, since: datetime) -> tuple[Position, Gap | None]:
		"""Ids that are only counted say nothing of their time: page back until one is older than ``since``."""
		back: Params = ()
		moment = None
		for _page in range(FARTHEST_BACK):
			items, _answer = self.api.items(self.feed.path, (*self.feed.params, *back, ("limit", str(PAGE))))
			told = [(_id(one), _time(one)) for one in items if _id(one) and _time(one)]
			if not told:
				return Position.start(BEFORE_ALL), None
			older = [external_id for external_id, time in told if time < since]
			if older:
				return Position.start(max(older, key=order)), None
			oldest, moment = min(told, key=lambda one: order(one[0]))
			back = (("max_id", oldest),)
		reason = _(
			"There was more than we read at the first connect. Read what is older on the network itself."
		)
		return Position.start(back[0][1]), Gap(since, moment, reason)


class Roots:
	"""Which post began the thread? Statuses do not say, so we ask once per parent and remember."""

	def __init__(self, api: Api) -> None:
		self._api = api
		self._known: dict[str, str] = {}

	def __call__(self, status: Mapping) -> str:
		own, parent = str(status["id"]), str(status.get("in_reply_to_id") or "")
		root = self.known(parent) or self._ask(own, parent) if parent else own
		self.remember(own, root)
		return root

	def known(self, external_id: str) -> str:
		return self._known.get(external_id, "")

	def remember(self, external_id: str, root: str) -> None:
		while len(self._known) >= ROOTS_KEPT:
			del self._known[next(iter(self._known))]
		self._known[external_id] = root

	def _ask(self, own: str, parent: str) -> str:
		# of the new reply, not of its root: only the ancestors count, and a new reply has no crowd below it
		try:
			ancestors = self._api.record(f"/api/v1/statuses/{own}/context").get("ancestors")
		except Rejected:  # deleted since
			ancestors = None
		ids = [str(one["id"]) for one in ancestors or ()]
		root = ids[0] if ids else parent
		for one in (*ids, parent):
			self.remember(one, root)
		return root


def _id(item: object) -> str:
	return str(item.get("id") or "") if isinstance(item, Mapping) else ""


def _time(item: object) -> datetime | None:
	try:
		return parse_time(item["created_at"])
	except (Broken, KeyError, TypeError):
		return None


def _id_or_digest(item: object) -> str:
	"""The post's id, so that it stays one item whichever stream brings it; else something that is always the same."""
	status = item.get("status") if isinstance(item, Mapping) and "status" in item else item
	known = _id(status) or _id(item)
	return known or hashlib.sha256(json.dumps(item, sort_keys=True, default=str).encode()).hexdigest()[:32]


def _lost_cursor() -> Gap:
	reason = _("We lost our place in this stream and began again. Posts from before that may be missing.")
	return Gap(None, None, reason)
