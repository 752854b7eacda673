"""Learning: the score before agents said anything, and after 300, 1,000 and 2,000 corrections or confirmed posts.

Only rows that may be learnt from, also for judging: a part of them is kept back, in several splits. Gains have a 95 % interval.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path

import numpy as np

from benchmarks.understand_curve import Judged, curve, show
from benchmarks.understand_model import of_industries
from benchmarks.understand_rows import Pair, banking, spam
from social_service.evaluate.triage import as_correction
from social_service.match import Index
from social_service.match.index import best_of
from social_service.match.words import asked_words
from social_service.records import Article
from social_service.triage import corpus
from social_service.triage.learning import Correction, learn
from social_service.triage.model import Model, load

TIMES = (300, 1_000, 2_000)
EVER = datetime(2026, 1, 1, tzinfo=timezone.utc)
SPLITS = 3
JUDGED_BY = 1_000  # kept-back rows of a split
HEADS = ("concerns", "need", "tone", "urgent")
KNOWN = ("bank", "rail")  # of the model that learns the other industries


def measure(data: Path) -> dict:
	found = {
		"spam": of_triage(load(), [as_correction(row) for row in spam(data)[0]], (), ("spam",), TIMES),
		"industries_not_seen": _held_out(),
		"other_industries": _others(),
		"articles": {"recall_at_1": _articles(banking(data, "train"))},
	}
	show(found)
	return found


# --- corrections ----------------------------------------------------------------------------------------------


def _held_out() -> dict:
	"""The model as it is shipped, on the two industries that it never saw. There are posts for 300 corrections."""
	return of_triage(load(), *_posts(corpus.posts(corpus.HELD_OUT)), HEADS, TIMES[:1])


def _others() -> dict:
	"""A model that knows two industries, corrected on posts of four others."""
	rows = corpus.posts()
	model = of_industries({name: rows[name] for name in KNOWN}, HEADS)
	return of_triage(model, *_posts({name: rows[name] for name in rows if name not in KNOWN}), HEADS, TIMES)


def _posts(rows: Mapping[str, Sequence[Mapping]]) -> tuple[list[Correction], list[str]]:
	"""(all of them as corrections, the names of their companies)"""
	brands = corpus.brands()
	said = [as_correction(row) for some in rows.values() for row in some]
	judged = [Correction(one.text, {head: one.labels[head] for head in HEADS}) for one in said]
	return judged, [one for name in rows for one in brands[name]]


def of_triage(
	model: Model,
	posts: Sequence[Correction],
	brand: Sequence[str],
	heads: Sequence[str],
	times: Sequence[int],
) -> dict:
	"""Macro-F1 of each head."""
	judged: dict[str, list[Judged]] = {head: [] for head in heads}
	for split in range(SPLITS):
		mixed = random.Random(split).sample(range(len(posts)), len(posts))
		seen, back = mixed[: times[-1]], mixed[times[-1] :][:JUDGED_BY]
		models = [model, *(learn(model, [posts[at] for at in seen[:count]], brand) for count in times)]
		told = [[one.read(posts[at].text, brand).values for at in back] for one in models]
		for head in heads:
			labels = [posts[at].labels[head] for at in back]
			judged[head].append(Judged(back, labels, [[one[head] for one in some] for some in told]))
	return {head: curve(judged[head], times) for head in heads}


# --- confirmed posts ------------------------------------------------------------------------------------------


def _articles(rows: Sequence[Pair]) -> dict:
	"""Spread over all articles, as posts come in; at first there are titles alone. By words only, as in a request."""
	judged = []
	for split in range(SPLITS):
		mixed = random.Random(split).sample(range(len(rows)), len(rows))
		seen, back = mixed[: TIMES[-1]], mixed[TIMES[-1] :][:JUDGED_BY]
		index = Index()
		index.update(as_articles(rows))
		told = [_first(index, [rows[at][0] for at in back])]
		for count in TIMES:
			index.confirm(rows[at] for at in seen[:count])
			told.append(_first(index, [rows[at][0] for at in back]))
		labels = [rows[at][1] for at in back]
		right = [np.equal(one, labels).astype(int).tolist() for one in told]
		judged.append(Judged(back, [1] * len(back), right))
	return curve(judged, TIMES, share_right=True)


def _first(index: Index, texts: Sequence[str]) -> list[str]:
	found = (best_of(index.scores(asked_words(text)), 1) for text in texts)
	return [next(iter(some), "") for some in found]


def as_articles(rows: Sequence[Pair]) -> list[Article]:
	return [
		Article(label, label.replace("_", " "), "", EVER)
		for label in sorted({label for _text, label in rows})
	]
