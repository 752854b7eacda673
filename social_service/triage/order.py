"""Which of two tickets first? By what is needed. Reach never outranks need: followers break ties, where an admin wants that."""

from __future__ import annotations

from math import log10

from social_service.ledger import SocialMessage
from social_service.records import Need
from social_service.settings import SocialServiceSettings
from social_service.triage.verdict import Verdict

STEP = 100  # between two degrees of need
PER_TENFOLD = 14  # a hundred million followers stay below a step


def order_of(message: SocialMessage, verdict: Verdict, settings: SocialServiceSettings) -> int:
	"""The higher, the sooner: urgent before not, asked before not asked."""
	degree = 2 * verdict.is_urgent + (verdict.need is Need.EXPLICIT)
	return STEP * degree + (_reach(message.followers) if settings.reach_breaks_ties else 0)


def _reach(followers: int) -> int:
	return min(STEP - 1, round(PER_TENFOLD * log10(1 + max(followers, 0))))
