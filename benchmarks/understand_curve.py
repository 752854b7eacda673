"""A learning curve: judgements before and after some teaching come in; the scores, what was gained and how sure that is go out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

RESAMPLED = 1_000
MIDDLE = (2.5, 97.5)  # percentiles: 95 of 100


@dataclass(frozen=True)
class Judged:
	"""Of one split. ``told``: for the start and each time the value of each post. A post may be in several splits."""

	posts: Sequence[int]
	labels: Sequence[object]
	told: Sequence[Sequence[object]]


def curve(judged: Sequence[Judged], times: Sequence[int], *, share_right: bool = False) -> dict:
	"""Macro-F1, or the share of right ones. The interval of a gain is by resampling posts, both scores on the same ones."""
	posts = np.concatenate([one.posts for one in judged])
	values = sorted({value for one in judged for some in (one.labels, *one.told) for value in some})
	known = sorted({label for one in judged for label in one.labels})
	size = len(values)
	pairs = [
		np.concatenate([_places(one.labels, values) * size + _places(one.told[at], values) for one in judged])
		for at in range(len(times) + 1)
	]
	score = _right if share_right else lambda counts: _macro_f1(counts, [values.index(one) for one in known])
	scores = np.array(
		[[score(_counts(pair, weights, size)) for pair in pairs] for weights in _weights(posts)]
	)
	found: dict = {"start": round(float(scores[0, 0]), 4)}
	for at, count in enumerate(times, start=1):
		gains = scores[:, at] - scores[:, 0]
		low, high = np.percentile(gains[1:], MIDDLE)
		found[str(count)] = {
			"score": round(float(scores[0, at]), 4),
			"gain": round(float(gains[0]), 4),
			"gain_from": round(float(low), 4),
			"gain_to": round(float(high), 4),
			"falls": bool(high < 0),
		}
	return found | {"judged": len(posts)}


def _weights(posts: np.ndarray) -> list[np.ndarray]:
	"""How often each judgement counts: once, and then as its post was drawn."""
	drawn, names = np.random.default_rng(0), np.unique(posts, return_inverse=True)[1]
	many = names.max() + 1
	return [
		np.ones(len(posts)),
		*(
			np.bincount(drawn.integers(many, size=many), minlength=many)[names].astype(float)
			for _again in range(RESAMPLED)
		),
	]


def _places(told: Sequence[object], values: Sequence[object]) -> np.ndarray:
	places = {value: place for place, value in enumerate(values)}
	return np.array([places[one] for one in told])


def _counts(pairs: np.ndarray, weights: np.ndarray, size: int) -> np.ndarray:
	"""Rows are what is right, columns what was told."""
	return np.bincount(pairs, weights, size * size).reshape(size, size)


def _right(counts: np.ndarray) -> float:
	return float(counts[-1, -1] / max(counts.sum(), 1))


def _macro_f1(counts: np.ndarray, known: Sequence[int]) -> float:
	both, either = np.diag(counts), counts.sum(axis=0) + counts.sum(axis=1)
	return float(np.mean([2 * both[one] / max(either[one], 1) for one in known]))


def show(found: Mapping[str, Mapping[str, Mapping]]) -> None:
	for name, heads in found.items():
		for head, one in heads.items():
			start = f"{name} {head}".ljust(34) + f"start {one['start']:.3f}"
			steps = [
				f"{count:>5} → {step}"
				for count, step in ((key, _told(one[key])) for key in one if key.isdigit())
			]
			print(start, *steps, sep=" | ")


def _told(step: Mapping) -> str:
	mark = " FALLS" if step["falls"] else ""
	return (
		f"{step['score']:.3f} ({step['gain']:+.3f}, {step['gain_from']:+.3f} to {step['gain_to']:+.3f}){mark}"
	)
