"""Gaps: (post, score of its best article) rows come in; groups of questions that no article answers go out."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from social_service.match.index import FITS
from social_service.match.words import asked_words

ALIKE = 0.3  # cosine of rare words from which two ask the same
MOST_WORDS = 4
MOST_GROUPS = 200
COMMON = 0.2  # a word of more than this share of all posts tells nothing


@dataclass(frozen=True)
class Gap:
	"""``question`` is the post that is most like all others of the group."""

	question: str
	words: tuple[str, ...]
	count: int


def gaps(rows: Iterable[tuple[str, float]], fits: float = FITS) -> list[Gap]:
	"""Largest first. ``rows``: a post, and the score of its best article, 0 where there was none."""
	texts = [text for text, score in rows if score < fits and asked_words(text)]
	vectors = _vectors(texts)
	groups: list[tuple[dict[str, float], list[int]]] = []
	by_word: dict[str, set[int]] = {}
	for number, vector in enumerate(vectors):
		near = {group for word in vector for group in by_word.get(word, ())}
		place = max(near, key=lambda one: (_cosine(vector, groups[one][0]), -one), default=None)
		if place is None or _cosine(vector, groups[place][0]) < ALIKE:
			place = len(groups)
			groups.append(({}, []))
		middle, members = groups[place]
		members.append(number)
		for word, weight in vector.items():
			middle[word] = middle.get(word, 0.0) + weight
			by_word.setdefault(word, set()).add(place)
	found = [_gap(texts, vectors, middle, members) for middle, members in groups]
	return sorted(found, key=lambda one: -one.count)[:MOST_GROUPS]


def _vectors(texts: Sequence[str]) -> list[dict[str, float]]:
	"""Of each text its words, weighed by how rare they are; words of very many texts are left out."""
	asked = [asked_words(text) for text in texts]
	had = Counter(word for words in asked for word in words)
	most = max(3, COMMON * len(texts))
	return [
		{word: math.log(1 + len(texts) / had[word]) for word in words if had[word] <= most} for words in asked
	]


def _cosine(one: dict[str, float], other: dict[str, float]) -> float:
	together = sum(weight * other.get(word, 0.0) for word, weight in one.items())
	return together / (math.hypot(*one.values()) * math.hypot(*other.values()) or 1.0)


def _gap(
	texts: Sequence[str],
	vectors: Sequence[dict[str, float]],
	middle: dict[str, float],
	members: Sequence[int],
) -> Gap:
	words = sorted(middle, key=lambda word: (-middle[word], word))[:MOST_WORDS]
	question = max(members, key=lambda one: _cosine(vectors[one], middle))
	return Gap(texts[question], tuple(words), len(members))
