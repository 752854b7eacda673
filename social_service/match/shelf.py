"""The shelf: articles as the host changes them, and posts that agents confirmed for them, by their words."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np

from social_service.match.entry import MOST_EXAMPLES, Entry
from social_service.match.near import Nearest
from social_service.match.postings import Postings
from social_service.match.words import words_of
from social_service.records import Article

FEW = 20  # changes that what is derived can follow


@dataclass
class Shelf:
	"""``as_of``: when the newest article was changed. ``synonyms``: word → words that mean it."""

	entries: dict[str, Entry] = field(default_factory=dict)
	words: Postings = field(default_factory=Postings)
	grams: Postings = field(default_factory=Postings)
	as_of: datetime | None = None
	synonyms: Mapping[str, Sequence[str]] = field(default_factory=dict)
	names: list[str] = field(default_factory=list)  # by slot, '' for a free one
	_near: Nearest | None = field(default=None, repr=False, compare=False)
	_norms: np.ndarray | None = field(default=None, repr=False, compare=False)

	def update(self, articles: Iterable[Article]) -> bool:
		"""Take changed articles in and withdrawn ones out. True if anything changed."""
		changed: dict[str, Entry | None] = {}
		for article in articles:
			self.as_of = max(filter(None, (self.as_of, article.changed_at)))
			known = self.entries.get(article.name)
			changed.pop(article.name, None)  # the last word counts
			if not article.is_published:
				if known:
					changed[article.name] = None
			elif not known or (known.title, known.text) != (article.title, article.text):
				examples = known.examples if known else ()
				changed[article.name] = Entry(article.title, article.text, -1, examples)
		self._take(changed)
		return bool(changed)

	def confirm(self, examples: Iterable[tuple[str, str]]) -> bool:
		"""(post, article) pairs that agents confirmed. True if any was new."""
		added: dict[str, list[str]] = {}
		for text, name in examples:
			if name in self.entries and text not in self.entries[name].examples:
				added.setdefault(name, []).append(text)
		changed: dict[str, Entry | None] = {}
		for name, texts in added.items():
			old = self.entries[name]
			kept = tuple(dict.fromkeys((*old.examples, *texts)))[-MOST_EXAMPLES:]
			changed[name] = Entry(old.title, old.text, -1, kept)
		self._take(changed)
		return bool(changed)

	def _take(self, changed: Mapping[str, Entry | None]) -> None:
		words, grams, synonyms = {}, {}, self._folded()
		for name, entry in changed.items():
			old = self.entries.pop(name, None)
			slot = old.slot if old else self._free_slot()
			self.names[slot : slot + 1] = [name if entry else ""]
			if entry:
				entry.slot, self.entries[name] = slot, entry
			words[slot] = (old.words(synonyms) if old else {}, entry.words(synonyms) if entry else {})
			grams[slot] = (old.grams() if old else {}, entry.grams() if entry else {})
		self.words.replace(words)
		self.grams.replace(grams)
		self._follow(
			{slot: new for slot, (_, new) in words.items()}, {slot: new for slot, (_, new) in grams.items()}
		)

	def _follow(
		self, words: Mapping[int, Mapping[str, float]], grams: Mapping[int, Mapping[str, float]]
	) -> None:
		"""What was derived from the articles follows a few changes, and is made again after many."""
		if len(words) > FEW:
			self._near = self._norms = None
		if self._near is not None:
			self._near.add(word for some in words.values() for word in some)
		if self._norms is not None:
			more = np.full(len(self.names) - len(self._norms), 1.0)
			self._norms = np.concatenate([self._norms, more])
			for slot, weights in grams.items():
				self._norms[slot] = self._length(weights)

	def _length(self, weights: Mapping[str, float]) -> float:
		count = len(self.entries)
		rarities = (math.log(1 + count / (0.5 + len(self.grams.of(gram)[0]))) for gram in weights)
		return (
			math.hypot(*(rare * weight for rare, weight in zip(rarities, weights.values(), strict=True)))
			+ 1e-9
		)

	def _folded(self) -> dict[str, list[str]]:
		return {key: words_of(" ".join(values)) for key, values in self.synonyms.items()}

	def _free_slot(self) -> int:
		return self.names.index("") if "" in self.names else len(self.names)
