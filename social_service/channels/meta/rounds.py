"""Reading a stream of Meta's in rounds: list what may have news (posts, conversations), then read each of them down to
what is known. A crash after any page goes on behind it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from social_service.channels.errors import Rejected
from social_service.channels.http import Answer
from social_service.channels.meta.api import INVALID, next_of
from social_service.channels.meta.cursor import Position, begin, id_of, read_position, time_of
from social_service.channels.meta.usage import network_time, rate_of
from social_service.channels.reading import read_items
from social_service.records import Gap, Message, Page, Unreadable
from social_service.sentence import _

MOST_CALLS = 20  # of one page, where each brings nothing new


@dataclass(frozen=True)
class Listed:
	"""One page of what may have news. ``token`` empty: the last one that we look at."""

	news: tuple[str, ...]
	token: str = ""
	counted: Mapping[str, int] = field(default_factory=dict)
	looked_at: int = 0
	answer: Answer | None = None


class Source(ABC):
	"""What a stream reads. One without ``listing`` is a plain list of its own."""

	newest_first = True

	def listing(self, position: Position) -> Listed:
		return Listed(("",))

	@abstractmethod
	def reading(self, inside: str, position: Position) -> Answer:
		"""The next page of ``inside``, one of those that ``listing`` named."""

	def items(self, answer: Answer) -> list:
		return answer.json["data"]

	def deeper(self, answer: Answer, inside: str) -> tuple[str, ...]:
		"""What has to be read as well, because this page did not hold all of it."""
		return ()

	@abstractmethod
	def parse(self, item: object, inside: str) -> Message:
		"""May raise Broken, or whatever Python raises at an unexpected shape."""


class Rounds:
	def __init__(self, source: Source) -> None:
		self.source = source
		self._answer: Answer | None = None

	def page(self, cursor: str | None, since: str | None) -> Page:
		position = read_position(cursor) if cursor else begin(since)
		gap = None
		if position is None:
			position, gap = begin(since), _lost_cursor()
		goes_on = position.is_listed or bool(position.listing)
		messages: tuple[Message, ...] = ()
		unreadable: tuple[Unreadable, ...] = ()
		for _call in range(MOST_CALLS):
			if position.waiting:
				position, messages, unreadable = self._read(position)
			elif not position.is_listed:
				position = self._listed(position)
			rate = rate_of(self._answer.headers) if self._answer else None
			if messages or unreadable or position.is_over or (rate and not rate.remaining):
				break
		after = position.closed() if position.is_over else position
		# while a long round went on people wrote more: the next one begins at once
		more = goes_on or not position.is_over
		return Page(messages, after.text(), more, unreadable=unreadable, gap=gap, rate=rate)

	def _listed(self, position: Position) -> Position:
		try:
			found = self.source.listing(position)
		except Rejected as refusal:
			if not (position.listing and _is_lost_token(refusal)):
				raise
			position = replace(position, listing="", listed=0, counted={})
			found = self.source.listing(position)
		self._answer = found.answer or self._answer
		begun = int(network_time(found.answer.headers).timestamp()) if found.answer else 0
		return position.after_listing(found.news, found.counted, found.looked_at, found.token, begun)

	def _read(self, position: Position) -> tuple[Position, tuple[Message, ...], tuple[Unreadable, ...]]:
		inside = position.waiting[0]
		try:
			answer = self._asked(inside, position)
		except Rejected as refusal:
			if refusal.reason != "gone" or not inside:
				raise
			return position.after_reading({}, ""), (), ()  # deleted since it was listed
		self._answer = answer
		items = self.source.items(answer)
		times = {id_of(one): time_of(one) for one in items}
		new = [one for one in reversed(items) if position.is_news(id_of(one), times[id_of(one)])]
		new.sort(key=lambda one: times[id_of(one)] or 0)
		messages, unreadable = read_items(new, lambda one: self.source.parse(one, inside), id_of)
		return self._moved(position, answer, times, inside), messages, unreadable

	def _asked(self, inside: str, position: Position) -> Answer:
		try:
			return self.source.reading(inside, position)
		except Rejected as refusal:
			if not (position.inside and _is_lost_token(refusal)):
				raise
			return self.source.reading(inside, replace(position, inside=""))

	def _moved(
		self, position: Position, answer: Answer, times: Mapping[str, int | None], inside: str
	) -> Position:
		"""Past what could not be read, too. One older item proves nothing: lists are only roughly in order."""
		told = [at for at in times.values() if at is not None]
		met = self.source.newest_first and bool(told) and max(told) < position.floor
		latest = max([position.newest, *told])
		dated = {one: latest if at is None else at for one, at in times.items() if one}
		young = {one: at for one, at in dated.items() if at >= position.floor}
		waiting = (*position.waiting, *self.source.deeper(answer, inside))
		return replace(position, waiting=waiting).after_reading(young, "" if met else next_of(answer))


def _is_lost_token(refusal: Rejected) -> bool:
	return refusal.code.partition("/")[0] == INVALID


def _lost_cursor() -> Gap:
	reason = _("We lost our place in this stream and began again. Posts from before that may be missing.")
	return Gap(None, None, reason)
