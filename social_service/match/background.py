"""Suggestions in the background: a batch of posts comes in; suggestions by words and by meaning go out.

Where the encoder is not installed, by words only: the same as ``Index.suggest``.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np

from social_service.match import encoder
from social_service.match.entry import sentences_of
from social_service.match.index import FITS, Index, Suggestion
from social_service.match.likelihood import BEHIND, MEANING, MEANING_OF_TEXT, by_meaning
from social_service.match.words import asked_words

RIDGE = 1.0
MOST_LINES = 6  # of an article's own sentences; confirmed posts come on top
LEARNED = (1.0, 1.0, 1.0, 1.0)  # of centroid, line most alike, linear model, words
PLAIN = (1.0, 1.0, 0.0, 0.5)  # the same before agents have confirmed much
NEXT = 0.999  # an article further down is never told to be likelier


class Meaning:
	"""The articles of an index by their meaning. Made once a job."""

	def __init__(self, index: Index, path: Path | None = None) -> None:
		self.index = index
		self.names = sorted(index.entries)
		lines = [self._lines(name) for name in self.names]
		self._vectors = encoder.Vectors(path).of([line for some in lines for line in some])
		self._owners = np.repeat(np.arange(len(lines)), [len(some) for some in lines])
		self._starts = np.concatenate([[0], np.cumsum([len(some) for some in lines])[:-1]]).astype(int)
		self._slots = [index.entries[name].slot for name in self.names]
		self._centroids = self._sums()
		self._model = self._linear(self._centroids)
		self._centroids = self._centroids / (np.linalg.norm(self._centroids, axis=1, keepdims=True) + 1e-9)

	def _lines(self, name: str) -> list[str]:
		entry = self.index.entries[name]
		return [entry.title, *sentences_of(entry.text)[:MOST_LINES], *entry.examples]

	def _sums(self) -> np.ndarray:
		return np.add.reduceat(self._vectors, self._starts, axis=0)

	def _linear(self, sums: np.ndarray) -> np.ndarray | None:
		"""Ridge regression on the lines, where agents confirmed many posts."""
		if not self.index.is_learned:
			return None
		square = self._vectors.T @ self._vectors + RIDGE * np.eye(encoder.SIZE, dtype=np.float32)
		return np.linalg.solve(square, sums.T)

	def best(
		self, vector: np.ndarray, overlap: np.ndarray, limit: int, refused: Collection[str] = ()
	) -> list[tuple[str, float]]:
		"""(article, how likely it answers), best first. ``overlap`` is by slot, of words. ``refused`` are left out."""
		nearest = np.maximum.reduceat(self._vectors @ vector, self._starts)
		centroids, words = self._centroids @ vector, overlap[self._slots]
		learned = nearest if self._model is None else vector @ self._model
		mix = PLAIN if self._model is None else LEARNED
		parts = zip(mix, (centroids, nearest, learned, words), strict=True)
		scores = sum(weight * _spread(part) for weight, part in parts)
		order = np.argsort(-scores, kind="stable")[: limit + 1 + len(refused)]
		order = [place for place in order if self.names[place] not in refused]
		if not order:
			return []
		first, second = float(scores[order[0]]), float(scores[order[1]]) if len(order) > 1 else 0.0
		weights = MEANING_OF_TEXT if self.index.speaks_by_text(self.names[order[0]]) else MEANING
		found, least = [], 1.0
		for place in order[:limit]:
			score = float(scores[place])
			lead = score - second if place == order[0] else BEHIND * (score - first)
			alike, centroid, word = float(nearest[place]), float(centroids[place]), float(words[place])
			told = by_meaning(alike, centroid, word, lead, weights)
			least = min(least * NEXT, told) if found else told
			found.append((self.names[place], least))
		return found


def _spread(scores: np.ndarray) -> np.ndarray:
	"""Around 0, one apart: scores of different kinds can be added."""
	return (scores - scores.mean()) / (scores.std() + 1e-9)


def suggest_in_background(
	index: Index, texts: Sequence[str], path: Path | None = None, limit: int = 3
) -> list[list[Suggestion]]:
	"""For each text the articles that are likely to help, best first. ``path``: where vectors are kept."""
	if not index.entries or not encoder.is_installed():
		return [index.suggest(text, limit) for text in texts]
	meaning = Meaning(index, path)
	return [[one for one in ranked if one.score >= FITS][:limit] for ranked in ranking(meaning, texts, limit)]


def ranking(meaning: Meaning, texts: Sequence[str], limit: int) -> list[list[Suggestion]]:
	"""The best ``limit`` for each text, whether they fit or not."""
	vectors = encoder.encode(texts)
	return [_ranked(meaning, text, vector, limit) for text, vector in zip(texts, vectors, strict=True)]


def _ranked(meaning: Meaning, text: str, vector: np.ndarray, limit: int) -> list[Suggestion]:
	asked = asked_words(text)
	if not asked:
		return []
	best = meaning.best(vector, meaning.index.overlap(asked), limit, meaning.index.refusing(asked))
	return [meaning.index.suggestion(name, likely, asked) for name, likely in best]
