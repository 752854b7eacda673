"""What of a feed is known: a feed is a window on its newest entries, and which of them we had is all that can be kept."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

VERSION = 1
KEPT = 1000  # entries that have left the window and may come back


@dataclass(frozen=True)
class Position:
	etag: str = ""
	modified: str = ""
	seen: tuple[str, ...] = ()  # digests, newest first
	newest: str = ""  # the time of the newest entry, as the feed told it
	since: str = ""  # of the first connect, until the first answer
	counts: Mapping[str, int] = field(default_factory=dict)  # of comments, by entry

	@classmethod
	def read(cls, cursor: str) -> Position | None:
		"""None for a text that is not ours."""
		try:
			kept = json.loads(cursor)
			texts = {key: str(kept[key]) for key in ("etag", "modified", "newest", "since")}
			counts = {str(key): int(value) for key, value in kept["counts"].items()}
			position = cls(**texts, seen=tuple(str(one) for one in kept["seen"]), counts=counts)
			return position if kept["v"] == VERSION else None
		except (ValueError, KeyError, TypeError, AttributeError):
			return None

	def text(self) -> str:
		kept = {"v": VERSION, "etag": self.etag, "modified": self.modified, "seen": self.seen}
		kept |= {"newest": self.newest, "since": self.since, "counts": dict(self.counts)}
		return json.dumps(kept, separators=(",", ":"))

	def after(self, window: Iterable[str], newest: str, headers: Mapping[str, str]) -> Position:
		"""Once the new ones of this window are stored."""
		shown = tuple(dict.fromkeys(window))
		gone = tuple(one for one in self.seen if one not in set(shown))[:KEPT]
		return replace(
			self,
			etag=headers.get("ETag", ""),
			modified=headers.get("Last-Modified", ""),
			seen=shown + gone,
			newest=max(self.newest, newest),
			since="",
		)


def digest(*parts: str) -> str:
	return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:12]
