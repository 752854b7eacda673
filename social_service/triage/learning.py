"""Learning from agents: the model as it is and their corrections come in; a model that also fits these goes out. Pure numpy.

A new model is worth keeping only if it does better on corrections that it has not seen: `lesson` measures both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np

from social_service.triage.features import buckets_of, features_of
from social_service.triage.fitting import Posts, fit
from social_service.triage.model import Model, places

KEPT_BACK = 5  # every fifth correction is for judging only
ENOUGH = 40  # corrections; fewer prove nothing


@dataclass(frozen=True)
class Correction:
	"""``labels``: what an agent says of the text, head → value. What they did not judge is left out."""

	text: str
	labels: Mapping[str, str]


@dataclass(frozen=True)
class Lesson:
	"""``before`` and ``after``: share of right values on the corrections kept back, 0 to 1. ``model``: fits all of them."""

	model: Model
	before: float
	after: float
	judged_by: int  # values

	@property
	def is_better(self) -> bool:
		return self.after > self.before


def lesson(
	model: Model,
	corrections: Sequence[Correction],
	brand: Sequence[str] = (),
	known: Sequence[Correction] = (),
) -> Lesson | None:
	"""``known``: from which the model in use learned. It saw those kept back, too, so it is learned again without them.
	None where there are too few corrections to tell."""
	back = [one for one in corrections if _is_kept_back(one.text)]
	seen = [one for one in corrections if not _is_kept_back(one.text)]
	if len(seen) < ENOUGH or not back:
		return None
	taught = learn(model, seen, brand)
	in_use = learn(model, [one for one in known if not _is_kept_back(one.text)], brand) if known else model
	values = sum(len(one.labels) for one in back)
	return Lesson(
		learn(model, corrections, brand), _right(in_use, back, brand), _right(taught, back, brand), values
	)


def learn(model: Model, corrections: Sequence[Correction], brand: Sequence[str] = ()) -> Model:
	"""As near to ``model`` as what agents say allows. Leaves ``model`` alone."""
	weights = model.weights.astype(np.float32) * model.scales
	found = [buckets_of(features_of(one.text, brand)) for one in corrections]
	for number, (head, values, place) in enumerate(places()):
		own = slice(place, place + len(values))
		weights[:, own] /= model.heat[number]
		said = [at for at, one in enumerate(corrections) if one.labels.get(head) in values]
		if said:
			posts = Posts([found[at] for at in said])
			right = np.array([values.index(corrections[at].labels[head]) for at in said])
			known = weights[posts.buckets, own]
			weights[posts.buckets, own] += fit(posts, posts.sums(known), right).astype(np.float32)
	plain = np.ones(weights.shape[1], dtype=np.float32)
	return Model(weights, plain, np.ones_like(model.heat), model.tilt, model.requests)


def _right(model: Model, corrections: Sequence[Correction], brand: Sequence[str]) -> float:
	told = [(model.read(one.text, brand).values, one.labels) for one in corrections]
	right = [values[head] == label for values, labels in told for head, label in labels.items()]
	return sum(right) / max(len(right), 1)


def _is_kept_back(text: str) -> bool:
	"""The same ones every night, whatever else came."""
	return sha256(text.encode("utf-8", "replace")).digest()[0] % KEPT_BACK == 0
