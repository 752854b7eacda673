"""Where a stream of YouTube stands. Comments are a list with the newest first. Replies are found in rounds: which of the last
threads have more replies than before? These are read, all others cost nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace

from social_service.channels.google.cursor import Position, read_position
from social_service.channels.youtube.budget import Spent
from social_service.channels.youtube.comment import Thread

VERSION = 1
WINDOW = 5  # pages of a hundred threads, the newest: below older ones the nightly scan does not look either


@dataclass(frozen=True)
class Round:
	position: Position
	spent: Spent = field(default_factory=Spent)
	# of the replies alone
	counts: Mapping[str, int] = field(
		default_factory=dict
	)  # thread → its replies, in the last complete round
	counted: Mapping[str, int] = field(default_factory=dict)  # … in this one
	begun: int = 0  # YouTube's time at its first call
	listed: int = 0  # pages of threads
	is_listed: bool = False
	waiting: tuple[Thread, ...] = ()  # have more replies than before
	inside: str = ""  # token of the next page of waiting[0]

	def after_listing(self, threads: Iterable[tuple[Thread, int]], token: str, at: int) -> Round:
		"""``position.page`` leads through the threads here."""
		found = [(thread, count) for thread, count in threads if count]
		grown = [
			thread
			for thread, count in found
			if count > self.counts.get(thread.id, 0) and thread.id not in self.counted
		]
		is_listed = not token or self.listed + 1 >= WINDOW
		return replace(
			self,
			position=replace(self.position, page="" if is_listed else token),
			counted={**self.counted, **{thread.id: count for thread, count in found}},
			begun=self.begun or at,
			listed=self.listed + 1,
			is_listed=is_listed,
			waiting=(*self.waiting, *grown),
		)

	def after_reading(self, times: Mapping[str, int], token: str) -> Round:
		"""``token`` empty: waiting[0] is read."""
		newest = max([self.position.newest, *times.values()])
		young = {key: at for key, at in times.items() if at >= self.position.floor}
		return replace(
			self,
			position=replace(self.position, newest=newest, known={**self.position.known, **young}),
			waiting=self.waiting if token else self.waiting[1:],
			inside=token,
		)

	@property
	def is_over(self) -> bool:
		return self.is_listed and not self.waiting

	def closed(self) -> Round:
		"""What was written while we read may stand in a thread that was listed before: so not up to the newest."""
		upto = min(self.position.newest, self.begun)
		return Round(self.position.closed(upto), self.spent, self.counted)

	def begun_again(self) -> Round:
		"""YouTube refused a page's token. What was read of this round stays known."""
		return Round(self.position.begun_again(), self.spent, self.counts)

	def text(self) -> str:
		kept = {key: value for key, value in asdict(self).items() if value and key != "position"}
		return json.dumps({"v": VERSION, "position": self.position.text(), **kept}, separators=(",", ":"))


def read_round(cursor: str | None, since: str | None) -> Round:
	try:
		kept = json.loads(cursor or "")
		if kept.pop("v") == VERSION:
			return Round(
				**{
					**kept,
					"position": read_position(kept["position"], None),
					"spent": Spent(**kept.get("spent", {})),
					"waiting": tuple(Thread(**one) for one in kept.get("waiting", ())),
				}
			)
	except (ValueError, KeyError, TypeError, AttributeError):
		pass
	return Round(read_position(None, since))
