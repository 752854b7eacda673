"""Near-duplicates: texts come in one by one; the number of their group goes out, for "12 more like this"."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate

from rapidfuzz import fuzz

ALIKE = 78.0  # of 100, over sorted words
RAREST = 5  # words of a text by which others are found
COUNTED = 12  # words of a text, the longest, of which it is asked how rare they are
MOST = 12  # texts that are compared
COMMON = 200  # a word of more groups finds none any more
LONGEST = 600
ENOUGH = 3_000  # texts that one is compared with, in a storm of them
NOISE = re.compile(r"https?://\S+|[@#]\w+")
WORD = re.compile(r"\w+")


class Groups:
	"""Each new text is compared with the first text of a few groups that share its rarest words."""

	def __init__(self) -> None:
		self._texts: list[str] = []  # of each group, its first: sorted words
		self._by_word: dict[str, list[int]] = {}
		self.counts: list[int] = []

	def add(self, text: str) -> int:
		"""The number of its group: of a known one, or a new one."""
		words = _words(text)
		line = " ".join(sorted(words))
		group = self._find(words, line)
		if group is None:
			group = len(self._texts)
			self._texts.append(line)
			self.counts.append(0)
			for word in dict.fromkeys(words):
				self._by_word.setdefault(word, []).append(group)
		self.counts[group] += 1
		return group

	def _find(self, words: list[str], line: str) -> int | None:
		known = [
			word for word in dict.fromkeys(words) if len(self._by_word.get(word, ())) in range(1, COMMON)
		]
		rarest = sorted(known, key=lambda word: len(self._by_word[word]))[:RAREST]
		shared = Counter(group for word in rarest for group in self._by_word[word])
		best, most = None, ALIKE
		for group, _count in shared.most_common(MOST):
			alike = fuzz.ratio(line, self._texts[group], score_cutoff=most)
			if alike >= most and alike:
				best, most = group, alike
		return best


def _words(text: str) -> list[str]:
	plain = NOISE.sub(" ", _folded(text))
	return WORD.findall(plain) or [text[:LONGEST].strip() or "-"]


def _folded(text: str) -> str:
	return unicodedata.normalize("NFKC", text[:LONGEST]).casefold()


def groups_of(texts: list[str]) -> list[int]:
	"""The group of each, in order."""
	groups = Groups()
	return [groups.add(text) for text in texts]


def alike(text: str, texts: Sequence[str]) -> list[int]:
	"""Which of ``texts`` say the same as this one: their numbers, in order."""
	words = _words(text)
	line, found = " ".join(sorted(words)), []
	for number in _near(words, texts):
		other = " ".join(sorted(_words(texts[number])))
		if fuzz.ratio(line, other, score_cutoff=ALIKE):
			found.append(number)
	return sorted(found)


def _near(words: Sequence[str], texts: Sequence[str]) -> list[int]:
	"""Those that share most of its rarest words. All texts are searched as one: cutting 10,000 into words takes a second."""
	folded = [_folded(one).replace("\0", " ") for one in texts]
	whole, ends = "\0".join(folded), list(accumulate(len(one) + 1 for one in folded))
	longest = sorted(dict.fromkeys(words), key=len, reverse=True)[:COUNTED]
	counts = {word: whole.count(word) for word in longest}
	known = sorted((word for word in counts if counts[word]), key=lambda word: counts[word])
	shared: Counter[int] = Counter()
	for place, word in enumerate(known):
		if place >= RAREST and len(shared) + counts[word] > COMMON:
			break
		shared.update({bisect_right(ends, at) for at in _places(whole, word)})
	return [number for number, _count in shared.most_common(ENOUGH)]


def _places(whole: str, word: str) -> Iterator[int]:
	at = whole.find(word)
	while at >= 0:
		yield at
		at = whole.find(word, at + len(word))
