"""How likely an article answers a post, 0 to 1. Logistic models, fitted on public questions of which a third had no article.

Confirmed posts are as short as questions and score high; the text of an article scores low however well it answers. So what was
found by its text alone has a model of its own, fitted on the invented help centre in `match/corpus` and on that of the demo.

The others: learnt on rows of CLINC150 (train, val, oos_train, oos_val) and BANKING77 (train, with intents left out), CC BY.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

WORDS = (6.5, 8.7, -3.75)  # score, lead over the best other one, constant
TEXT = (9.3, 18.0, -2.8)  # the same where the best one has a text and no confirmed posts
MEANING = (1.5, 6.0, 2.4, 0.36, -6.3)  # line most alike, centroid, words, lead, constant
MEANING_OF_TEXT = (
	0.0,
	2.3,
	17.5,
	0.67,
	-3.8,
)  # the same where the best one has a text and no confirmed posts
BEHIND = 0.3  # how much being behind another one counts: two articles may both help
MOST_LEAD = 3.0


def by_words(scores: Mapping[str, float], weights: tuple[float, float, float] = WORDS) -> dict[str, float]:
	"""Of each article, from the scores of all that were found. ``weights``: WORDS or TEXT."""
	first, second = (*sorted(scores.values(), reverse=True), 0.0, 0.0)[:2]
	found = {}
	for name, score in scores.items():
		lead = score - second if score == first else BEHIND * (score - first)
		found[name] = logistic(weights[0] * score + weights[1] * lead + weights[2])
	return found


def by_meaning(
	alike: float, centroid: float, words: float, lead: float, weights: Sequence[float] = MEANING
) -> float:
	"""``weights``: MEANING or MEANING_OF_TEXT."""
	weighed = zip(weights, (alike, centroid, words, min(lead, MOST_LEAD), 1.0), strict=True)
	return logistic(sum(weight * value for weight, value in weighed))


def logistic(value: float) -> float:
	return 1 / (1 + math.exp(-max(-50.0, min(50.0, value))))
