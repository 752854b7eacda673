"""The miss budget: "at most 2 missed of 100" comes in; from which chance on a post is shown to an agent goes out.

Not how likely a post is a request decides, but how many requests would be missed below: counted on requests that people judged.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

STEPS = 201  # of the shares that are kept
SURE = 0.999  # the highest chance that is ever asked for
# How a post came, whatever its words: by how much (natural logarithm of odds) a request is likelier or less likely than in the
# corpus, where half the posts are one; and the share of requests that come so. About a third names the company without
# its handle, and among all that a search finds they are rare.
TO_US, ANSWER, FOUND = (1.0, 0.6), (0.0, 0.1), (-2.0, 0.3)
SHIPPED_WORTH = 200  # judged requests of the site that count as much as those of the invented corpus


def known_form(chance: float, form: tuple[float, float]) -> float:
	"""How likely a post is a request when its words say ``chance`` and it came like that."""
	inside = min(max(chance, 1e-6), 1 - 1e-6)
	return 1 / (1 + math.exp(-(math.log(inside / (1 - inside)) + form[0])))


def as_they_come(chances: Sequence[float]) -> np.ndarray:
	"""The shares of the corpus' requests, had they come as requests do. 1 = it asks, and is seen whatever its words say."""
	forms = (TO_US, ANSWER, FOUND)
	told = [one if one >= 1 else known_form(one, form) for form in forms for one in chances]
	return as_shares(told, [form[1] for form in forms for _one in chances])


def as_shares(chances: Sequence[float], weights: Sequence[float] | None = None) -> np.ndarray:
	"""What 0, 0.5, 1 … 100 of 100 requests stay below. ``weights``: how many requests each stands for."""
	order = np.argsort(chances)
	found = np.asarray(chances, dtype=np.float64)[order]
	each = np.ones(len(found)) if weights is None else np.asarray(weights, dtype=np.float64)[order]
	reached = (np.cumsum(each) - each / 2) / each.sum()
	return np.interp(np.linspace(0, 1, STEPS), reached, found).astype(np.float32)


def least_chance(shares: np.ndarray, missed_of_100: float) -> float:
	"""The chance from which a post is shown, so that at most so many of 100 requests stay below it."""
	wanted = np.interp(np.clip(missed_of_100, 0, 100) / 100, np.linspace(0, 1, STEPS), shares)
	return min(float(wanted) if missed_of_100 > 0 else 0.0, SURE)


def together(shipped: np.ndarray, chances: Sequence[float], weights: Sequence[float]) -> np.ndarray:
	"""Shares of the invented corpus and of the site's own judged requests; the more of these, the less the corpus counts."""
	if not chances:
		return shipped
	corpus = np.full(STEPS, SHIPPED_WORTH / STEPS)
	return as_shares([*map(float, shipped), *chances], [*corpus, *weights])


def by_language(
	shipped: Mapping[str, np.ndarray], judged: Mapping[str, Sequence[tuple[float, float]]]
) -> dict[str, np.ndarray]:
	"""``judged``: language → (chance, weight) of each request of the site."""
	found = {}
	for language, shares in shipped.items():
		chances, weights = zip(*judged[language], strict=True) if judged.get(language) else ((), ())
		found[language] = together(shares, chances, weights)
	return found
