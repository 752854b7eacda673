"""Figures of classification, by their usual definitions. Values are strings, chances 0 to 1."""

from __future__ import annotations

from collections.abc import Sequence


def accuracy(labels: Sequence[str], told: Sequence[str]) -> float:
	return sum(one == other for one, other in zip(labels, told, strict=True)) / max(len(labels), 1)


def macro_f1(labels: Sequence[str], told: Sequence[str]) -> float:
	"""The mean F1 of the values that occur in the labels."""
	values = sorted(set(labels))
	return sum(_f1(labels, told, value) for value in values) / max(len(values), 1)


def _f1(labels: Sequence[str], told: Sequence[str], value: str) -> float:
	both = sum(one == other == value for one, other in zip(labels, told, strict=True))
	return 2 * both / max(labels.count(value) + told.count(value), 1)


def auroc(labels: Sequence[bool], scores: Sequence[float]) -> float | None:
	"""How often a true one scores above a false one; ties count half. None if there are not both."""
	order = sorted(range(len(scores)), key=scores.__getitem__)
	ranks, at = [0.0] * len(scores), 0
	while at < len(order):
		end = at
		while end + 1 < len(order) and scores[order[end + 1]] == scores[order[at]]:
			end += 1
		for place in order[at : end + 1]:
			ranks[place] = (at + end) / 2 + 1
		at = end + 1
	true = sum(labels)
	false = len(labels) - true
	if not true or not false:
		return None
	above = sum(rank for rank, label in zip(ranks, labels, strict=True) if label) - true * (true + 1) / 2
	return above / (true * false)


def missed_at(labels: Sequence[bool], scores: Sequence[float], effort: float) -> float:
	"""The share of true ones that nobody reads who reads only the highest ``effort`` (0 to 1) of all."""
	order = sorted(range(len(scores)), key=scores.__getitem__, reverse=True)
	unread = order[round(effort * len(order)) :]
	return sum(labels[place] for place in unread) / max(sum(labels), 1)
