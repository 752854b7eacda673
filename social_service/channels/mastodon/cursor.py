"""Where we are in a Mastodon stream. Ids are text: snowflakes on Mastodon, ULIDs on GoToSocial, counters elsewhere."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

VERSION = 1
BEFORE_ALL = "0"  # sorts before every id, as number and as text
ULID_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ULID_LENGTH = 26
CLOSE = timedelta(days=1)


def order(external_id: str) -> tuple[int, str]:
	"""Mastodon's own advice: the longer id is newer, then the text decides. Never int(): ULIDs are no numbers."""
	return len(external_id), external_id


def id_at(moment: datetime, like: str, like_moment: datetime) -> str | None:
	"""The id that something of ``moment`` would have, if ids like ``like`` (of ``like_moment``) tell their time."""
	for read, write in ((_snowflake_time, _snowflake), (_ulid_time, _ulid)):
		told = read(like)
		if told is not None and abs(told - like_moment) < CLOSE:
			return write(moment)
	return None  # Mastodon's notifications, for one, are simply counted


def _snowflake(moment: datetime) -> str:
	return str(int(moment.timestamp() * 1000) << 16)


def _snowflake_time(external_id: str) -> datetime | None:
	if not (external_id.isascii() and external_id.isdigit() and len(external_id) < 20):
		return None
	return datetime.fromtimestamp((int(external_id) >> 16) / 1000, timezone.utc)


def _ulid(moment: datetime) -> str:
	number, digits = int(moment.timestamp() * 1000), ""
	for _place in range(10):
		number, rest = divmod(number, 32)
		digits = ULID_DIGITS[rest] + digits
	return digits.ljust(ULID_LENGTH, "0")


def _ulid_time(external_id: str) -> datetime | None:
	if len(external_id) != ULID_LENGTH or not set(external_id) <= set(ULID_DIGITS) or external_id[0] > "1":
		return None
	number = 0
	for digit in external_id[:10]:
		number = number * 32 + ULID_DIGITS.index(digit)
	return datetime.fromtimestamp(number / 1000, timezone.utc)


@dataclass(frozen=True)
class Position:
	"""Ask for what comes after ``at``. Whatever was delivered of the ids after ``recent[0]`` is in ``recent``: so we can
	step back a little at the end of every round and find what came in late, without repeating anything."""

	at: str
	recent: tuple[str, ...]

	@classmethod
	def start(cls, external_id: str) -> Position:
		return cls(external_id, (external_id,))

	@classmethod
	def read(cls, cursor: str) -> Position | None:
		"""None for a text that is not ours."""
		try:
			kept = json.loads(cursor)
			recent = tuple(str(one) for one in kept["recent"])
			return cls(str(kept["at"]), recent) if kept["v"] == VERSION and recent else None
		except (ValueError, KeyError, TypeError):
			return None

	def text(self) -> str:
		return json.dumps({"v": VERSION, "at": self.at, "recent": self.recent}, separators=(",", ":"))

	def after(self, ids: Sequence[str], *, more: bool, overlap: int) -> Position:
		"""Where to go on once a page with these ids is stored."""
		recent = tuple(sorted({*self.recent, *ids}, key=order)[-overlap - 1 :])
		return Position(max(ids, key=order) if more else recent[0], recent)
