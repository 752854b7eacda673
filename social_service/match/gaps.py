"""Gaps: (post, score of its best article) rows come in; groups of questions that no article answers go out."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from social_service.match.index import FITS
from social_service.match.words import asked_words

RAREST = 8  # words of a post by which groups are found
MOST_COMPARED = 8  # groups
ALIKE = 0.3  # cosine of rare words from which two ask the same
MOST_WORDS = 4  # that tell what a group is about
SHARED = 0.4  # of a group's posts have a word that tells what it is about
MOST_GROUPS = 200


@dataclass(frozen=True)
class Gap:
	"""``question`` is the post that is most like all others of the group; ``rows`` the numbers of all of them."""

	question: str
	words: tuple[str, ...]
	rows: tuple[int, ...]

	@property
	def count(self) -> int:
		return len(self.rows)


Vector = dict[str, float]  # word → how rare it is


@dataclass
class _Group:
	middle: Vector = field(default_factory=dict)
	square: float = 0.0
	members: list[int] = field(default_factory=list)

	def add(self, number: int, vector: Vector) -> None:
		self.members.append(number)
		for word, weight in vector.items():
			had = self.middle.get(word, 0.0)
			self.square += weight * (weight + 2 * had)
			self.middle[word] = had + weight

	def cosine(self, vector: Vector) -> float:
		together = sum(weight * self.middle.get(word, 0.0) for word, weight in vector.items())
		return together / (math.sqrt(self.square) * math.hypot(*vector.values()) or 1.0)


def gaps(rows: Iterable[tuple[str, float]], fits: float = FITS) -> list[Gap]:
	"""Largest first. ``rows``: a post, and the score of its best article, 0 where there was none."""
	asked = {row: text for row, (text, score) in enumerate(rows) if score < fits and asked_words(text)}
	texts, numbers = list(asked.values()), list(asked)
	vectors = _vectors(texts)
	groups: list[_Group] = []
	by_word: dict[str, dict[int, None]] = {}
	for number, vector in enumerate(vectors):
		place = _nearest(vector, groups, by_word)
		if place is None:
			place = len(groups)
			groups.append(_Group())
		groups[place].add(number, vector)
		for word in vector:
			by_word.setdefault(word, {})[place] = None
	largest = sorted(groups, key=lambda one: -len(one.members))[:MOST_GROUPS]
	return [_gap(one, texts, vectors, numbers) for one in largest]


def _nearest(vector: Vector, groups: Sequence[_Group], by_word: dict[str, dict[int, None]]) -> int | None:
	"""Of a few groups that share its rarest words: comparing all with all takes minutes."""
	shared: Counter[int] = Counter()
	for word in sorted(vector, key=lambda one: -vector[one])[:RAREST]:
		for group in by_word.get(word, ()):
			shared[group] += vector[word]
	near = [(groups[group].cosine(vector), -group) for group, _weight in shared.most_common(MOST_COMPARED)]
	cosine, group = max(near, default=(0.0, 0))
	return -group if cosine >= ALIKE else None


def _vectors(texts: Sequence[str]) -> list[Vector]:
	"""Of each text its words, weighed by how rare they are."""
	asked = [asked_words(text) for text in texts]
	had = Counter(word for words in asked for word in words)
	rare = {word: math.log(1 + len(texts) / count) for word, count in had.items()}
	return [{word: rare[word] for word in words} for words in asked]


def _gap(group: _Group, texts: Sequence[str], vectors: Sequence[Vector], numbers: Sequence[int]) -> Gap:
	rare = {word: weight for one in group.members for word, weight in vectors[one].items()}
	shared = [word for word in rare if group.middle[word] >= SHARED * len(group.members) * rare[word]]
	words = sorted(shared, key=lambda word: (-group.middle[word] * rare[word], -len(word), word))[:MOST_WORDS]
	question = max(group.members, key=lambda one: group.cosine(vectors[one]))
	return Gap(texts[question], tuple(words), tuple(numbers[one] for one in group.members))
