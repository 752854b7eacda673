"""Near words: a word that no article has comes in; the known one that is meant goes out, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz import fuzz, process

NEAR = 82.0  # how alike an unknown word and a known one must be, of 100
WORTH = 0.7
COMPOUND = 5  # letters; shorter words stand in other words by chance
SHORT = 4


class Nearest:
	"""Made from the known words. A post's word is compared with those of its first letter, never with all."""

	def __init__(self, words: Iterable[str]) -> None:
		self._words: set[str] = set()
		self._all = "\n"
		self._by_letter: dict[str, list[str]] = {}
		self.add(words)

	def add(self, words: Iterable[str]) -> None:
		new = sorted(set(words) - self._words)
		self._words.update(new)
		self._all += "".join(f"{word}\n" for word in new)
		for word in new:
			self._by_letter.setdefault(word[0], []).append(word)

	def of(self, word: str) -> tuple[str, float]:
		"""(known word, worth); worth 0 if there is none."""
		if len(word) < SHORT:
			return word, 0.0
		found = self._inside(word) or self._around(word) or self._alike(word)
		return (found, WORTH) if found else (word, 0.0)

	def _inside(self, word: str) -> str:
		"""Kartenautomat: Automat."""
		for size in range(len(word) - 1, COMPOUND - 1, -1):
			for at in range(len(word) - size, -1, -1):  # the end of a German compound says what it is
				if word[at : at + size] in self._words:
					return word[at : at + size]
		return ""

	def _around(self, word: str) -> str:
		"""Automat: Kartenautomat."""
		at = self._all.find(word) if len(word) >= COMPOUND else -1
		if at < 0:
			return ""
		return self._all[self._all.rfind("\n", 0, at) + 1 : self._all.find("\n", at)]

	def _alike(self, word: str) -> str:
		same = self._by_letter.get(word[0], ())
		near = process.extractOne(word, same, scorer=fuzz.ratio, score_cutoff=NEAR)
		return near[0] if near else ""
