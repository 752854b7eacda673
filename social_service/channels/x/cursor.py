"""Where a stream of X stands: one round goes from the newest page back to what is known, then the mark moves up.

X answers newest first. The mark (``since_id``) moves only when a round's last page was handed out, so a crash after any
page repeats no round's gap: the next start goes on with the same page token, or begins the same round again.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta, timezone

VERSION = 1
SNOWFLAKE_EPOCH = 1_288_834_974_657  # milliseconds; X's ids carry their time
SEARCH_REACH = timedelta(days=7)  # recent search looks back so far
DM_REACH = timedelta(days=30)
MARGIN = timedelta(minutes=5)
OVERLAP = timedelta(days=1)  # read again by time where an id can't be used; ids that are known are dropped


@dataclass(frozen=True)
class Position:
	since_id: str = ""  # the newest id of the last complete round
	start_time: str = ""  # used while there is no id, or none young enough
	page: str = ""  # the next page of the round that is going on
	newest: str = ""  # the newest id of that round
	begun: str = ""  # network's time when that round began
	checked: str = ""  # … when the last complete round began

	def knows(self, item_id: str) -> bool:
		return bool(self.since_id) and number(item_id) <= number(self.since_id)

	def after_page(self, ids: list[str], token: str, now: datetime) -> Position:
		"""``token`` empty: that was the round's last page."""
		newest = max([*ids, self.newest], key=number)
		begun = self.begun or written(now)
		if token:
			return replace(self, page=token, newest=newest, begun=begun)
		since_id = max(newest, self.since_id, key=number)
		return Position(since_id, self._next_start(since_id, begun), checked=begun)

	def _next_start(self, since_id: str, begun: str) -> str:
		"""Without a usable id the start follows at a distance, so that it never leaves the search's reach."""
		moment = read_time(begun)
		if since_id and id_time(since_id) > moment - SEARCH_REACH + OVERLAP:
			return ""
		return max(self.start_time, written(moment - OVERLAP))

	def by_time(self, now: datetime) -> tuple[Position, datetime | None]:
		"""X refused the mark as too old: the same round by time. Also from when on posts are lost (None: none are)."""
		reach = now - SEARCH_REACH + MARGIN
		known = read_time(self.checked) if self.checked else self._marked()
		start = max(known - OVERLAP if self.checked else known, reach)
		position = Position(self.since_id, written(start), checked=self.checked)
		return position, (known if known < reach else None)

	def _marked(self) -> datetime:
		return id_time(self.since_id) if self.since_id else read_time(self.start_time)


def begin(since: str | None) -> Position:
	return Position(start_time=written(read_time(since)) if since else "")


def read_position(cursor: str) -> Position:
	values = json.loads(cursor)
	known = {key: str(values[key]) for key in asdict(Position()) if key in values}
	return Position(**known)


def write_position(position: Position) -> str:
	values = {key: value for key, value in asdict(position).items() if value}
	return json.dumps({"v": VERSION, **values}, separators=(",", ":"))


def number(item_id: str) -> int:
	"""Ids are kept as text and ordered as the numbers they write; an empty one comes first."""
	return int(item_id) if item_id.isdigit() else -1


def id_time(item_id: str) -> datetime:
	milliseconds = (int(item_id) >> 22) + SNOWFLAKE_EPOCH
	return datetime.fromtimestamp(milliseconds / 1000, tz=timezone.utc)


def read_time(text: str) -> datetime:
	moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
	return moment.astimezone(timezone.utc) if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


def written(moment: datetime) -> str:
	"""As X wants a time: whole seconds, UTC, Z."""
	return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
