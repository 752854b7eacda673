"""Where we are in a list that Google tells newest first, and that takes no mark.

A round goes from the newest page back to the floor, and the floor moves up when the round is over. What was delivered of the
last minutes is known by its key, so every round begins a little before the last one and repeats nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from social_service.channels.google.times import milliseconds

VERSION = 1
OVERLAP = 3600 * 1000  # milliseconds
MOST_KNOWN = 300  # where there is more of it the overlap gets shorter


@dataclass(frozen=True)
class Position:
	floor: int = 0  # milliseconds since 1970: whatever is older was read
	newest: int = 0
	known: Mapping[str, int] = field(default_factory=dict)  # delivered lately: key → time
	page: str = ""  # token of the next page of the round that is going on
	last: tuple[str, ...] = ()  # keys of the page before it: what moved meanwhile comes twice

	def is_news(self, key: str, at: int) -> bool:
		return at >= self.floor and key not in self.known and key not in self.last

	def after(self, times: Mapping[str, int], token: str) -> Position:
		"""``times``: of all that stood on the page. ``token`` empty: the round is over."""
		newest = max([self.newest, *times.values()])
		known = {key: at for key, at in {**self.known, **times}.items() if at >= newest - OVERLAP}
		if token:
			return replace(self, newest=newest, known=known, page=token, last=tuple(times))
		return replace(self, newest=newest, known=known).closed(newest)

	def closed(self, upto: int) -> Position:
		"""The round is over, and all up to then was read."""
		known = {key: at for key, at in self.known.items() if at >= upto - OVERLAP}
		young = dict(sorted(known.items(), key=lambda one: one[1])[-MOST_KNOWN:])
		oldest = min(young.values()) if len(young) < len(known) else upto - OVERLAP
		return Position(max(self.floor, min(oldest, upto)), self.newest, young)

	def begun_again(self) -> Position:
		"""Google refused the page's token."""
		return replace(self, page="", last=())

	def text(self) -> str:
		kept = {key: value for key, value in vars(self).items() if value}
		return json.dumps({"v": VERSION, **kept}, separators=(",", ":"))


def read_position(cursor: str | None, since: str | None) -> Position:
	try:
		kept = json.loads(cursor or "")
		if kept.pop("v") == VERSION:
			return Position(**{**kept, "last": tuple(kept.get("last", ()))})
	except (ValueError, KeyError, TypeError, AttributeError):
		pass
	return Position(floor=milliseconds(since) if since else 0)
