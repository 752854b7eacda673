"""Where we are in a bot's queue of updates.

Asking with an offset drops everything before it for good. So the offset moves when a page is stored, never before.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from social_service.channels.reading import moment
from social_service.records import Gap
from social_service.sentence import _

VERSION = 1
NEW_COUNT = 1_000_000  # after a week of silence Telegram counts on from a random number: that is no loss


@dataclass(frozen=True)
class Position:
	offset: int = 0  # the first update that we have not got; 0: whatever Telegram keeps
	since: str = ""  # what is older was before our time; until the queue was read to its end once
	is_pushed: bool = False  # a webhook got what came meanwhile

	@classmethod
	def read(cls, cursor: str | None, since: str | None) -> Position:
		try:
			kept = json.loads(cursor or "")
			if kept["v"] == VERSION:
				return cls(int(kept["offset"]), str(kept.get("since", "")), bool(kept.get("is_pushed")))
		except (ValueError, KeyError, TypeError):
			pass
		return cls(since=since or "")

	def text(self) -> str:
		kept = {"v": VERSION, "offset": self.offset, "since": self.since, "is_pushed": self.is_pushed}
		return json.dumps({key: value for key, value in kept.items() if value or key == "offset"})

	def after(self, ids: Sequence[int], *, more: bool) -> Position:
		"""Behind this page. Not the larger one of old and new: Telegram may have begun to count anew, and lower."""
		return Position(max(ids) + 1 if ids else self.offset, self.since if more else "")

	def pushed(self) -> Position:
		return replace(self, is_pushed=True)

	def is_before(self, sent_at: datetime) -> bool:
		return not self.since or moment(self.since) <= sent_at

	def gap(self, ids: Sequence[int]) -> Gap | None:
		"""Updates are numbered one by one, and Telegram keeps them for a day."""
		lost = min(ids) - self.offset if ids and self.offset and not self.is_pushed else 0
		if not 0 < lost < NEW_COUNT:
			return None
		reason = _("Telegram keeps messages for 24 hours: {0} were dropped before we came. Look there.", lost)
		return Gap(None, None, reason)
