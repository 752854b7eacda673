"""Postings: which articles have a word, and how much of it. Read-only arrays, and a layer of what changed since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

Posting = tuple[np.ndarray, np.ndarray]  # slots, weights
NONE: Posting = (np.empty(0, np.int32), np.empty(0, np.float16))


@dataclass
class Postings:
	"""``starts`` has one number more than there are features; changed features stand in ``layer``."""

	places: dict[str, int] = field(default_factory=dict)
	starts: np.ndarray = field(default_factory=lambda: np.zeros(1, np.int64))
	slots: np.ndarray = field(default_factory=lambda: NONE[0])
	weights: np.ndarray = field(default_factory=lambda: NONE[1])
	layer: dict[str, Posting] = field(default_factory=dict)

	def of(self, feature: str) -> Posting:
		if feature in self.layer:
			return self.layer[feature]
		place = self.places.get(feature)
		if place is None:
			return NONE
		begin, end = self.starts[place], self.starts[place + 1]
		return self.slots[begin:end], self.weights[begin:end]

	def knows(self, feature: str) -> bool:
		return len(self.of(feature)[0]) > 0

	def features(self) -> list[str]:
		return [one for one in dict.fromkeys((*self.places, *self.layer)) if self.knows(one)]

	def replace(self, rows: Mapping[int, tuple[Mapping[str, float], Mapping[str, float]]]) -> None:
		"""``rows``: slot → (weights it had, weights it has now). What is the same stays untouched."""
		added: dict[str, tuple[list[int], list[float]]] = {}
		for slot, (old, new) in rows.items():
			self._drop(slot, [feature for feature in old if new.get(feature) != old[feature]])
			for feature, weight in new.items():
				if old.get(feature) != weight:
					slots, weights = added.setdefault(feature, ([], []))
					slots.append(slot)
					weights.append(weight)
		for feature, (slots, weights) in added.items():
			known = self.of(feature)
			self.layer[feature] = (
				np.concatenate([known[0], np.array(slots, np.int32)]),
				np.concatenate([known[1], np.array(weights, np.float16)]),
			)

	def _drop(self, slot: int, features: Sequence[str]) -> None:
		for feature in features:
			slots, weights = self.of(feature)
			kept = slots != slot
			self.layer[feature] = (slots[kept], weights[kept])

	def flat(self) -> Postings:
		"""The same without a layer, as it is kept in a file."""
		features = self.features()
		found = [self.of(one) for one in features]
		starts = np.concatenate([[0], np.cumsum([len(slots) for slots, _weights in found])]).astype(np.int64)
		slots, weights = zip(*found, strict=True) if found else ([NONE[0]], [NONE[1]])
		places = {feature: place for place, feature in enumerate(features)}
		return Postings(places, starts, np.concatenate(slots), np.concatenate(weights))

	def lengths(self, slots: int, articles: int) -> np.ndarray:
		"""Of each slot's vector, its features weighed by how rare they are. Never 0."""
		flat = self.flat() if self.layer else self
		had = np.diff(flat.starts)
		rarity = np.repeat(np.log(1 + articles / (0.5 + had)), had)
		squares = (rarity * flat.weights.astype(np.float64)) ** 2
		return np.sqrt(np.bincount(flat.slots, squares, slots)) + 1e-9
