"""The miss budget: "at most 2 missed of 100" comes in; from which chance on a post is shown to an agent goes out.

Not how likely a post is a request decides, but how many requests would be missed below: counted on requests that people judged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

STEPS = 201  # of the shares that are kept
SURE = 0.999  # the highest chance that is ever asked for
SHIPPED_WORTH = 200  # judged requests of the site that count as much as those of the invented corpus


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
