"""How well would it have worked here? What people said of a site's last days comes in; figures and sentences go out.

Posts are judged again, by the rules and the model of today. Stores nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from social_service.blind_sample import CANT_TELL, NEEDED
from social_service.corrections import is_foreign, wants_reply
from social_service.decider import the_reader
from social_service.evaluate.site_articles import Suggested, suggested
from social_service.hosts.base import PART, From, Host, in_parts
from social_service.ledger import SocialBlindSample, SocialCorrection, SocialMessage, SocialReply
from social_service.records import Need, ReplyState
from social_service.sentence import Sentence, _
from social_service.settings import languages_of
from social_service.site_model import model_of
from social_service.site_settings import the_rules, the_settings
from social_service.triage import judge
from social_service.triage.model import load

MOST = 5_000  # posts that are judged again, the newest ones
SAMPLE, CORRECTED, ANSWERED = _("Blind sample"), _("Corrections"), _("Answered tickets")


@dataclass(frozen=True)
class Judged:
	"""Of posts of which is known whether they needed a reply. ``needless``: shown, though they needed none."""

	known_from: Sentence
	posts: int
	needed: int
	missed: int
	needless: int

	@property
	def right(self) -> int:
		return self.posts - self.missed - self.needless


@dataclass(frozen=True)
class HowWell:
	"""``triage``: a row for each way to know, and one of all."""

	days: int
	triage: list[Judged]
	suggestions: Suggested
	posts: int
	without_language: int
	told: list[Sentence]


Truth = Mapping[str, tuple[Sentence, bool]]  # message → (from where we know, did it need a reply?)


def last_days(host: Host, days: int, now: datetime) -> HowWell:
	since = now - timedelta(days=days)
	triage, articles = _triage(host, since), suggested(host, since, now)
	languages = host.store.tally(SocialMessage, ("language",), {"sent_at": From(since), "is_own": False})
	posts, without = sum(languages.values()), sum(languages.get((one,), 0) for one in ("", None))
	told = [*_told_of_triage(triage[-1]), *_warning(host), *_told_of_articles(articles)]
	if posts:
		told.append(_("Of {0} posts {1} have no language that could be told.", posts, without))
	return HowWell(days, triage, articles, posts, without, told)


# --- what people said ----------------------------------------------------------------------------------------


def _truth(host: Host, since: datetime) -> Truth:
	"""A blind answer counts more than a correction, and that more than the answer that an agent gave; newer ones more."""
	found: dict[str, tuple[Sentence, bool]] = {}
	sent = {"state": ReplyState.SENT, "sent_at": From(since)}
	found |= {message: (ANSWERED, True) for (message,) in host.store.columns(SocialReply, ("message",), sent)}
	for said in _rows(host, SocialCorrection, "said_at", since):
		if said.need or is_foreign(said) or wants_reply(said):
			found[said.message] = (CORRECTED, wants_reply(said) and not is_foreign(said))
	for sample in _rows(host, SocialBlindSample, "judged_at", since):
		if sample.answer not in ("", CANT_TELL):
			found[sample.message] = (SAMPLE, sample.answer == NEEDED)
	return found


def _rows(host: Host, kind: type, moment: str, since: datetime) -> list:
	"""Oldest first, the newest ones if there are very many."""
	found = host.store.find(kind, {moment: From(since)}, order=f"-{moment},-name", limit=PART)
	return found[::-1]


# --- judged again --------------------------------------------------------------------------------------------


def _triage(host: Host, since: datetime) -> list[Judged]:
	truth = _truth(host, since)
	shown = _shown(host, truth)
	rows = [(*truth[name], is_shown) for name, is_shown in shown.items()]
	each = [_counted(way, [row for row in rows if row[0] is way]) for way in (SAMPLE, CORRECTED, ANSWERED)]
	return [*(one for one in each if one.posts), _counted(_("All"), rows)]


def _counted(known_from: Sentence, rows: list[tuple[Sentence, bool, bool]]) -> Judged:
	needed = [is_shown for _way, was_needed, is_shown in rows if was_needed]
	needless = sum(is_shown for _way, was_needed, is_shown in rows if not was_needed)
	return Judged(known_from, len(rows), len(needed), len(needed) - sum(needed), needless)


def _shown(host: Host, names: Iterable[str]) -> dict[str, bool]:
	"""Message → would an agent see it? By rules and words alone: what agents said of it is what we measure against."""
	settings = the_settings(host)
	rules = the_rules(host)
	reader, languages, shown = the_reader(host), languages_of(settings), {}
	for post in _posts(host, names):
		verdict = judge(post, rules, languages, host.zone, reader)
		shown[post.name] = verdict.concerns and not verdict.is_spam and verdict.need is not Need.NONE
	return shown


def _posts(host: Host, names: Iterable[str]) -> list[SocialMessage]:
	found = []
	for some in in_parts(names):
		where = {"name": some, "deleted_at": None, "is_own": False}
		found += host.store.find(SocialMessage, where, order="-sent_at,name", limit=PART)
	return sorted(found, key=lambda post: post.sent_at, reverse=True)[:MOST]


# --- in words ------------------------------------------------------------------------------------------------


def _told_of_triage(all_of_them: Judged) -> list[Sentence]:
	one = all_of_them
	if not one.posts:
		return [
			_("Nobody has said of a post of these days whether it needed a reply, and none was answered.")
		]
	return [
		_(
			"Judged again by the rules and the model of today, {0} of {1} posts come out right.",
			one.right,
			one.posts,
		),
		_(
			"Of {0} that needed a reply it would miss {1}; of {2} that needed none it would show {3}.",
			one.needed,
			one.missed,
			one.posts - one.needed,
			one.needless,
		),
	]


def _warning(host: Host) -> list[Sentence]:
	if model_of(host) is load():
		return []
	return [_("The model has learned from corrections of these posts, so it looks better than it is.")]


def _told_of_articles(one: Suggested) -> list[Sentence]:
	if not one.posts:
		return [_("No article was inserted or called helpful in these days.")]
	return [
		_(
			"To {0} posts an agent gave an article. Without what they themselves taught, and by words alone, it is found "
			"first for {1} and among the first three for {2}.",
			one.posts,
			one.first,
			one.among_three,
		)
	]
