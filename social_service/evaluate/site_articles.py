"""Suggestions of a site's last days: posts to which agents gave an article are asked again, each without what it taught."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from social_service.hosts.base import Can, From, Host
from social_service.ledger import SocialArticleSuggestion
from social_service.lessons import index_of, texts_of
from social_service.match import Index
from social_service.match.entry import Lesson
from social_service.records import Judgement

MOST = 500  # posts, the newest ones: the index is changed twice for each
Lessons = dict[str, list[tuple[str, Lesson]]]  # message → what it taught of which article
FIELDS = ("message", "article", "verdict", "inserted_as", "judged_at")


@dataclass(frozen=True)
class Suggested:
	"""Of ``posts`` with a right article: for how many it comes first, among the first three, and nothing at all comes."""

	posts: int = 0
	first: int = 0
	among_three: int = 0
	silent: int = 0


def suggested(host: Host, since: datetime, now: datetime) -> Suggested:
	right = _right(host, since)
	if Can.ARTICLES not in host.desk.can or not right:
		return Suggested()
	index, texts = index_of(host, now), texts_of(host, right)
	taught = _by_message(index)
	asked = [(right[name], _asked_again(index, taught, name, text)) for name, text in texts.items()]
	return Suggested(
		posts=len(asked),
		first=sum(found[:1] != [] and found[0] in articles for articles, found in asked),
		among_three=sum(bool(articles.intersection(found)) for articles, found in asked),
		silent=sum(not found for _articles, found in asked),
	)


def _right(host: Host, since: datetime) -> Mapping[str, set[str]]:
	"""Message → articles that helped: an agent said so, or put it into an answer and did not call it wrong."""
	rows = list(host.store.columns(SocialArticleSuggestion, FIELDS, {"judged_at": From(since)}))
	found: dict[str, set[str]] = defaultdict(set)
	for message, article, verdict, inserted_as, _at in sorted(rows, key=lambda row: row[-1], reverse=True):
		if (
			verdict != Judgement.WRONG
			and (verdict or inserted_as)
			and (message in found or len(found) < MOST)
		):
			found[message].add(article)
	return found


def _asked_again(index: Index, taught: Lessons, message: str, text: str) -> list[str]:
	"""The articles suggested for it, as if nobody had said anything of it."""
	index.teach((), [(article, message) for article, _lesson in taught[message]])
	found = [one.article for one in index.suggest(text)]
	index.teach(taught[message])
	return found


def _by_message(index: Index) -> Lessons:
	found: Lessons = defaultdict(list)
	for article, entry in index.entries.items():
		for lesson in entry.lessons:
			found[lesson.message].append((article, lesson))
	return found
