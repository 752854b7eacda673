"""The invented company and its scripted day, read from the files in ``company/``. Everything in them is made up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

from social_service.records import Article, Fate

FOLDER = Path(__file__).parent / "company"
NETWORKS = ("x", "mastodon")


@dataclass(frozen=True)
class Person:
	handle: str
	name: str
	followers: int
	is_bot: bool


@dataclass(frozen=True)
class Event:
	"""One thing that somebody does on a network. ``fate`` is what an experienced support lead would want."""

	network: str
	key: str
	at: datetime
	by: str
	action: str  # post | direct | repost | edit | delete
	text: str
	language: str
	reply_to: str
	quote_of: str
	repost_of: str
	target: str
	fate: Fate
	article: str


@dataclass(frozen=True)
class Answer:
	"""A ready public answer that belongs to an article."""

	article: str
	language: str
	text: str


@dataclass(frozen=True)
class Company:
	name: str
	handle: str
	keywords: tuple[str, ...]
	hashtags: tuple[str, ...]
	day: datetime  # midnight of the day, in the company's zone
	zone: ZoneInfo

	def people(self, network: str) -> list[Person]:
		return [
			Person(row["handle"], row["name"], row["followers"], row["is_bot"])
			for row in _rows(f"people_{network}.jsonl")
		]

	def events(self) -> list[Event]:
		"""Of all networks, in the order of the day."""
		found = [self._event(network, row) for network in NETWORKS for row in _rows(f"day_{network}.jsonl")]
		return sorted(found, key=lambda event: event.at)

	def articles(self) -> list[Article]:
		changed = self.day.astimezone(timezone.utc)
		return [Article(row["id"], row["title"], row["text"], changed) for row in _rows("articles.jsonl")]

	def answers(self) -> dict[str, Answer]:
		return {row["id"]: Answer(row["id"], row["lang"], row["answer"]) for row in _rows("articles.jsonl")}

	def _event(self, network: str, row: dict) -> Event:
		local = datetime.combine(self.day.date(), time.fromisoformat(row["at"]), self.zone)
		return Event(
			network=network,
			key=row["key"],
			at=local.astimezone(timezone.utc),
			by=row["by"],
			action=row["do"],
			text=row["text"] or "",
			language=row["lang"],
			reply_to=row["reply_to"] or "",
			quote_of=row["quote_of"] or "",
			repost_of=row["repost_of"] or "",
			target=row["target"] or "",
			fate=Fate(row["fate"]),
			article=row["article"] or "",
		)


def load() -> Company:
	told = json.loads((FOLDER / "company.json").read_text(encoding="utf-8"))
	zone = ZoneInfo(told["timezone"])
	return Company(
		name=told["name"],
		handle=told["accounts"]["x"]["handle"],
		keywords=tuple(told["keywords"]),
		hashtags=tuple(told["hashtags"]),
		day=datetime.combine(datetime.fromisoformat(told["day"]).date(), time(), zone),
		zone=zone,
	)


def _rows(name: str) -> Iterator[dict]:
	for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
		if line.strip():
			yield json.loads(line)
