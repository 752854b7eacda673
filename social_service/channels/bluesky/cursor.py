"""Where a stream stands. Bluesky answers newest first, by the time that a post claims or, if that is later, by its own.

A round goes from the newest page back to ten minutes before the mark, because posts come in late and are sorted by what they
claim. What was delivered of that span is remembered. The mark moves when a round's last page was handed out, not before.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta, timezone

VERSION = 1
OVERLAP = 10 * 60 * 1000  # milliseconds
REMEMBERED = 300  # posts
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
MILLISECOND = timedelta(milliseconds=1)
TIME_DIGITS = 11  # hexadecimal, so that keys sort by time


@dataclass(frozen=True)
class Item:
	"""What the cursor needs to know of a post."""

	name: str
	at: int  # milliseconds since 1970, as the network sorts it

	@property
	def key(self) -> str:
		return f"{self.at:0{TIME_DIGITS}x}{hashlib.sha256(self.name.encode()).hexdigest()[:8]}"


@dataclass(frozen=True)
class Position:
	reach: int = 0  # what is not younger than this was delivered, or is not wanted
	mark: int = 0  # the newest time of the last complete round
	seen: tuple[str, ...] = ()  # keys delivered by earlier rounds, younger than `reach`
	page: str = ""  # the next page of the round that is going on
	newest: int = 0  # of that round
	oldest: int = 0
	fresh: tuple[str, ...] = ()  # keys delivered by it: the newest, and those of its last moment
	edge: tuple[str, ...] = ()

	@classmethod
	def start(cls, since: datetime | None) -> Position:
		return cls(reach=max(0, milliseconds(since) - 1) if since else 0)

	@classmethod
	def read(cls, cursor: str) -> Position | None:
		"""None for a text that is not ours."""
		try:
			told = json.loads(cursor)
			kept = {key: type(usual)(told[key]) for key, usual in asdict(cls()).items() if key in told}
			return cls(**kept) if told["v"] == VERSION else None
		except (ValueError, KeyError, TypeError):
			return None

	def text(self) -> str:
		kept = {key: value for key, value in asdict(self).items() if value}
		return json.dumps({"v": VERSION, **kept}, separators=(",", ":"))

	@property
	def floor(self) -> int:
		"""How far back a round goes."""
		return max(self.mark - OVERLAP, self.reach + 1) if self.mark else self.reach + 1

	def wants(self, item: Item, known: frozenset[str]) -> bool:
		return item.at > self.reach and item.key not in known

	@property
	def known(self) -> frozenset[str]:
		return frozenset((*self.seen, *self.fresh, *self.edge))

	def after_page(self, items: Sequence[Item], page: str) -> Position:
		"""``page`` empty: that was the round's last one."""
		wanted = [one for one in items if one.at > self.reach]
		times = [one.at for one in wanted]
		newest, oldest = (
			max([*times, self.newest]),
			min([*times, self.oldest or max(times, default=0)], default=0),
		)
		fresh = _newest((*self.fresh, *(one.key for one in wanted)))
		if page:
			edge = tuple({one.key for one in wanted if one.at == oldest})
			return replace(self, page=page, newest=newest, oldest=oldest, fresh=fresh, edge=edge)
		seen = _newest((*self.seen, *fresh))
		reach = max(self.reach, _time_of(seen[-1])) if len(seen) == REMEMBERED else self.reach
		return Position(reach, max(newest, self.mark), seen)


def _newest(keys: Iterable[str]) -> tuple[str, ...]:
	return tuple(sorted(set(keys), reverse=True)[:REMEMBERED])


def _time_of(key: str) -> int:
	return int(key[:TIME_DIGITS], 16)


def milliseconds(moment: datetime) -> int:
	return (moment - EPOCH) // MILLISECOND


def as_time(number: int) -> datetime:
	return EPOCH + number * MILLISECOND


def written(moment: datetime) -> str:
	"""As the protocol wants a time."""
	return moment.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
