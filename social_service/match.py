"""Match: a text and the published articles come in; suggestions with scores go out, or none when nothing fits.

Words are weighed by how rare they are among the articles; unknown words (typos, endings) are looked up by rapidfuzz,
and a shortlist is scored again by its token sets. Never a fuzzy comparison with the whole corpus.
"""

from __future__ import annotations

import json
import math
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from rapidfuzz import fuzz, process

from social_service.records import Article

VERSION = 1
TITLE_WEIGHT = 3
SHORTLIST = 20
NEAR = 82.0  # how alike an unknown word and a known one must be, of 100
NEAR_WORTH = 0.7
COMPOUND = 5  # letters; shorter words stand in other words by chance
FITS = 20  # of 100; below that, silence
STRANGE = 0.3  # how much a word that no article knows speaks against all of them
RARER = 1.5  # how much more a rare word counts than a common one
MIX = 0.85  # share of the rare-words score; the rest is the token-set score
NOISE = re.compile(r"https?://\S+|@\w+")
HUMP = re.compile(r"(?<=[a-zäöüß])(?=[A-ZÄÖÜ])")
WORD = re.compile(r"\w{2,}")
FOLDED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


@dataclass(frozen=True)
class Suggestion:
	article: str
	title: str
	score: int  # 0 to 100


def words_of(text: str) -> list[str]:
	"""The words that count: without handles and addresses, hashtags split at their humps, umlauts written out."""
	text = HUMP.sub(" ", NOISE.sub(" ", unicodedata.normalize("NFKC", text)))
	return WORD.findall(text.casefold().translate(FOLDED))


@dataclass
class Index:
	"""Articles by their words. ``as_of``: when the newest of them was changed."""

	titles: dict[str, str] = field(default_factory=dict)
	words: dict[str, dict[str, int]] = field(default_factory=dict)  # article → word → weight
	as_of: datetime | None = None
	_postings: dict[str, dict[str, int]] = field(default_factory=dict, repr=False)

	def update(self, articles: Iterable[Article]) -> bool:
		"""Take changed articles in and withdrawn ones out. True if anything changed."""
		changed = False
		for article in articles:
			changed |= self._take(article)
			self.as_of = max(filter(None, (self.as_of, article.changed_at)))
		if changed:
			self._postings = {}
		return changed

	def _take(self, article: Article) -> bool:
		before = (self.titles.pop(article.name, None), self.words.pop(article.name, None))
		if article.is_published:
			counted = Counter(words_of(article.text))
			counted.update(dict.fromkeys(words_of(article.title), TITLE_WEIGHT))
			self.titles[article.name], self.words[article.name] = article.title, dict(counted)
		return before != (self.titles.get(article.name), self.words.get(article.name))

	def suggest(self, text: str, limit: int = 3) -> list[Suggestion]:
		"""The best ``limit`` articles that are likely to help, best first."""
		asked = set(words_of(text))
		if not asked or not self.titles:
			return []
		rare, whole = self._by_rare_words(asked)
		best = sorted(rare, key=rare.get, reverse=True)[:SHORTLIST]
		scored = [
			Suggestion(name, self.titles[name], self._score(name, asked, rare[name] / whole)) for name in best
		]
		fitting = [one for one in scored if one.score >= FITS]
		return sorted(fitting, key=lambda one: -one.score)[:limit]

	def _score(self, name: str, asked: set[str], share: float) -> int:
		alike = fuzz.token_set_ratio(" ".join(sorted(asked)), " ".join(words_of(self.titles[name]))) / 100
		return round(100 * (MIX * min(1.0, share) + (1 - MIX) * alike))

	def _by_rare_words(self, asked: set[str]) -> tuple[dict[str, float], float]:
		postings, scores, whole = self._by_word(), {}, 0.0
		for word in asked:
			known, worth = self._nearest(word)
			rarity = math.log(1 + len(self.titles) / (0.5 + len(postings.get(known, ())))) ** RARER
			whole += rarity * (worth or STRANGE)
			for name, weight in postings.get(known, {}).items():
				scores[name] = scores.get(name, 0.0) + worth * rarity * weight / (weight + 0.8)
		return scores, whole or 1.0

	def _nearest(self, word: str) -> tuple[str, float]:
		postings = self._by_word()
		if word in postings or len(word) < 4:
			return word, 1.0
		inside = [known for known in postings if len(known) >= COMPOUND and (known in word or word in known)]
		if inside:  # German compounds: Fahrkartenautomat, Automat
			return max(
				inside, key=lambda known: (len(known) if known in word else -len(known), known)
			), NEAR_WORTH
		near = process.extractOne(word, postings.keys(), scorer=fuzz.ratio, score_cutoff=NEAR)
		return (near[0], NEAR_WORTH) if near else (word, 0.0)

	def _by_word(self) -> dict[str, dict[str, int]]:
		if not self._postings:
			for name, counted in self.words.items():
				for word, weight in counted.items():
					self._postings.setdefault(word, {})[name] = weight
		return self._postings


def load(path: Path) -> Index:
	"""The index as it was saved; an empty one if there is none, or one of another version."""
	try:
		kept = json.loads(path.read_text(encoding="utf-8"))
		if kept["version"] != VERSION:
			return Index()
		return Index(kept["titles"], kept["words"], datetime.fromisoformat(kept["as_of"]))
	except (FileNotFoundError, ValueError, TypeError, KeyError):
		return Index()


def save(index: Index, path: Path) -> None:
	"""Other workers read the old file or the new one, never half of it."""
	if index.as_of is None:
		return
	kept = {
		"version": VERSION,
		"titles": index.titles,
		"words": index.words,
		"as_of": index.as_of.isoformat(),
	}
	fresh = path.with_suffix(f".{os.getpid()}")
	fresh.write_text(json.dumps(kept), encoding="utf-8")
	fresh.replace(path)
