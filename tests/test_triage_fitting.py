"""Fitting: corrections move the weights as far as they must, the same way in any order, and leave the rest alone."""

from __future__ import annotations

import numpy as np
import pytest

from social_service.triage import fitting
from social_service.triage.fitting import Posts, fit
from social_service.triage.learning import Correction, learn
from social_service.triage.model import load


def posts(*found: tuple[int, ...]) -> Posts:
	"""Of each post its buckets, all of one weight."""
	return Posts([(np.array(one), np.ones(len(one), np.float32)) for one in found])


def told(some: Posts, right: list[int], sums: np.ndarray | None = None) -> np.ndarray:
	"""The values that the posts have afterwards."""
	before = np.zeros((some.count, 2)) if sums is None else sums
	return (before + some.sums(fit(some, before, np.array(right)))).argmax(axis=1)


def test_what_agents_say_is_told_afterwards():
	assert told(posts((7, 1), (7, 2), (9, 1), (9, 2)), [1, 1, 0, 0]).tolist() == [1, 1, 0, 0]


def test_a_rare_value_is_told_where_it_is_much_more_frequent_than_elsewhere():
	"""As the model was trained: five of all hundred posts, but five of the 20 that have bucket 2."""
	found = [(1,)] * 80 + [(1, 2)] * 20
	assert told(posts(*found), [0] * 95 + [1] * 5).tolist() == [0] * 80 + [1] * 20


def test_what_is_right_already_hardly_moves_and_what_is_wrong_moves_much():
	some, sure = posts((1,), (2,)), np.array([[0.0, 6.0], [0.0, 6.0]])
	right, wrong = np.abs(fit(some, sure, np.array([1, 0])))
	assert wrong.max() > 20 * right.max()


def test_it_stands_where_no_step_leads_further_down(monkeypatch):
	monkeypatch.setattr(fitting, "STEPS", 400)
	some, right = posts((1, 3), (2, 3), (1, 2)), np.array([0, 1, 1])
	more = fit(some, np.zeros((3, 2)), right)
	chances = np.exp(some.sums(more))
	chances /= chances.sum(axis=1, keepdims=True)
	worth = fitting._worth(right, 2)[:, None]
	slope = some.back(worth * (chances - np.eye(2)[right])) + fitting.LOYALTY * more
	assert np.abs(slope).max() < 1e-6


@pytest.mark.parametrize("order", [1, -1])
def test_the_order_of_corrections_does_not_matter(order):
	some = [
		Correction("der Zug steht schon wieder", {"need": "implicit", "tone": "negative"}),
		Correction("schöner Zug heute", {"tone": "positive"}),
		Correction("wann fährt der Zug", {"need": "explicit"}),
	]
	model, other = learn(load(), some), learn(load(), some[::order])
	assert np.allclose(model.weights, other.weights, atol=1e-5)


def test_what_nobody_judged_and_no_correction_speaks_of_stays():
	old = load()
	new = learn(old, [Correction("Grützwurst", {"need": "explicit"})])
	one, other = old.read("thank you, the app is great"), new.read("thank you, the app is great")
	for head in ("tone", "topic", "spam"):
		assert one.chances[head] == pytest.approx(other.chances[head], abs=1e-3)
	assert learn(old, []).read("kein strom").chances["need"] == pytest.approx(
		old.read("kein strom").chances["need"], abs=1e-3
	)
