"""Suggested answers: the articles that may answer a ticket's post come in; ways to put them into an answer go out, and
what an agent made of each is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from social_service.account import Clock
from social_service.drafts import Draft, Gauge, Way, draft, plain
from social_service.hosts.base import Host
from social_service.ledger import SocialArticleSuggestion
from social_service.match.entry import Entry
from social_service.match.words import asked_words
from social_service.records import Article, Judgement
from social_service.sentence import Refused, _
from social_service.settings import languages_of
from social_service.site_settings import the_settings
from social_service.triage.language import Hints, language_of

Articles = Callable[[Sequence[str]], Mapping[str, Article]]
MOST_OFFERS = 5


@dataclass(frozen=True)
class Offer:
	"""``sentence``: of the article, the one that fits the post; "" where none does better than its title."""

	article: str
	title: str
	score: int
	sentence: str
	language: str  # ISO 639-1; "" = nobody knows
	changed_at: datetime
	url: str
	drafts: Mapping[str, Draft]  # by Way
	verdict: str
	inserted_as: str


# --- offering -------------------------------------------------------------------------------------------------


def offers(host: Host, ticket: str, articles: Articles, gauge: Gauge) -> list[Offer]:
	"""Best first. What is no longer published is left out."""
	rows = suggested(host, ticket)
	published = articles([row.article for row in rows])
	languages = languages_of(the_settings(host))
	found = [(row, published[row.article]) for row in rows if row.article in published]
	return [_offer(row, article, gauge, languages) for row, article in found]


def suggested(host: Host, ticket: str) -> list[SocialArticleSuggestion]:
	"""Each article once, with its best score."""
	rows = host.store.find(SocialArticleSuggestion, {"ticket": ticket}, order="-score,rank,name", limit=50)
	best = {row.article: row for row in reversed(rows)}
	return sorted(best.values(), key=lambda row: -row.score)[:MOST_OFFERS]


def _offer(row: SocialArticleSuggestion, article: Article, gauge: Gauge, languages: Sequence[str]) -> Offer:
	sentence = fitting_sentence(article, row.sentence, gauge.post.text if gauge.post else "")
	return Offer(
		article=article.name,
		title=article.title,
		score=row.score,
		sentence=sentence,
		language=language_of(f"{article.title}\n{article.text}", Hints(), languages).language,
		changed_at=article.changed_at,
		url=article.url,
		drafts={str(way): draft(way, article, sentence, gauge) for way in Way},
		verdict=row.verdict,
		inserted_as=row.inserted_as,
	)


def fitting_sentence(article: Article, known: str, asked: str) -> str:
	"""The one found when the post was decided, while the article still says it; else the one that fits now."""
	if known and known != article.title and plain(known) in plain(article.text):
		return known
	found = Entry(article.title, article.text, 0).sentence(asked_words(asked))
	return "" if found == article.title else found


# --- what an agent made of it ---------------------------------------------------------------------------------


def inserted(host: Host, ticket: str, article: str, way: Way, *, by: str, clock: Clock) -> None:
	_keep(host, suggestion(host, ticket, article), by, clock, inserted_as=str(way))


def judge(host: Host, ticket: str, article: str, said: Judgement, *, by: str, clock: Clock) -> str:
	"""The newest word counts; the same word again takes it back. What is kept now."""
	row = suggestion(host, ticket, article)
	verdict = "" if row.verdict == said else str(said)
	_keep(host, row, by, clock, verdict=verdict)
	return verdict


def suggestion(host: Host, ticket: str, article: str) -> SocialArticleSuggestion:
	"""Raises Refused."""
	for row in suggested(host, ticket):
		if row.article == article:
			return row
	raise Refused(_("This article is not suggested for this ticket any more. Reload the page."))


def _keep(host: Host, row: SocialArticleSuggestion, by: str, clock: Clock, **values: str) -> None:
	with host.transaction():
		host.store.change(row, judged_by=by, judged_at=clock(), **values)
