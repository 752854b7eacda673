"""The two language libraries behind one shape: words in, a share for each of the site's languages out. Loaded at first use."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from threading import Lock

from langdetect import DetectorFactory, LangDetectException
from langdetect.detector_factory import PROFILES_DIRECTORY
from py3langid.langid import MODEL_FILE, LanguageIdentifier

LOADING = Lock()  # neither is to be loaded twice at once
WORD = re.compile(r"[¿¡]|[^\s¿¡]+")
WORDS = Path(__file__).with_name("everyday_words.json")


# --- py3langid: fast, knows 140 languages, asked of every post ------------------------------------------------


def by_py3langid(text: str) -> dict[str, float]:
	"""The shares of all languages that it knows. It changes nothing in the model, so threads may share it."""
	return dict(_identifier().rank(text))


@lru_cache(maxsize=1)
def _load_identifier() -> LanguageIdentifier:
	return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def _identifier() -> LanguageIdentifier:
	with LOADING:
		return _load_identifier()


# --- langdetect: slow, asked where the other one hesitates ----------------------------------------------------


def by_langdetect(text: str, languages: Sequence[str]) -> dict[str, float]:
	"""Only the site's profiles are loaded: the prior on its languages, and a tenth of the time. Empty = it can't say."""
	with LOADING:
		factory = _load_profiles(tuple(sorted(languages)))
	if not factory.langlist:
		return {}
	detector = factory.create()
	detector.seed = 0  # the same post gets the same answer every time
	detector.append(text)
	try:
		return {guess.lang: guess.prob for guess in detector.get_probabilities()}
	except LangDetectException:  # no letters that any of these languages has
		return {}


@lru_cache(maxsize=32)
def _load_profiles(languages: tuple[str, ...]) -> DetectorFactory:
	files = [Path(PROFILES_DIRECTORY) / language for language in languages]
	factory = DetectorFactory()
	factory.load_json_profile([file.read_text(encoding="utf-8") for file in files if file.is_file()])
	return factory


# --- everyday words: what decides in five words ---------------------------------------------------------------


def by_everyday_words(text: str, languages: Sequence[str]) -> dict[str, float]:
	"""How many of its words belong to each language; a word that several share counts for each in part."""
	known = everyday_words()
	hits = dict.fromkeys(languages, 0.0)
	for word in set(WORD.findall(unicodedata.normalize("NFC", text.replace("’", "'")).lower())):
		owners = [language for language in known.get(word, ()) if language in hits]
		for language in owners:
			hits[language] += 1 / len(owners) ** 2
	return hits


@lru_cache(maxsize=1)
def everyday_words() -> Mapping[str, tuple[str, ...]]:
	owners: dict[str, tuple[str, ...]] = {}
	for language, words in json.loads(WORDS.read_text(encoding="utf-8")).items():
		for word in words.split():
			owners[word] = (*owners.get(word, ()), language)
	return owners


@lru_cache(maxsize=1)
def everyday_languages() -> tuple[str, ...]:
	return tuple(json.loads(WORDS.read_text(encoding="utf-8")))
