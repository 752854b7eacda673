"""The shelf: articles as the host changes them, and posts that agents confirmed for them, by their words."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np

from social_service.match.entry import Entry, Lesson, line_of
from social_service.match.near import Nearest
from social_service.match.postings import Postings
from social_service.match.words import words_of
from social_service.records import Article

LEARNED = 4  # confirmed posts an article, on average
FEW = 20  # changes that what is derived can follow
MOST_LESSONS = 400  # of an article


@dataclass
class Shelf:
	"""``as_of``: when the newest article was changed. ``synonyms``: word → words that mean it. ``taught_until``: the newest
	lesson; ``learned_at``: when all were read, None = to be read again."""

	entries: dict[str, Entry] = field(default_factory=dict)
	words: Postings = field(default_factory=Postings)
	grams: Postings = field(default_factory=Postings)
	as_of: datetime | None = None
	synonyms: Mapping[str, Sequence[str]] = field(default_factory=dict)
	names: list[str] = field(default_factory=list)  # by slot, '' for a free one
	taught_until: datetime | None = None
	learned_at: datetime | None = None
	_near: Nearest | None = field(default=None, repr=False, compare=False)
	_norms: np.ndarray | None = field(default=None, repr=False, compare=False)
	_learned: bool | None = field(default=None, repr=False, compare=False)

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
				self.learned_at = self.learned_at if known else None  # agents may know a new one from before
				lessons = known.lessons if known else ()
				changed[article.name] = Entry(article.title, article.text, -1, lessons)
		self._take(changed)
		return bool(changed)

	# --- what agents teach ----------------------------------------------------------------------------------

	def confirm(self, examples: Iterable[tuple[str, str]]) -> bool:
		"""(post, article) pairs that agents confirmed. True if any was new."""
		told = self._by_article((name, Lesson(text)) for text, name in examples)
		return self._know({name: (*self.entries[name].lessons, *new) for name, new in told.items()})

	def teach(self, told: Iterable[tuple[str, Lesson]], taken_back: Collection[tuple[str, str]] = ()) -> bool:
		"""(article, lesson) pairs, oldest first; (article, message) pairs of which nothing holds any more."""
		new, gone = self._by_article(told), defaultdict(set)
		for name, message in taken_back:
			gone[name].add(message)
		lessons = {}
		for name in (new.keys() | gone.keys()) & self.entries.keys():
			again = gone[name] | {one.message for one in new.get(name, ())}
			kept = (one for one in self.entries[name].lessons if one.message not in again)
			lessons[name] = (*kept, *new.get(name, ()))
		return self._know(lessons)

	def teach_afresh(self, told: Iterable[tuple[str, Lesson]]) -> bool:
		"""These lessons and no other."""
		new = self._by_article(told)
		return self._know({name: tuple(new.get(name, ())) for name in self.entries})

	def _by_article(self, told: Iterable[tuple[str, Lesson]]) -> dict[str, list[Lesson]]:
		new: dict[str, list[Lesson]] = {}
		for name, lesson in told:
			if name in self.entries:
				new.setdefault(name, []).append(lesson)
		return new

	def _know(self, lessons: Mapping[str, Sequence[Lesson]]) -> bool:
		changed: dict[str, Entry | None] = {}
		for name, some in lessons.items():
			old, kept = self.entries[name], tuple(dict.fromkeys(some))[-MOST_LESSONS:]
			if kept != old.lessons:
				changed[name] = Entry(old.title, old.text, -1, kept)
		self._take(changed)
		return bool(changed)

	def refusing(self, asked: Sequence[str]) -> set[str]:
		"""Articles that agents called wrong for a post of nearly these words."""
		line = line_of(asked)
		return {name for name, entry in self.entries.items() if entry.refused and entry.refuses(line)}

	# --- synonyms -------------------------------------------------------------------------------------------

	def use_synonyms(self, synonyms: Mapping[str, Sequence[str]]) -> bool:
		"""These and no other. Only articles that have one of the words are read again. True if anything changed."""
		before = self._folded()
		told = {word: list(others) for word, others in synonyms.items()}
		if told == self.synonyms:
			return False
		self.synonyms = told
		after = self._folded()
		words = [word for word in before.keys() | after.keys() if before.get(word) != after.get(word)]
		slots = {int(slot) for word in words for slot in self.words.of(word)[0]}
		rows = {}
		for slot in slots:
			entry = self.entries[self.names[slot]]
			rows[slot] = (entry.words(before), entry.words(after))
		self.words.replace(rows)
		self._near = None
		return True

	# --- both -----------------------------------------------------------------------------------------------

	def _take(self, changed: Mapping[str, Entry | None]) -> None:
		words, grams, synonyms = {}, {}, self._folded()
		self._learned = None
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

	def speaks_by_text(self, name: str) -> bool:
		"""No post is confirmed for it: only what it says can be compared."""
		return bool(self.entries[name].text) and not self.entries[name].examples

	@property
	def is_learned(self) -> bool:
		"""Agents have confirmed so many posts that how people ask is known, not only what articles say."""
		if self._learned is None:
			confirmed = sum(len(entry.examples) for entry in self.entries.values())
			self._learned = confirmed >= LEARNED * len(self.entries)
		return self._learned

	def _folded(self) -> dict[str, list[str]]:
		"""As the words of an article are written. What is more than one word can be said instead of one, and has none."""
		keys = {key: words_of(key) for key in self.synonyms}
		return {
			words[0]: words_of(" ".join(self.synonyms[key])) for key, words in keys.items() if len(words) == 1
		}

	def _free_slot(self) -> int:
		return self.names.index("") if "" in self.names else len(self.names)
