"""Words: a text comes in; what it can be found by goes out. Everything is cut to a bounded size here."""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from social_service.umlauts import UMLAUTS

LONGEST = 2_000  # characters of a post that are read
MOST_WORDS = 60
LONGEST_WORD = 40
GRAMS = (3, 4, 5)
EVERYDAY = Path(__file__).parent.parent / "triage" / "everyday_words.json"
LANGUAGES = ("de", "en")
NOISE = re.compile(r"https?://\S+|@\w+|<[^<>]{0,500}>")
HUMP = re.compile(r"(?<=[a-zäöüß]{3})(?=[A-ZÄÖÜ][a-zäöüß]{2})")  # not WiFi, iPhone, PayPal
WORD = re.compile(r"\w{2,}")
FOLDED = str.maketrans({**UMLAUTS, "_": " "})


def words_of(text: str) -> list[str]:
	"""The words that count: without handles and addresses, hashtags split at their humps, umlauts written out."""
	text = html.unescape(text) if "&" in text else text
	is_plain = text.isascii()
	text = HUMP.sub(" ", NOISE.sub(" ", text if is_plain else unicodedata.normalize("NFKC", text)))
	if is_plain:
		folded = text.lower().replace("_", " ")
	else:
		folded = unicodedata.normalize("NFKC", text.casefold()).translate(FOLDED)
	return [word[:LONGEST_WORD] for word in WORD.findall(folded)]


def asked_words(text: str) -> list[str]:
	"""Of a post, each word once, in its order: no more than ``MOST_WORDS``."""
	return list(dict.fromkeys(words_of(text[:LONGEST])))[:MOST_WORDS]


def telling(words: Sequence[str]) -> Sequence[str]:
	"""Without everyday words, which tell no article from another; all of them if nothing is left."""
	return [word for word in words if word not in everyday()] or words


@cache
def everyday() -> frozenset[str]:
	"""The most frequent words of customers' posts, German and English."""
	told = json.loads(EVERYDAY.read_text(encoding="utf-8"))
	return frozenset(word for language in LANGUAGES for word in words_of(told[language]))


def grams_of(words: Iterable[str], sizes: Sequence[int] = GRAMS) -> list[str]:
	"""Pieces of words, with a blank where a word begins or ends: what typos, endings and compounds have in common."""
	found = []
	for word in words:
		edged = f" {word} "
		for size in sizes:
			found += [edged[at : at + size] for at in range(max(1, len(edged) - size + 1))]
	return found
