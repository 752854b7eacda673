"""Which language is a post in? Empty rather than wrong and sure; never one that the site does not have."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from social_service.sentence import Sentence, _
from social_service.triage.detectors import (
	by_everyday_words,
	by_langdetect,
	by_py3langid,
	everyday_languages,
)

NOISE = re.compile(r"https?://\S+|www\.\S+|[@#]\w+|[^\w\s'’¿¡-]|[\d_]")
LONGEST = 2000  # characters; more tell nothing new
ENOUGH = 0.50  # below this share of the site's languages nothing is answered
SURE = 0.90  # from here on an answer is called sure
DECISIVE = 0.98  # py3langid and the everyday words alone: langdetect need not be asked
NEAREST = 3  # of py3langid's best guesses, whatever their language, are candidates
FLOOR = 1e-6
LEAST = 0.01  # what an opinion leaves for a language that it rules out

# what each opinion weighs, as a factor of its logarithm or in natural logarithms of odds
OF_PY3LANGID, OF_LANGDETECT, OF_A_WORD = 1.5, 0.4, 1.2
OF_NETWORK, OF_AUTHOR, OF_CHANNEL = 1.5, 1.5, 0.2
OF_A_STRANGER = 1.5  # that a post is in a language of the site is likely before it is read


@dataclass(frozen=True)
class Hints:
	"""What is known apart from the words, ISO 639-1 or "": the network's guess, the author's usual, the channel's."""

	network: str = ""
	author: str = ""
	channel: str = ""


@dataclass(frozen=True)
class Heard:
	"""``confidence``: of 100 answers given with .9, about 90 are right. "" has what its best guess had."""

	language: str
	confidence: float
	reason: Sentence

	@property
	def is_sure(self) -> bool:
		return bool(self.language) and self.confidence >= SURE


def language_of(text: str, hints: Hints, languages: Sequence[str]) -> Heard:
	"""``languages``: the site's. Without any, every language that py3langid knows may be the answer."""
	words = cleaned(text)
	given = _given(hints, languages)
	if not any(letter.isalpha() for letter in words):
		return _by_hints_alone(given)
	return _decided(_odds(words, languages), given, languages)


def _odds(words: str, languages: Sequence[str]) -> dict[str, float]:
	"""Of the site's languages and of their likely rivals, so that a stranger's post is no answer in one of them."""
	shares = by_py3langid(words)
	common = dict.fromkeys((*languages, *everyday_languages()))
	rivals = dict.fromkeys((*common, *list(shares)[:NEAREST])) if languages else shares
	hits = by_everyday_words(words, [*rivals])
	odds = {
		one: OF_PY3LANGID * math.log(max(shares.get(one, 0), FLOOR))
		+ OF_A_WORD * hits[one]
		- (OF_A_STRANGER if languages and one not in languages else 0)
		for one in rivals
	}
	if max(_shares(odds).values()) >= DECISIVE:
		return odds
	slow = by_langdetect(words, [*common])
	return {one: odds[one] + OF_LANGDETECT * math.log(max(slow.get(one, 0), LEAST)) for one in odds}


def cleaned(text: str) -> str:
	"""Its words: no handles, tags, links, digits, emoji."""
	return " ".join(NOISE.sub(" ", text[:LONGEST]).split())


def _given(hints: Hints, languages: Sequence[str]) -> dict[str, str]:
	"""The hints that can be true."""
	told = {
		name: value.lower().split("-")[0].strip()
		for name, value in (("network", hints.network), ("author", hints.author), ("channel", hints.channel))
	}
	fits = re.compile(r"[a-z]{2}").fullmatch
	return {name: value for name, value in told.items() if (value in languages if languages else fits(value))}


def _by_hints_alone(given: Mapping[str, str]) -> Heard:
	"""No words: the network knows its user, or the author has written before. A channel's language is no answer here."""
	if said := given.get("network"):
		return Heard(said, ENOUGH, _("It has no words; the network says {0}", said))
	if usual := given.get("author"):
		return Heard(usual, ENOUGH, _("It has no words; its author usually writes {0}", usual))
	return Heard("", 0.0, _("It has no words"))


def _decided(odds: Mapping[str, float], given: Mapping[str, str], languages: Sequence[str]) -> Heard:
	alone = _shares(odds)
	weights = {"network": OF_NETWORK, "author": OF_AUTHOR, "channel": OF_CHANNEL}
	helped = dict(odds)
	for name, language in given.items():
		helped[language] = helped.get(language, math.log(LEAST)) + weights[name]
	shares = _shares(helped)
	best = max(shares, key=shares.__getitem__)
	if shares[best] < ENOUGH:
		return Heard("", shares[best], _("Too few words to tell its language"))
	if languages and best not in languages:
		return Heard("", shares[best], _("It is in none of the site's languages"))
	if alone.get(best, 0) < ENOUGH:
		confidence = min(shares[best], SURE - 0.01)  # a hint alone is never sure
		return Heard(best, confidence, _("Its words don't tell; a hint says {0}", best))
	return Heard(best, shares[best], _("Its words are {0}", best))


def _shares(odds: Mapping[str, float]) -> dict[str, float]:
	most = max(odds.values())
	raised = {one: math.exp(value - most) for one, value in odds.items()}
	whole = sum(raised.values())
	return {one: value / whole for one, value in raised.items()}
