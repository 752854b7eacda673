"""Words with a typo: one wrong letter, two in a long word or phrase. Bounded, however long the post is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rapidfuzz.distance import OSA

WORD = re.compile(r"\w+(?:['’-]\w+)*")
MOST_TEXT, MOST_WORDS = 20_000, 2_000  # of a post
SHORTEST = 4  # letters; in shorter ones a typo makes another word
LONG = 8  # letters; from here on two typos are forgiven
MOST_LETTERS = 60  # of a word or phrase


def near_match(wanted: Sequence[str], text: str) -> str | None:
	"""The words of the text that are one of the wanted ones, or nearly."""
	if not wanted:
		return None
	words = [match.group() for match in WORD.finditer(text[:MOST_TEXT])][:MOST_WORDS]
	folded = [word.casefold() for word in words]
	for phrase in wanted:
		target = WORD.findall(phrase.casefold()[:MOST_LETTERS])
		found = _place_of(target, folded)
		if found is not None:
			return " ".join(words[found : found + len(target)])
	return None


def _place_of(target: Sequence[str], words: Sequence[str]) -> int | None:
	if not target:
		return None
	sought, size = " ".join(target), len(target)
	most = typos_forgiven(sought)
	for place in range(len(words) - size + 1):
		phrase = " ".join(words[place : place + size])
		if abs(len(phrase) - len(sought)) <= most and OSA.distance(sought, phrase, score_cutoff=most) <= most:
			return place
	return None


def typos_forgiven(phrase: str) -> int:
	"""A letter more, less, other, or two that changed places are one typo."""
	if len(phrase) < SHORTEST:
		return 0
	return 2 if len(phrase) >= LONG else 1
