"""The linear model that judges what no rule knows. Its weights come from a file; scikit-learn is needed to train, not here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from social_service.triage.features import as_written, bucket_of, buckets_of, features_of

WEIGHTS = Path(__file__).with_name("weights.npz")
HEADS: Mapping[str, tuple[str, ...]] = {
	"concerns": ("no", "yes"),
	"need": ("none", "implicit", "explicit"),
	"tone": ("negative", "neutral", "positive"),
	"urgent": ("no", "yes"),
	"spam": ("no", "yes"),
	"topic": (
		*("outage", "delay", "billing", "account", "order", "product", "staff"),
		*("information", "access", "lost", "security", "news", "praise", "other"),
	),
}
TRAINED = ("de", "en")  # languages that the weights come from
REQUESTS = "requests_"  # in the file, before a language
TELLING = 3  # words that a reason names


@dataclass(frozen=True)
class Reading:
	"""What the model makes of a post: for each head the chance of each of its values, summing to 1."""

	chances: Mapping[str, Mapping[str, float]]
	values: Mapping[str, str]  # head → the value to go by: a rare one is taken before its chance is one half

	def sure(self, head: str) -> float:
		"""The chance of the value to go by."""
		return self.chances[head][self.values[head]]

	@property
	def help_wanted(self) -> float:
		"""The chance that the writer needs something, asked for or not."""
		return 1 - self.chances["need"]["none"]


class Model:
	"""``weights``: buckets × all values of all heads, as small integers; ``scales``: what one of them is worth, by value.

	Values of a head were made equally frequent for training. ``heat`` and ``tilt`` make chances of the sums again:
	by head, how much surer than right they are; by value, how rare it really is. ``requests``: language → of requests
	that it had not seen, how likely it told each to be one, as `triage.budget` keeps them.
	"""

	def __init__(
		self,
		weights: np.ndarray,
		scales: np.ndarray,
		heat: np.ndarray,
		tilt: np.ndarray,
		requests: Mapping[str, np.ndarray] = {},
	) -> None:
		self.weights, self.scales, self.heat, self.tilt = weights, scales, heat, tilt
		self.requests = requests

	def read(self, text: str, brand: Sequence[str] = ()) -> Reading:
		sums = self._sums(_features(text, tuple(brand)))
		chances, best = {}, {}
		for number, (head, values, place) in enumerate(places()):
			own = slice(place, place + len(values))
			best[head] = values[int(np.argmax(sums[own]))]
			spread = softmax(sums[own] / self.heat[number] + self.tilt[own])
			chances[head] = dict(zip(values, map(float, spread), strict=True))
		return Reading(chances, best)

	def telling_words(self, text: str, head: str, brand: Sequence[str] = ()) -> tuple[str, ...]:
		"""What in the post spoke most for the value to go by, strongest first."""
		found = _features(text, tuple(brand))
		(columns,) = [slice(at, at + len(values)) for name, values, at in places() if name == head]
		best = int(np.argmax(self._sums(found)[columns]))
		parts = [part for part in found if part and all(token[0].isalnum() for token in part.split(" "))]
		if not parts:
			return ()
		counts = [len(found[part]) for part in parts]
		own = np.array([bucket_of(feature) for part in parts for feature in found[part]], dtype=np.int64)
		known = self.weights[own][:, columns].astype(np.float32) * self.scales[columns]
		starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
		said = np.add.reduceat(known[:, best] - known.mean(axis=1), starts)
		return tuple(as_written(part, text) for part in _strongest(parts, said))

	def _sums(self, found: Mapping[str, Sequence[str]]) -> np.ndarray:
		buckets, worth = buckets_of(found)
		return (worth @ self.weights[buckets].astype(np.float32)) * self.scales


@lru_cache(maxsize=1)
def places() -> tuple[tuple[str, tuple[str, ...], int], ...]:
	"""(head, its values, its first column) of each head."""
	at, found = 0, []
	for head, values in HEADS.items():
		found.append((head, values, at))
		at += len(values)
	return tuple(found)


def _strongest(parts: Sequence[str], said: np.ndarray) -> list[str]:
	"""Those that spoke most; none that another one says already."""
	found: list[str] = []
	for at in np.argsort(-said, kind="stable"):
		if said[at] <= 0 or len(found) == TELLING:
			break
		if not any(parts[at] in one or one in parts[at] for one in found):
			found.append(parts[at])
	return found


@lru_cache(maxsize=4)
def _features(text: str, brand: tuple[str, ...]) -> Mapping[str, Sequence[str]]:
	"""A reason asks for the post that was just read."""
	return features_of(text, brand)


def softmax(sums: np.ndarray) -> np.ndarray:
	raised = np.exp(sums - sums.max())
	return raised / raised.sum()


@lru_cache(maxsize=4)
def load(path: Path = WEIGHTS) -> Model:
	with np.load(path, allow_pickle=False) as kept:
		requests = {name.removeprefix(REQUESTS): kept[name] for name in kept if name.startswith(REQUESTS)}
		return Model(kept["weights"], kept["scales"], kept["heat"], kept["tilt"], requests)
