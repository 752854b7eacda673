"""Blind sample: a day's posts that opened no ticket come in; some are judged by people who don't know what the machine said.

Out goes how many requests were missed. A post that needed a reply after all still gets one.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, timezone

from social_service import corrections
from social_service.account import Clock, network_label
from social_service.hosts.base import From, Host, In, Where
from social_service.ledger import SocialBlindSample, SocialMessage
from social_service.miss_rate import ENOUGH, Day, Rate, missed_rate
from social_service.miss_rate import told as told_rate
from social_service.records import Fate, Need
from social_service.sentence import Refused, Sentence, _
from social_service.site_settings import the_settings

DAY = timedelta(days=1)
LATEST = timedelta(
	days=30
)  # an older post that came today is not drawn: the index goes by when it was written
SHOWN_FOR = timedelta(days=7)
COUNTED_FOR = timedelta(days=28)
BY_MACHINE = ("rule", "form", "words")  # what an agent decided is no guess
NEEDED, NOT_NEEDED, CANT_TELL = "needed a reply", "needed none", "can't tell"
ANSWERS = (NEEDED, NOT_NEEDED, CANT_TELL)
MissRates = tuple[Rate | None, dict[str, Rate]]  # of all, and by language
Visible = Callable[[Sequence[str]], Collection[str]]  # of these messages those that somebody may see


# --- drawing -------------------------------------------------------------------------------------------------


def draw(host: Host, now: datetime) -> int:
	"""Once a day of the host's zone. Returns how many were drawn."""
	size = the_settings(host).sample_size
	today = now.astimezone(host.zone).date()
	midnight = datetime.combine(today, time.min, host.zone).astimezone(timezone.utc)
	if size < 1 or host.store.tally(SocialBlindSample, (), _drawn_since(midnight)).get((), 0):
		return 0
	posts = _not_shown(host, now)
	chosen = random.Random(today.isoformat()).sample(posts, min(size, len(posts)))
	with host.transaction():
		for name, key, language in chosen:
			row = SocialBlindSample(name, key, now, len(chosen), len(posts), language)
			host.store.add(row)
	return len(chosen)


def _not_shown(host: Host, now: datetime) -> list[tuple[str, str, str]]:
	"""(name, digest, language) of the last day's posts that the machine judged and that opened no ticket."""
	where = {
		"sent_at": From(now - LATEST),
		"fate": In((Fate.WATCHED, Fate.IGNORED)),
		"decided_at": From(now - DAY),
		"decided_by": In(BY_MACHINE),
		"deleted_at": None,
		"is_own": False,
		"is_repost": False,
		"is_bot": False,
	}
	drawn = {key for (key,) in host.store.columns(SocialBlindSample, ("digest",), _drawn_since(now - LATEST))}
	rows = host.store.columns(SocialMessage, ("name", "digest", "language"), where)
	return sorted(row for row in rows if row[1] not in drawn)


def _drawn_since(moment: datetime) -> Where:
	"""By the index of both."""
	return {"answer": In(("", *ANSWERS)), "drawn_at": From(moment)}


# --- judging -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
	"""A post to judge, without a word of what the machine made of it. ``number`` of ``of``: those drawn that day."""

	sample: str
	text: str
	network: str
	language: str
	url: str
	sent_at: datetime
	number: int
	of: int


@dataclass(frozen=True)
class Sheet:
	"""``asked``: None when nothing waits. ``rates``: of all, then by language."""

	asked: Asked | None
	rate: Sentence
	by_language: list[tuple[str, Sentence]]


def look(host: Host, visible: Visible, clock: Clock) -> Sheet:
	now = clock()
	rate, by_language = rates(host, now - COUNTED_FOR)
	told = [(language, told_rate(one)) for language, one in sorted(by_language.items())]
	return Sheet(_next(host, visible, now), told_rate(rate), told)


def _next(host: Host, visible: Visible, now: datetime) -> Asked | None:
	"""The newest day first, in an order that says nothing."""
	recent = host.store.find(
		SocialBlindSample, _drawn_since(now - SHOWN_FOR), order="-drawn_at,digest", limit=1000
	)
	names = [row.message for row in recent]
	seen = set(visible(names)) if names else set()
	posts = {name: one for name, one in host.store.get(SocialMessage, names).items() if not one.deleted_at}
	rows = [row for row in recent if row.message in seen and row.message in posts]
	waiting = next((row for row in rows if not row.answer), None)
	if waiting is None:
		return None
	same_day = [row for row in rows if row.drawn_at == waiting.drawn_at]
	number = 1 + sum(bool(row.answer) for row in same_day)
	return _asked(host, waiting, posts[waiting.message], number, len(same_day))


def _asked(host: Host, row: SocialBlindSample, post: SocialMessage, number: int, of: int) -> Asked:
	network = network_label(host, post.channel)
	return Asked(row.name, post.text, network, post.language, post.url, post.sent_at, number, of)


def sample_of(host: Host, name: str) -> SocialBlindSample:
	"""Raises Refused."""
	found = host.store.get(SocialBlindSample, [name]).get(name)
	if found is None:
		raise Refused(_("This post is not to be judged any more. Reload the page."))
	return found


def judge(
	host: Host, row: SocialBlindSample, answer: str, by: str, clock: Clock
) -> corrections.Corrected | None:
	"""The first judgement counts. What follows for the post, if anything does."""
	if answer not in ANSWERS:
		raise Refused(_("“{0}” is no judgement. Choose one of: {1}.", answer, ", ".join(ANSWERS)))
	now = clock()
	with host.transaction():
		ours = host.store.change(row, only_if={"answer": ""}, answer=answer, judged_by=by, judged_at=now)
		if ours is None or answer != NEEDED:
			return None
		opinion = corrections.Opinion({"need": Need.IMPLICIT.value}, by, "blind sample")
		return corrections.keep(host, row.message, opinion, now)


# --- counting ------------------------------------------------------------------------------------------------


def rates(host: Host, since: datetime) -> MissRates:
	"""Of the days since then on which posts were drawn."""
	fields = ("drawn_at", "drawn_of", "language", "answer")
	rows = list(host.store.columns(SocialBlindSample, fields, _drawn_since(since)))
	if not rows:
		return None, {}
	found = _found(host, min(row[0] for row in rows) - DAY)
	known = Counter(row[2] for row in rows if row[3] in (NEEDED, NOT_NEEDED))
	by_language = {
		language: missed_rate(list(_days(rows, language)), found[language])
		for language, judged in known.items()
		if language and judged >= ENOUGH
	}
	return missed_rate(list(_days(rows)), found.total()), by_language


def _days(rows: Sequence[tuple], language: str = "") -> Iterator[Day]:
	"""``language``: only what was missed in it; that it was drawn from all posts does not change."""
	days: dict[datetime, list[tuple]] = defaultdict(list)
	for row in rows:
		days[row[0]].append(row)
	for of_day in days.values():
		judged = sum(answer in (NEEDED, NOT_NEEDED) for *_rest, answer in of_day)
		missed = sum(answer == NEEDED and language in ("", spoken) for _at, _of, spoken, answer in of_day)
		yield Day(of_day[0][1], judged, missed)


def _found(host: Host, since: datetime) -> Counter[str]:
	"""Language → requests that the machine found. What a person found in the sample was missed."""
	where = {
		"sent_at": From(since),
		"fate": In((Fate.OPENED, Fate.JOINED)),
		"need": In((Need.EXPLICIT, Need.IMPLICIT)),
	}
	counted = host.store.tally(SocialMessage, ("language", "decided_by"), where)
	found: Counter[str] = Counter()
	for (language, by), number in counted.items():
		found[language] += number if by != "agent" else 0
	return found
