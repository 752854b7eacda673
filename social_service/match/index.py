"""The index of articles: a post comes in; its scores and suggestions go out. By words only."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from social_service.match.entry import line_of
from social_service.match.likelihood import TEXT, WORDS, by_words
from social_service.match.lines import Line, likeness
from social_service.match.near import Nearest
from social_service.match.shelf import Shelf
from social_service.match.words import asked_words, grams_of, telling

SHORTLIST = 12
SUREST = 99  # of 100: a machine is never certain
FITS = 15  # of 100; below that, silence
STRANGE = 0.3  # how much a word that no article knows speaks against all of them
RARER = 1.5  # how much more a rare word counts than a common one
SATED = 0.8  # a word that is there thrice does not count thrice
MOST_STRANGE = 12  # unknown words of a post that are looked up
MOST_GRAMS = 400
MIX = (0.36, 0.44, 0.2)  # of rare words, pieces of words, the lines that are most alike
MANY = 500  # articles; a word of more and of a quarter of all tells nothing


@dataclass(frozen=True)
class Suggestion:
	article: str
	title: str
	score: int  # 0 to 100
	sentence: str = ""  # of the article, the one that fits best
	likelihood: float = 0.0  # the score before rounding


class Index(Shelf):
	"""Articles that can be asked."""

	def suggest(self, text: str, limit: int = 3) -> list[Suggestion]:
		"""The best ``limit`` articles that are likely to help, best first. Fast: words only."""
		asked = asked_words(text)
		likely = self.likely(asked)
		fitting = {name: score for name, score in likely.items() if round(100 * score) >= FITS}
		return [self.suggestion(name, fitting[name], asked) for name in best_of(fitting, limit)]

	def likely(self, asked: Sequence[str]) -> dict[str, float]:
		"""Of a shortlist: how likely each answers, 0 to 1."""
		scores = self.scores(asked)
		best = max(scores, key=scores.__getitem__, default="")
		return by_words(scores, TEXT if best and self.speaks_by_text(best) else WORDS)

	def suggestion(self, name: str, score: float, asked: Sequence[str]) -> Suggestion:
		entry = self.entries[name]
		return Suggestion(name, entry.title, min(SUREST, round(100 * score)), entry.sentence(asked), score)

	def scores(self, asked: Sequence[str]) -> dict[str, float]:
		"""Of a shortlist: how much of the post it is about, 0 to 1."""
		mixed = self.overlap(asked)
		many = len(mixed) > SHORTLIST
		top = np.argpartition(-mixed, SHORTLIST)[:SHORTLIST] if many else np.arange(len(mixed))
		found = {self.names[slot]: float(mixed[slot]) for slot in top if mixed[slot] > 0 and self.names[slot]}
		line = Line(line_of(asked), " ".join(asked))
		return {
			name: score + MIX[2] * likeness(line, self.entries[name].compared)
			for name, score in found.items()
			if not self.entries[name].refuses(line.sorted)
		}

	def overlap(self, asked: Sequence[str]) -> np.ndarray:
		"""Of all, by slot: the share of rare words and of pieces of words."""
		if not asked or not self.entries:
			return np.zeros(len(self.names))
		asked = (
			asked if self.is_learned else telling(asked)
		)  # "why not" tells two questions apart, not two texts
		return MIX[0] * self._by_rare_words(asked) + MIX[1] * self._by_pieces(asked)

	def _by_rare_words(self, asked: Sequence[str]) -> np.ndarray:
		whole, count, strange, found = 0.0, len(self.entries), 0, []
		most = max(MANY, count // 4)  # what stands in more articles tells nothing
		for word in asked:
			known, worth = word, 1.0
			if not self.words.knows(word):
				strange += 1
				known, worth = self._nearest().of(word) if strange <= MOST_STRANGE else (word, 0.0)
			slots, weights = self.words.of(known)
			if len(slots) > most:
				continue
			rarity = math.log(1 + count / (0.5 + len(slots))) ** RARER
			whole += rarity * (worth or STRANGE)
			found.append((slots, weights, worth * rarity))
		return self._sums(found, sated=SATED) / (whole or 1.0)

	def _sums(self, found: Sequence[tuple[np.ndarray, np.ndarray, float]], sated: float) -> np.ndarray:
		"""By slot: of each feature its worth times its weight, which counts ever less above ``sated`` (0: all)."""
		if not found:
			return np.zeros(len(self.names))
		slots, weights, worths = zip(*found, strict=True)
		each = np.repeat(np.array(worths, np.float32), [len(one) for one in slots])
		held = np.concatenate(weights).astype(np.float32)
		worth = each * (held / (held + sated) if sated else held)
		return np.bincount(np.concatenate(slots), worth, len(self.names))

	def _by_pieces(self, asked: Sequence[str]) -> np.ndarray:
		"""The cosine of post and article over pieces of words."""
		own, count, found = 0.0, len(self.entries), []
		most = max(50, count // 20)
		for gram in dict.fromkeys(grams_of(asked)[:MOST_GRAMS]):
			slots, weights = self.grams.of(gram)
			rarity = math.log(1 + count / (0.5 + len(slots))) ** 2
			own += rarity
			if 0 < len(slots) <= most:
				found.append((slots, weights, rarity))
		return self._sums(found, sated=0.0) / (self._lengths() * math.sqrt(own or 1.0))

	def _lengths(self) -> np.ndarray:
		if self._norms is None:
			self._norms = self.grams.lengths(len(self.names), len(self.entries))
		return self._norms

	def _nearest(self) -> Nearest:
		if self._near is None:
			self._near = Nearest(self.words.features())
		return self._near


def best_of(scores: Mapping[str, float], limit: int) -> list[str]:
	"""The names of the highest, by name where two are equal."""
	return sorted(scores, key=lambda name: (-scores[name], name))[:limit]
