"""Gaps of the knowledge base: the questions of some days come in; what no article answers goes out, "write this next" first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from social_service.hosts.base import From, In, Store, in_parts
from social_service.ledger import SocialArticleSuggestion, SocialMessage
from social_service.match import FITS, Index
from social_service.match.gaps import Gap, gaps
from social_service.records import Fate, Judgement, Need

FIELDS = ("sent_at", "name", "text", "language")
MOST_POSTS = 10_000  # the newest: grouping them takes seconds


@dataclass(frozen=True)
class Asked:
	"""``teams``: whose posts may be counted; None = all."""

	since: datetime
	until: datetime
	channel: str = ""
	language: str = ""
	teams: frozenset[str] | None = None


@dataclass(frozen=True)
class Missing:
	"""What people ask and no article answers. ``written``: the article that would be suggested by now, '' = none."""

	question: str
	words: tuple[str, ...]
	languages: tuple[str, ...]  # the most frequent first
	last_asked: datetime
	messages: tuple[str, ...]  # newest first
	written: str


@dataclass(frozen=True)
class Gaps:
	"""``asked``: so many questions were looked at; ``unanswered``: so many of them had no article."""

	asked: int
	unanswered: int
	missing: list[Missing]


def find_gaps(store: Store, asked: Asked, index: Index) -> Gaps:
	rows = sorted(_questions(store, asked), reverse=True)[:MOST_POSTS]
	fitting = _fitting(store, [name for _at, name, _text, _language in rows])
	scored = [(text, 100.0 if name in fitting else 0.0) for _at, name, text, _language in rows]
	without = sum(score < FITS for _text, score in scored)
	return Gaps(len(rows), without, [_missing(gap, rows, index) for gap in gaps(scored)])


def _questions(store: Store, asked: Asked) -> Iterator[tuple]:
	"""Rows of FIELDS. Only what opened a ticket was compared with the articles; a word in between asks nothing new."""
	where: dict[str, object] = {
		"sent_at": From(asked.since),
		"fate": Fate.OPENED,
		"need": In((Need.EXPLICIT, Need.IMPLICIT)),
		"deleted_at": None,
	}
	where |= {name: getattr(asked, name) for name in ("channel", "language") if getattr(asked, name)}
	if asked.teams is not None:
		where["team"] = In(tuple(sorted(asked.teams)))
	return (row for row in store.columns(SocialMessage, FIELDS, where) if row[0] < asked.until)


def _fitting(store: Store, names: Sequence[str]) -> set[str]:
	"""Messages with an article that fits and that no agent called wrong."""
	found: set[str] = set()
	for some in in_parts(names):
		rows = store.columns(SocialArticleSuggestion, ("message", "score", "verdict"), {"message": some})
		found |= {one for one, score, verdict in rows if score >= FITS and verdict != Judgement.WRONG}
	return found


def _missing(gap: Gap, rows: Sequence[tuple], index: Index) -> Missing:
	members = [rows[number] for number in gap.rows]  # newest first, as all of them
	languages = Counter(language for _at, _name, _text, language in members if language)
	return Missing(
		question=gap.question,
		words=gap.words,
		languages=tuple(language for language, _count in languages.most_common()),
		last_asked=members[0][0],
		messages=tuple(name for _at, name, _text, _language in members),
		written=next((one.title for one in index.suggest(gap.question, limit=1)), ""),
	)
