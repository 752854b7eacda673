"""Reader: the model, how people call the company, and from which chance on a post is shown to an agent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from social_service.triage.budget import least_chance
from social_service.triage.model import Model, load

MISSED = 5  # of 100 requests, where nobody said how many


@dataclass(frozen=True)
class Reader:
	"""``least``: language → the chance of a request from which a post is shown. Other languages the model did not learn."""

	model: Model
	brand: tuple[str, ...] = ()
	least: Mapping[str, float] = field(default_factory=dict)

	def shows_from(self, language: str) -> float | None:
		"""None = nobody can say. A language that is not known is read as all of them."""
		return self.least.get(language) if language else min(self.least.values(), default=None)


def reader_with(
	model: Model,
	missed_of_100: float,
	brand: tuple[str, ...] = (),
	shares: Mapping[str, np.ndarray] | None = None,
) -> Reader:
	"""``shares``: as the site's own judgements shifted them; without them as the model brought them."""
	kept = model.requests if shares is None else shares
	return Reader(model, brand, {one: least_chance(known, missed_of_100) for one, known in kept.items()})


@lru_cache(maxsize=1)
def shipped() -> Reader:
	return reader_with(load(), MISSED)
