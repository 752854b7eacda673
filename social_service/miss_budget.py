"""The site's own miss budget: what was found and what the blind sample found missed come in; from which chance on posts are
shown goes out. And what a smaller or larger budget would cost in reading.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from social_service.arrays import UNREADABLE, write_arrays
from social_service.blind_sample import CANT_TELL, NEEDED
from social_service.hosts.base import From, Host, In
from social_service.ledger import SocialBlindSample, SocialMessage
from social_service.miss_rate import ENOUGH
from social_service.records import Fate, Need
from social_service.sentence import Sentence, _
from social_service.settings import languages_of
from social_service.site_settings import the_rules, the_settings
from social_service.triage import Verdict, judge
from social_service.triage.budget import by_language, least_chance
from social_service.triage.reader import Reader
from social_service.triage.verdict import help_wanted

COUNTED_FOR = timedelta(days=90)
FILE = "miss_budget.npz"
BUDGETS = (1, 2, 5, 10, 20)
LAST = 300  # posts of which the effort is told
Requests = dict[str, list[tuple[float, float]]]  # language → (how likely a request it was told to be, weight)


# --- what the site's people judged ---------------------------------------------------------------------------


def learn(host: Host, reader: Reader, now: datetime) -> bool:
	"""Each night. False: too little was judged, so the invented corpus decides alone."""
	since = now - COUNTED_FOR
	judged, missed = _missed(host, reader, since)
	enough = {language: number for language, number in judged.items() if number >= ENOUGH}
	found = _found(host, since) if enough else {}
	requests = {
		language: _worth([*found.get(language, ()), *missed[language]], enough[language])
		for language in enough
	}
	write_arrays(host.cache / FILE, by_language(reader.model.requests, requests))
	return bool(enough)


def shares_of(host: Host) -> Mapping[str, np.ndarray] | None:
	"""None = the site has judged nothing yet, or its file is gone."""
	try:
		with np.load(host.cache / FILE, allow_pickle=False) as kept:
			return dict(kept)
	except UNREADABLE:
		return None


def _missed(host: Host, reader: Reader, since: datetime) -> tuple[Counter[str], Requests]:
	"""(how many posts were judged, those that needed a reply after all), by language. A judged one stands for others of its day."""
	rows = host.store.find(SocialBlindSample, {"judged_at": From(since)}, order="-judged_at", limit=1000)
	rows = [row for row in rows if row.answer and row.answer != CANT_TELL]
	of_day = Counter(row.drawn_at for row in rows)
	posts = host.store.get(SocialMessage, [row.message for row in rows if row.answer == NEEDED])
	missed: Requests = defaultdict(list)
	for row in rows:
		post = posts.get(row.message)
		if post and not post.deleted_at:
			chance = help_wanted(post, reader.model.read(post.text, reader.brand))
			missed[row.language].append((chance, row.drawn_of / of_day[row.drawn_at]))
	return Counter(row.language for row in rows), missed


def _found(host: Host, since: datetime) -> Requests:
	"""What words decided counts by its chance: some of it asked for nothing. The rest is seen whatever the model says."""
	where = {
		"sent_at": From(since),
		"fate": In((Fate.OPENED, Fate.JOINED)),
		"need": In((Need.EXPLICIT, Need.IMPLICIT)),
	}
	counted = host.store.tally(SocialMessage, ("language", "decided_by", "confidence"), where)
	found: Requests = defaultdict(list)
	for (language, by, confidence), number in counted.items():
		if by == "words" and str(confidence).isdigit():
			chance = int(confidence) / 100
			found[language].append((chance, chance * number))
		elif by in ("rule", "form"):
			found[language].append((1.0, float(number)))
	return found


def _worth(requests: Sequence[tuple[float, float]], judged: int) -> list[tuple[float, float]]:
	"""Together they weigh as much as there were judgements: what nobody judged proves nothing."""
	whole = sum(weight for _chance, weight in requests)
	return [(chance, weight * judged / whole) for chance, weight in requests] if whole else []


# --- what a budget costs -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Effort:
	"""With ``missed`` of 100 requests missed at most, agents would have been shown ``shown`` of the last ``of`` posts."""

	missed: int
	shown: int
	of: int
	is_current: bool
	sentence: Sentence


def efforts(host: Host, reader: Reader) -> list[Effort]:
	"""Of the last posts; nothing is stored."""
	shares = shares_of(host) or reader.model.requests
	settings = the_settings(host)
	rules = the_rules(host)
	posts = host.store.find(
		SocialMessage,
		{"is_own": False, "is_repost": False, "is_bot": False, "deleted_at": None},
		order="-sent_at,name",
		limit=LAST,
	)
	everything = replace(reader, least=dict.fromkeys(shares, 0.0))
	languages = languages_of(settings)
	verdicts = [judge(post, rules, languages, host.zone, everything) for post in posts]
	told = []
	for missed in sorted({*BUDGETS, settings.miss_budget}):
		least = replace(reader, least={one: least_chance(known, missed) for one, known in shares.items()})
		shown = sum(one.need is not Need.NONE and _is_shown(one, least) for one in verdicts)
		share = round(100 * shown / len(posts)) if posts else 0
		sentence = _("At most {0} of 100 requests missed: agents read {1} of 100 posts", missed, share)
		told.append(Effort(missed, shown, len(posts), missed == settings.miss_budget, sentence))
	return told


def _is_shown(verdict: Verdict, reader: Reader) -> bool:
	if verdict.decided_by != "words":
		return True
	return int(verdict.confidence) / 100 >= round(reader.shows_from(verdict.language), 2)
