"""An article as the index keeps it, the features it is found by, and the sentence of it that fits a post."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from rapidfuzz import fuzz

from social_service.match.lines import Line
from social_service.match.words import asked_words, grams_of, words_of

TITLE_WEIGHT = 3
EXAMPLE_WEIGHT = 1.5
LINE_WEIGHT = 2  # of a line's pieces; one of those of the text
OF_TEXT = (4, 5)  # letters of a piece; all sizes would make the index three times as large
MOST_PIECED = 600  # characters of the text
TITLE_BESIDE_TEXT = 0.3  # of a title's likeness: where there is a text, words that the two share tell little
SATED = 0.7
MOST_EXAMPLES = 200
MOST_REFUSED = 50
SAME_WORDS = 90.0  # of 100, over sorted words: what was wrong for one post is wrong for another one like it
MOST_COMPARED = 30
MOST_TEXT = 20_000  # characters of an article
BREAK = re.compile(r"(?<=[.!?])\s+|\n+")
MARKS = re.compile(r"^[#*\-\s>]+|<[^<>]{0,500}>")
SENTENCE = 300
MOST_SENTENCES = 60


class Lesson(NamedTuple):
	"""What an agent said of an article for a post. ``message`` is '' where nobody can take it back."""

	text: str
	message: str = ""
	helped: bool = True


@dataclass
class Entry:
	"""``lessons``: oldest first."""

	title: str
	text: str
	slot: int
	lessons: tuple[Lesson, ...] = ()

	@cached_property
	def _last_words(self) -> dict[str, Lesson]:
		"""Of each post's words the newest lesson: agents change their minds, and do not always agree."""
		if all(lesson.helped for lesson in self.lessons):
			return {lesson.text: lesson for lesson in self.lessons}
		told: dict[str, Lesson] = {}
		for lesson in self.lessons:
			told[line_of(asked_words(lesson.text))] = lesson
		return told

	@cached_property
	def examples(self) -> tuple[str, ...]:
		"""Posts that agents confirmed for it."""
		return tuple(lesson.text for lesson in self._last_words.values() if lesson.helped)[-MOST_EXAMPLES:]

	@cached_property
	def refused(self) -> tuple[str, ...]:
		"""Words, sorted, of posts for which agents called it wrong."""
		return tuple(line for line, lesson in self._last_words.items() if not lesson.helped)[-MOST_REFUSED:]

	def refuses(self, line: str) -> bool:
		"""``line``: a post's words, sorted."""
		return any(fuzz.ratio(line, one, score_cutoff=SAME_WORDS) for one in self.refused)

	def lines(self) -> list[str]:
		"""What a post may be like: title, headings, confirmed posts."""
		return [self.title, *headings_of(self.text), *self.examples]

	def words(self, synonyms: dict[str, Sequence[str]]) -> dict[str, float]:
		"""Word → weight. A synonym counts as the word it stands for."""
		counted: Counter[str] = Counter(words_of(self.text))
		for example in self.examples:
			for word in words_of(example):
				counted[word] += EXAMPLE_WEIGHT
		for word in words_of(" ".join((self.title, *headings_of(self.text)))):
			counted[word] = max(counted[word], TITLE_WEIGHT)
		for word in [word for word in counted if word in synonyms]:
			for other in synonyms[word]:
				counted[other] = max(counted[other], counted[word])
		return dict(counted)

	def grams(self) -> dict[str, float]:
		"""Pieces of the words of its lines, and of its text, → weight."""
		counted: Counter[str] = Counter()
		for line in self.lines():
			for gram in set(grams_of(words_of(line))):
				counted[gram] += LINE_WEIGHT
		counted.update(set(grams_of(words_of(self.text[:MOST_PIECED]), OF_TEXT)))
		return {gram: count**SATED for gram, count in counted.items()}

	@cached_property
	def compared(self) -> list[Line]:
		"""Title and newest examples, as a post is compared with them."""
		asked = map(asked_words, self.examples[-MOST_COMPARED:])
		title = Line(line_of(words_of(self.title)), worth=TITLE_BESIDE_TEXT if self.text else 1.0)
		return [title, *(Line(line_of(one), " ".join(one)) for one in asked)]

	def sentence(self, asked: Collection[str]) -> str:
		"""The sentence or heading that shares most with a post; the title if none does."""
		asked, stems = set(asked), {word[:5] for word in asked}
		best, most = self.title, 0.0
		for one in sentences_of(self.text)[:MOST_SENTENCES]:
			words = set(words_of(one))
			shared = len(words & asked) + 0.5 * len({word[:5] for word in words} & stems)
			worth = shared / (len(words) + 6) ** 0.5
			if worth > most:
				best, most = one, worth
		return best


def line_of(words: Sequence[str]) -> str:
	"""Words as they are compared: each once, in an order of their own."""
	return " ".join(sorted(set(words)))


def sentences_of(text: str) -> list[str]:
	found = (MARKS.sub("", one).strip() for one in BREAK.split(text[:MOST_TEXT]))
	return [one[:SENTENCE] for one in found if one]


def headings_of(text: str) -> list[str]:
	"""Lines that are marked as headings, or short ones that end in a question mark."""
	lines = (line.strip() for line in text[:MOST_TEXT].split("\n"))
	return [
		MARKS.sub("", line)
		for line in lines
		if line.startswith("#") or (line.endswith("?") and len(line) < 120)
	]
