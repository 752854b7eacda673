"""How likely an article answers a post, 0 to 1. Logistic models, fitted on public questions of which a third had no article.

Learnt on rows of CLINC150 (train, val, oos_train, oos_val) and BANKING77 (train, with intents left out), CC BY.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

WORDS = (6.5, 8.7, -3.75)  # score, lead over the best other one, constant
MEANING = (1.5, 6.0, 2.4, 0.36, -6.3)  # line most alike, centroid, words, lead, constant
BEHIND = 0.3  # how much being behind another one counts: two articles may both help
MOST_LEAD = 3.0


def by_words(scores: Mapping[str, float]) -> dict[str, float]:
	"""Of each article, from the scores of all that were found."""
	first, second = (*sorted(scores.values(), reverse=True), 0.0, 0.0)[:2]
	found = {}
	for name, score in scores.items():
		lead = score - second if score == first else BEHIND * (score - first)
		found[name] = logistic(WORDS[0] * score + WORDS[1] * lead + WORDS[2])
	return found


def by_meaning(alike: float, centroid: float, words: float, lead: float) -> float:
	weighed = zip(MEANING, (alike, centroid, words, min(lead, MOST_LEAD), 1.0), strict=True)
	return logistic(sum(weight * value for weight, value in weighed))


def logistic(value: float) -> float:
	return 1 / (1 + math.exp(-max(-50.0, min(50.0, value))))
