"""What simple methods reach on the same rows: each gives a score of every article for every query."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from rapidfuzz import fuzz, process
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

from benchmarks.understand_rows import Asked
from social_service.evaluate.scores import auroc


def baselines(given: Asked) -> dict[str, dict]:
	"""Each article is one text: its title and all its confirmed posts."""
	texts = {row["id"]: [row["title"]] for row in given.articles}
	for row in given.confirmed:
		texts[row["article"]].append(row["text"])
	joined, asked = [" ".join(one) for one in texts.values()], [row["text"] for row in given.queries]
	return {name: _figures(score(joined, asked), list(texts), given) for name, score in METHODS.items()}


def _figures(scores: np.ndarray, names: list[str], given: Asked) -> dict:
	"""Ties at their mean rank."""
	ranks = []
	for row, query in zip(scores, given.queries, strict=True):
		if query["article"] is not None:
			own = row[names.index(query["article"])]
			ranks.append((row > own).sum() + ((row == own).sum() + 1) / 2)
	chance = auroc([query["article"] is not None for query in given.queries], scores.max(axis=1).tolist())
	return {
		"recall_at_1": round(float(np.mean(np.array(ranks) <= 1)), 4),
		"recall_at_3": round(float(np.mean(np.array(ranks) <= 3)), 4),
		"auroc_none_fits": chance and round(chance, 4),
	}


def _fuzzy(scorer: Callable) -> Callable[[list[str], list[str]], np.ndarray]:
	return lambda texts, asked: process.cdist(
		[one.lower() for one in asked], [one.lower() for one in texts], scorer=scorer
	)


def _bm25(texts: list[str], asked: list[str]) -> np.ndarray:
	counter = CountVectorizer().fit(texts)
	counts, queries = counter.transform(texts).toarray().astype(float), counter.transform(asked)
	had, length = (counts > 0).sum(0), counts.sum(1, keepdims=True)
	rarity = np.log(1 + (len(texts) - had + 0.5) / (had + 0.5))
	weights = rarity * counts * 2.5 / (counts + 1.5 * (0.25 + 0.75 * length / length.mean()))
	return (queries > 0).astype(float) @ weights.T


def _characters(texts: list[str], asked: list[str]) -> np.ndarray:
	vectors = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True).fit(texts)
	return (vectors.transform(asked) @ vectors.transform(texts).T).toarray()


def _rare_words(texts: list[str], asked: list[str]) -> np.ndarray:
	counter = CountVectorizer(binary=True).fit(texts)
	counts, queries = counter.transform(texts).toarray(), counter.transform(asked)
	rarity = np.log(1 + len(texts) / (0.5 + counts.sum(0)))
	return queries @ (counts * rarity).T


METHODS = {
	"wratio": _fuzzy(fuzz.WRatio),
	"token_set_ratio": _fuzzy(fuzz.token_set_ratio),
	"bm25": _bm25,
	"char_tfidf": _characters,
	"idf_postings": _rare_words,
}
