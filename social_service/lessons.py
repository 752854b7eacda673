"""Lessons: what agents said of suggested articles comes in; the index of articles knows it. A post taken back teaches nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta, timezone
from operator import itemgetter

from social_service.hosts.base import From, Host, in_parts
from social_service.ledger import SocialArticleSuggestion, SocialMessage
from social_service.match import Index, load, save
from social_service.match.entry import Lesson
from social_service.match.words import LONGEST
from social_service.records import Judgement

FIELDS = ("article", "message", "verdict", "inserted_as", "judged_at")
EVER = datetime(1970, 1, 1, tzinfo=timezone.utc)
OVERLAP = timedelta(minutes=2)  # a click may be committed after a later one
RECENT = timedelta(minutes=10)
AFRESH = timedelta(hours=1)  # so long may a post that its author took back go on teaching


def index_of(host: Host, now: datetime) -> Index:
	"""The articles as they are now: the file of whoever came last, and what has happened since."""
	path = host.cache / "articles.npz"
	index = load(path)
	synonyms = index.use_synonyms(host.desk.synonyms())
	articles = index.update(host.desk.articles(_unread_since(index.as_of, now)))
	if learn(host, index, now) or articles or synonyms:
		save(index, path)
	return index


def _unread_since(as_of: datetime | None, now: datetime) -> datetime | None:
	"""An edit may be committed after a later one was read; not for ever, or a big import is read again in each job."""
	return as_of - OVERLAP if as_of and now - as_of < RECENT else as_of


def learn(host: Host, index: Index, now: datetime) -> bool:
	"""True if the index is to be saved."""
	if index.learned_at and now - index.learned_at < AFRESH:
		return _learn_newest(host, index)
	rows = _judged(host, EVER)
	index.teach_afresh(_lessons(host, rows))
	index.learned_at = now
	_remember(index, rows)
	return True


def _learn_newest(host: Host, index: Index) -> bool:
	rows = _judged(host, index.taught_until - OVERLAP if index.taught_until else EVER)
	told = list(_lessons(host, rows))
	taught = {(article, lesson.message) for article, lesson in told}
	silent = {(article, message) for article, message, *_rest in rows} - taught
	before = index.taught_until
	_remember(index, rows)
	return index.teach(told, silent) or index.taught_until != before


def _judged(host: Host, since: datetime) -> list[tuple]:
	"""Rows of FIELDS, oldest click first."""
	return sorted(
		host.store.columns(SocialArticleSuggestion, FIELDS, {"judged_at": From(since)}), key=itemgetter(4)
	)


def _remember(index: Index, rows: list[tuple]) -> None:
	index.taught_until = max((row[4] for row in rows), default=index.taught_until)


def _lessons(host: Host, rows: list[tuple]) -> Iterator[tuple[str, Lesson]]:
	"""An article that an agent put into an answer helped, unless they say otherwise."""
	told = [row for row in rows if row[2] or row[3]]
	texts = texts_of(host, {message for _article, message, *_rest in told})
	for article, message, verdict, _inserted_as, _at in told:
		if texts.get(message):
			yield article, Lesson(texts[message], message, verdict != Judgement.WRONG)


def texts_of(host: Host, messages: Iterable[str]) -> dict[str, str]:
	"""Message → its text. What its author has deleted teaches nothing."""
	found: dict[str, str] = {}
	for some in in_parts(messages):
		found |= dict(host.store.columns(SocialMessage, ("name", "text"), {"name": some, "deleted_at": None}))
	return {name: text[:LONGEST] for name, text in found.items()}
