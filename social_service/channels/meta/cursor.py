"""Where a stream stands. A round goes through all that may have news; what was delivered of the last minutes is known by id.

Meta's ids do not tell their order and its times are whole seconds, so every round begins a little before the last one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from social_service.channels.reading import Broken, moment

VERSION = 1
OVERLAPS = (
	600,
	60,
	5,
	0,
)  # seconds; a shorter one where so much was written that the cursor would grow too large
MOST_KNOWN = 300


@dataclass(frozen=True)
class Position:
	floor: int = 0  # seconds since 1970: whatever is older was read
	known: Mapping[str, int] = field(default_factory=dict)  # delivered since ``floor``: id → time
	counts: Mapping[str, int] = field(default_factory=dict)  # comments below each post, in the round before
	newest: int = 0  # the time of the newest item ever delivered
	# the round that is going on
	begun: int = 0  # the network's time at its first call; 0 = no round
	listing: str = ""  # token of the next page of posts or conversations
	listed: int = 0  # how many of them were looked at
	is_listed: bool = False  # all of them
	counted: Mapping[str, int] = field(default_factory=dict)
	waiting: tuple[str, ...] = ()  # those that have news, to be read
	inside: str = ""  # token of the next page of waiting[0]

	def after_listing(
		self, news: Iterable[str], counted: Mapping[str, int], looked_at: int, token: str, begun: int
	) -> Position:
		"""``token`` empty: that was all."""
		return replace(
			self,
			begun=self.begun or begun,
			listing=token,
			listed=self.listed + looked_at,
			is_listed=not token,
			counted={**self.counted, **counted},
			waiting=(*self.waiting, *news),
		)

	def after_reading(self, times: Mapping[str, int], token: str) -> Position:
		"""``token`` empty: waiting[0] is read. Of what came only the youngest ids can come again next time."""
		newest = max([self.newest, *times.values()])
		young = min(self.begun or newest, newest) - OVERLAPS[0]
		known = {**self.known, **{one: at for one, at in times.items() if at >= young}}
		waiting = self.waiting if token else self.waiting[1:]
		return replace(self, newest=newest, known=known, waiting=waiting, inside=token)

	def closed(self) -> Position:
		"""The round is over. The next one begins before both: the start of this round, and the newest that it saw."""
		upto = min(self.begun or self.newest, self.newest)
		for overlap in OVERLAPS:
			floor = max(self.floor, upto - overlap)
			known = {one: at for one, at in self.known.items() if at >= floor}
			if len(known) <= MOST_KNOWN:
				break
		return Position(floor, known, self.counted, self.newest)

	def is_news(self, item_id: str, at: int | None) -> bool:
		return item_id not in self.known and (at is None or at >= self.floor)

	@property
	def is_over(self) -> bool:
		return self.is_listed and not self.waiting

	def text(self) -> str:
		values = {key: value for key, value in vars(self).items() if value}
		return json.dumps({"v": VERSION, **values}, separators=(",", ":"))


def read_position(cursor: str) -> Position | None:
	"""None for a text that is not ours."""
	try:
		kept = json.loads(cursor)
		if kept.pop("v") != VERSION:
			return None
		return Position(**{**kept, "waiting": tuple(kept.get("waiting", ()))})
	except (ValueError, KeyError, TypeError, AttributeError):
		return None


def begin(since: str | None) -> Position:
	return Position(floor=int(moment(since).timestamp()) if since else 0)


def time_of(item: object) -> int | None:
	"""When it was written, in seconds since 1970; None where it does not say."""
	if not isinstance(item, Mapping):
		return None
	try:
		return int(moment(item.get("created_time") or item.get("timestamp")).timestamp())
	except Broken:
		return None


def id_of(item: object) -> str:
	return str(item.get("id") or "") if isinstance(item, Mapping) else ""
