"""Which language is a post in? Empty rather than wrong and sure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from threading import Lock

from langdetect import DetectorFactory, LangDetectException, detect_langs

DetectorFactory.seed = 0  # the same post gets the same answer every time
LOADING = Lock()  # langdetect loads its profiles at first use, and not twice at once
NOISE = re.compile(r"https?://\S+|[@#]\w+|[^\w\s'’-]|\d")
SHORTEST = 12  # letters; below that the guess is worth nothing
SURE = 0.80
KNOWN = re.compile(r"^[a-z]{2}$")


def language_of(text: str, by_network: str, languages: Sequence[str]) -> str:
	"""ISO 639-1 or "": what the network says, if it is one of the site's; else what the words say; else the network's."""
	said = by_network.lower().split("-")[0]
	said = said if KNOWN.match(said) else ""
	if said and (said in languages or not languages):
		return said
	return detected(text, languages) or said


def detected(text: str, languages: Sequence[str]) -> str:
	words = " ".join(NOISE.sub(" ", text).split())
	if sum(letter.isalpha() for letter in words) < SHORTEST:
		return ""
	try:
		with LOADING:
			guesses = detect_langs(words)
	except LangDetectException:
		return ""
	known = [guess for guess in guesses if not languages or guess.lang in languages] or guesses
	best = known[0]
	share = best.prob / sum(guess.prob for guess in known)
	return best.lang if share >= SURE and best.prob >= SURE / 2 else ""
