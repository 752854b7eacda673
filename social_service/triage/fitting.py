"""Posts and their right values come in; what to add to a head's weights, so that it tells these, goes out. Pure numpy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

LOYALTY = 0.3  # how strongly weights stay what they were; .1 to 1 are much the same on industries not seen
STEPS = 80
RARE = 5  # posts; a value that was hardly ever said does not count a hundredfold


class Posts:
	"""Their buckets and weights, as `features.buckets_of` gives them, in one table."""

	def __init__(self, found: Sequence[tuple[np.ndarray, np.ndarray]]) -> None:
		self.count = len(found)
		self.buckets, self._at = np.unique(np.concatenate([one for one, _ in found]), return_inverse=True)
		self._worth = np.concatenate([worth for _, worth in found]).astype(np.float64)
		self._post = np.repeat(np.arange(self.count), [len(one) for one, _ in found])

	def sums(self, weights: np.ndarray) -> np.ndarray:
		"""Of each post, from weights by bucket."""
		columns = [np.bincount(self._post, self._worth * one[self._at], self.count) for one in weights.T]
		return np.stack(columns, axis=1)

	def back(self, off: np.ndarray) -> np.ndarray:
		"""To each bucket what its posts are off by."""
		size = len(self.buckets)
		return np.stack([np.bincount(self._at, self._worth * one[self._post], size) for one in off.T], axis=1)

	def steepness(self) -> float:
		"""How much more than one post all of them together can turn the same weights."""
		ahead = np.ones((self.count, 1))
		for _again in range(10):
			ahead = self.sums(self.back(ahead))
			most = float(np.linalg.norm(ahead))
			ahead /= most
		return most


def fit(posts: Posts, sums: np.ndarray, right: np.ndarray) -> np.ndarray:
	"""Buckets × values. ``sums``: what the weights as they are make of each post. All values count the same in all, however
	often each was said, as in training. Nesterov's steps towards the one minimum: no order of posts, no luck."""
	wanted = np.eye(sums.shape[1])[right]
	worth = _worth(right, sums.shape[1])[:, None]
	step = 1 / (posts.steepness() * worth.max() / 2 + LOYALTY)
	more = ahead = np.zeros((len(posts.buckets), sums.shape[1]))
	for number in range(STEPS):
		off = worth * (_chances(sums + posts.sums(ahead)) - wanted)
		before, more = more, ahead - step * (posts.back(off) + LOYALTY * ahead)
		ahead = more + number / (number + 3) * (more - before)
	return more


def _worth(right: np.ndarray, values: int) -> np.ndarray:
	"""Of each post, 1 on average."""
	each = (1 / (np.bincount(right, minlength=values) + RARE))[right]
	return each / each.mean()


def _chances(sums: np.ndarray) -> np.ndarray:
	raised = np.exp(sums - sums.max(axis=1, keepdims=True))
	return raised / raised.sum(axis=1, keepdims=True)
