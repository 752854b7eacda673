"""A post's features for the linear model: words, pairs and threes of words, letters inside words, and form. Pure text work; hashed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from zlib import crc32

import numpy as np

from social_service.umlauts import UMLAUTS

BITS = 17
BUCKETS = 1 << BITS
LONGEST = 1000  # characters that are read; a post's matter stands before that
WORD_LONGEST = 24
BRAND, LINK, HANDLE, NUMBER = "⟨brand⟩", "⟨link⟩", "⟨handle⟩", "⟨number⟩"
GRAMS = (3, 4, 5)
FOLDED = str.maketrans({**UMLAUTS, "’": "'", "`": "'"})
LINKS = re.compile(r"https?://\S+|www\.\S+")
HANDLES = re.compile(r"(?<!\w)@\w[\w.@-]*")
NUMBERS = re.compile(r"\d[\d.,:/-]*")
TOKEN = re.compile(r"⟨\w+⟩|[^\W_]+(?:'[^\W_]+)?|[!?]+|\.\.\.|…|[^\w\s]")
LETTERS = re.compile(r"[^\W\d_]")


def tokens_of(text: str, brand: Sequence[str] = ()) -> list[str]:
	"""Words and marks of the post, in order; the brand, links, handles and numbers under one name each."""
	text = unicodedata.normalize("NFKC", text[:LONGEST]).replace("⟨", "").replace("⟩", "")
	text = LINKS.sub(f" {LINK} ", text)
	if names := _names(tuple(brand)):
		text = names.sub(f" {BRAND} ", text)
	text = NUMBERS.sub(f" {NUMBER} ", HANDLES.sub(f" {HANDLE} ", text))
	return [token[:WORD_LONGEST] for token in TOKEN.findall(folded(text))]


@lru_cache(maxsize=256)
def _names(brand: tuple[str, ...]) -> re.Pattern[str] | None:
	names = sorted({one.strip() for one in brand if one.strip()}, key=len, reverse=True)
	if not names:
		return None
	return re.compile(
		r"(?<!\w)[@#]?(?:" + "|".join(re.escape(one.lstrip("@#")) for one in names) + r")(?!\w)", re.I
	)


def as_written(part: str, text: str) -> str:
	"""Words of the post as its writer spelled them: „Könnt“ for „koennt“."""
	spelled = {folded(word): word for word in TOKEN.findall(text[:LONGEST])}
	return " ".join(spelled.get(word, word) for word in part.split(" "))


def folded(text: str) -> str:
	return text.casefold().translate(FOLDED)


def features_of(text: str, brand: Sequence[str] = ()) -> dict[str, list[str]]:
	"""{what of the post a person would point at: its features}. Form comes under ""."""
	tokens = tokens_of(text, brand)
	found: dict[str, list[str]] = {"": list(_form(text, tokens))}
	for token in tokens:
		if token not in found:
			found[token] = [f"w {token}", *_grams(token)]
	for first, second in pairwise(tokens):
		found.setdefault(f"{first} {second}", [f"p {first} {second}"])
	for three in zip(tokens, tokens[1:], tokens[2:], strict=False):
		found.setdefault(" ".join(three), [f"t {' '.join(three)}"])
	return found


@lru_cache(maxsize=20_000)
def _grams(word: str) -> tuple[str, ...]:
	if len(word) < 4 or word.startswith("⟨"):
		return ()
	whole = f"‹{word}›"
	return tuple(f"c {whole[at : at + size]}" for size in GRAMS for at in range(len(whole) - size + 1))


def _form(text: str, tokens: Sequence[str]) -> Iterator[str]:
	letters = LETTERS.findall(text[:LONGEST])
	yield "f bias"
	yield f"f long {min(len(tokens) // 8, 6)}"
	if len(letters) > 12 and sum(letter.isupper() for letter in letters) > 0.6 * len(letters):
		yield "f shouts"
	marks = "".join(token for token in tokens if token[0] in "!?")
	yield f"f asks {min(marks.count('?'), 2)}"
	yield f"f calls {min(marks.count('!'), 2)}"
	if tokens:
		yield f"f first {tokens[0]}"
		yield f"f last {tokens[-1]}"
	for name in (BRAND, LINK, HANDLE):
		yield f"f {name} {name in tokens}"


@lru_cache(maxsize=100_000)
def bucket_of(feature: str) -> int:
	"""Same on every machine."""
	return crc32(feature.encode("utf-8", "replace")) & (BUCKETS - 1)


def buckets_of(found: Mapping[str, Sequence[str]]) -> tuple[np.ndarray, np.ndarray]:
	"""(buckets, weights) of a post. Words and pairs weigh as much in all as the letters inside of them."""
	words, grams = [], []
	for features in found.values():
		for feature in features:
			(grams if feature[0] == "c" else words).append(bucket_of(feature))
	weights = np.concatenate([_even(len(words)), _even(len(grams))])
	return np.array(words + grams, dtype=np.int64), weights


def _even(count: int) -> np.ndarray:
	return np.full(count, 1 / max(count, 1) ** 0.5, dtype=np.float32)
