"""Where we are in a list of posts. Ids grow over the whole forum; lists answer newest first and page back by id.

A round goes back from the newest page to the mark once and notes where its pages end; then the pages are handed out from
the oldest, and the mark moves with every one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace

VERSION = 1
OVERLAP = 25  # ids are given before a post can be seen, so a later one may be seen first
KEPT = 60
TOPICS_KEPT = 100


@dataclass(frozen=True)
class Position:
	mark: int = 0  # everything up to here is delivered
	seen: tuple[int, ...] = ()  # of the last OVERLAP ids below the mark
	since: str = ""  # of the first connect, while there is no mark
	ends: tuple[int, ...] = ()  # where the pages of this round begin that are not delivered, newest first
	is_walking: bool = False  # the round has not come back to the mark yet
	topics: tuple[int, ...] = ()  # begun by us: who writes there answers us

	@classmethod
	def read(cls, cursor: str) -> Position | None:
		"""None for a text that is not ours."""
		try:
			kept = json.loads(cursor)
			lists = {key: tuple(int(one) for one in kept[key]) for key in ("seen", "ends", "topics")}
			walking = bool(kept["walking"])
			position = cls(int(kept["mark"]), since=str(kept["since"]), is_walking=walking, **lists)
			return position if kept["v"] == VERSION else None
		except (ValueError, KeyError, TypeError):
			return None

	def text(self) -> str:
		kept = {"v": VERSION, "mark": self.mark, "seen": self.seen, "since": self.since, "ends": self.ends}
		kept |= {"walking": self.is_walking, "topics": self.topics}
		return json.dumps(kept, separators=(",", ":"))

	def is_new(self, post_id: int) -> bool:
		if post_id > self.mark:
			return True
		return self.mark - OVERLAP < post_id and post_id not in self.seen and bool(self.seen)

	def after(self, ids: Iterable[int]) -> Position:
		"""Once a page with these ids is stored."""
		known = {*ids, *self.seen}
		if not known:
			return self
		mark = max(self.mark, *known)
		seen = tuple(sorted(one for one in known if one > mark - OVERLAP))[-KEPT:]
		return replace(self, mark=mark, seen=seen)

	def with_topics(self, topics: Iterable[int]) -> Position:
		return replace(self, topics=tuple(sorted({*self.topics, *topics}))[-TOPICS_KEPT:])
