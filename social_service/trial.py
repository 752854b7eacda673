"""Trial: a rule as it is typed and the last posts come in; which it would catch, and what would change. Stores nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime

from social_service.decider import reader_for
from social_service.hosts.base import Host, In
from social_service.ledger import SocialMessage
from social_service.records import Fate, Kind, Need
from social_service.sentence import Sentence
from social_service.settings import SocialServiceSettings, SocialTriageRule, languages_of
from social_service.site_settings import the_rules, the_settings
from social_service.triage.rules import first_match, seen_by
from social_service.triage.verdict import Verdict, judge

LAST = 100  # posts
MOST_TEXT = 400  # characters of each that are shown
TYPED = "\x00typed"  # no stored rule has this name


@dataclass(frozen=True)
class Judged:
	"""What the rules make of a post that starts a thread."""

	fate: Fate
	need: Need
	topic: str | Sentence
	team: str
	priority: str
	ticket_type: str


@dataclass(frozen=True)
class Tried:
	"""A post that the rule would catch. ``word``: what it saw. ``before``, ``after``: without the rule and with it."""

	author: str
	text: str
	url: str
	sent_at: datetime
	word: str
	before: Judged
	after: Judged
	reason: Sentence
	decides: bool  # False: a rule before it has the last word
	changes: bool


def rule_as_typed(values: Mapping[str, object]) -> SocialTriageRule:
	"""From a form's values: what is empty there is as the record has it when empty."""
	told = {field.name: values.get(field.name) for field in fields(SocialTriageRule)}
	texts = {key: str(value or "") for key, value in told.items()}
	numbers = {key: cint(told[key]) for key in ("sort_order", "followers")}
	kind = Kind(texts["kind"]) if texts["kind"] in [one.value for one in Kind] else None
	return SocialTriageRule(**{**texts, **numbers, "kind": kind, "enabled": bool(cint(told["enabled"]))})


@dataclass(frozen=True)
class Trial:
	looked_at: int
	caught: list[Tried]


def on_last_posts(host: Host, typed: SocialTriageRule, teams: frozenset[str] | None) -> Trial:
	"""``teams``: whose posts may be shown; None = all."""
	own = {"team": In(tuple(sorted(teams)))} if teams is not None else {}
	posts = host.store.find(
		SocialMessage, {"is_own": False, "is_repost": False, **own}, order="-sent_at,name", limit=LAST
	)
	stored = the_rules(host)
	settings = the_settings(host)
	return Trial(len(posts), [*tried(typed, stored, posts, settings, host)])


def cint(value: object) -> int:
	"""Forms send numbers as text, too."""
	text = str(value or 0).strip()
	return int(text) if text.removeprefix("-").isdecimal() else 0


def tried(
	typed: SocialTriageRule,
	stored: Sequence[SocialTriageRule],
	posts: Sequence[SocialMessage],
	settings: SocialServiceSettings,
	host: Host,
) -> Iterator[Tried]:
	"""``stored``: the rules that are on. The typed one replaces its own earlier state and counts as switched on."""
	languages, zone, reader = languages_of(settings), host.zone, reader_for(host, settings)
	rule = replace(typed, enabled=True, name=typed.name or TYPED)
	others = [one for one in stored if one.name != rule.name]
	rules = sorted([*others, rule], key=lambda one: (one.sort_order, one.name))
	for post in posts:
		after = judge(post, rules, languages, zone, reader)
		word = seen_by(rule, post, after.language, zone)
		if word is None:
			continue
		first = first_match(rules, post, after.language, zone)
		before = judge(post, stored, languages, zone, reader)
		yield _row(post, word, before, after, decides=bool(first) and first[0] is rule)


def _row(post: SocialMessage, word: str, before: Verdict, after: Verdict, *, decides: bool) -> Tried:
	return Tried(
		author=post.author_name or post.handle,
		text=post.text[:MOST_TEXT],
		url=post.url,
		sent_at=post.sent_at,
		word=word,
		before=_judged(before),
		after=_judged(after),
		reason=after.reason,
		decides=decides,
		changes=_judged(before) != _judged(after),
	)


def _judged(verdict: Verdict) -> Judged:
	fate = Fate.WATCHED if verdict.need is Need.NONE else Fate.OPENED
	if verdict.is_spam or not verdict.concerns:
		fate = Fate.IGNORED
	return Judged(fate, verdict.need, verdict.topic, verdict.team, verdict.priority, verdict.ticket_type)
