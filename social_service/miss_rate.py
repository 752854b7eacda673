"""Of all requests, how many did triage miss? Posts that people judged come in; a share with its 95 % interval goes out.

Each day some of the posts that nobody was shown are judged. A day's posts all had the same chance, so each judged one
stands for `drawn_of / judged` of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from social_service.sentence import Sentence, _

Z = 1.96  # 95 of 100
ENOUGH = 30  # judged posts; below that the interval says nothing


@dataclass(frozen=True)
class Day:
	"""``drawn_of``: the posts that nobody was shown. ``judged``: of those drawn, without "can't tell"."""

	drawn_of: int
	judged: int
	missed: int


@dataclass(frozen=True)
class Rate:
	"""Shares of all requests, 0 to 1: missed, and between which two bounds it is."""

	judged: int
	missed: int
	share: float
	least: float
	most: float


def missed_rate(days: Sequence[Day], found: int) -> Rate | None:
	"""``found``: requests that did get a ticket. None = nobody judged anything. Days without a judgement are like the others."""
	told = [day for day in days if day.judged]
	covered = sum(day.drawn_of for day in told)
	if not covered:
		return None
	share = sum(day.drawn_of * day.missed / day.judged for day in told) / covered
	worth = covered**2 / sum(day.drawn_of**2 / day.judged for day in told)
	posts = sum(day.drawn_of for day in days)
	bounds = (share, *wilson(share, worth))
	of_requests = (_of_requests(one * posts, found) for one in bounds)
	return Rate(sum(day.judged for day in told), sum(day.missed for day in told), *of_requests)


def wilson(share: float, judged: float) -> tuple[float, float]:
	"""The 95 % interval of a share (E. B. Wilson, 1927). ``judged``: so many equal judgements it is worth (L. Kish, 1965)."""
	width = Z * Z / judged
	middle = (share + width / 2) / (1 + width)
	half = Z * sqrt(share * (1 - share) / judged + width / (4 * judged)) / (1 + width)
	return max(middle - half, 0.0), min(middle + half, 1.0)


def _of_requests(missed: float, found: int) -> float:
	return missed / (missed + found) if missed + found else 0.0


def told(rate: Rate | None) -> Sentence:
	judged = rate.judged if rate else 0
	if rate is None or judged < ENOUGH:
		return _("Not enough judged yet: {0} of {1} posts.", judged, ENOUGH)
	share, least, most = (round(100 * one) for one in (rate.share, rate.least, rate.most))
	return _("Of 100 requests we missed about {0} (95 %: {1} to {2}).", share, least, most)
