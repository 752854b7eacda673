"""Trains the weights of `triage/model.py` on this folder: ``python -m social_service.triage.corpus.train``.

Needs scikit-learn (extra ``train``). What stands in ``held_out/`` is never read here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, diags, vstack
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score

from social_service.triage.budget import as_they_come
from social_service.triage.corpus import brands, posts
from social_service.triage.features import BUCKETS, buckets_of, features_of
from social_service.triage.model import HEADS, TRAINED, WEIGHTS, Model, softmax
from social_service.triage.model_file import save
from social_service.triage.verdict import asks

STRENGTH = 0.4  # C of the regression; from .25 to 1 nothing changes much on industries not seen
SEEN_IN = 2  # posts; what stands in fewer teaches nothing
LEAST = 0.004  # of the largest weight; smaller ones are dropped

Tables = Mapping[str, csr_matrix]  # industry → posts × buckets
Labels = Mapping[str, np.ndarray]


def table(rows: Sequence[Mapping], brand: Sequence[str]) -> csr_matrix:
	places, columns, weights = [0], [], []
	for row in rows:
		buckets, worth = buckets_of(features_of(row["text"], brand))
		columns.append(buckets)
		weights.append(worth)
		places.append(places[-1] + len(buckets))
	made = csr_matrix((np.concatenate(weights), np.concatenate(columns), places), (len(rows), BUCKETS))
	made.sum_duplicates()
	return made


def label(row: Mapping, head: str) -> int:
	value = row[head]
	return HEADS[head].index(("no", "yes")[value] if isinstance(value, bool) else value)


def fit(known: csr_matrix, labels: np.ndarray, head: str) -> np.ndarray:
	"""Buckets × values. Rare features weigh more; that weight is part of the result."""
	seen = np.asarray((known > 0).sum(axis=0)).ravel()
	rarity = np.where(seen >= SEEN_IN, 1 + np.log((1 + known.shape[0]) / (1 + seen)), 0)
	fitted = LogisticRegression(
		C=STRENGTH, max_iter=1000, tol=1e-3, fit_intercept=False, class_weight="balanced"
	)
	fitted.fit(known @ diags(rarity), labels)
	weights = np.zeros((BUCKETS, len(HEADS[head])))
	if len(fitted.classes_) == 2:
		weights[:, fitted.classes_[1]] = fitted.coef_[0]
	else:
		weights[:, fitted.classes_] = fitted.coef_.T
	return weights * rarity[:, None]


def unseen(tables: Tables, labels: Labels, head: str) -> Iterator[tuple[str, np.ndarray]]:
	"""(industry, sums of its posts) by models that never saw that industry."""
	for left_out in tables:
		others = [name for name in tables if name != left_out]
		known = vstack([tables[one] for one in others])
		weights = fit(known, np.concatenate([labels[one] for one in others]), head)
		yield left_out, tables[left_out] @ weights


def calibrated(sums: np.ndarray, labels: np.ndarray) -> tuple[float, np.ndarray]:
	"""(heat, tilt) with which chances are as often right as they say."""
	right = np.arange(len(labels)), labels

	def surprise(told: np.ndarray) -> float:
		spread = sums / np.exp(told[0]) + told[1:]
		spread = spread - spread.max(axis=1, keepdims=True)
		return float(
			(np.log(np.exp(spread).sum(axis=1)) - spread[right]).mean() + 1e-3 * (told[1:] ** 2).mean()
		)

	told = minimize(surprise, np.zeros(1 + sums.shape[1]), method="L-BFGS-B").x
	return float(np.exp(told[0])), told[1:]


def chances_of_requests(
	rows: Mapping[str, Sequence[Mapping]], sums: Mapping[str, np.ndarray]
) -> dict[str, np.ndarray]:
	"""Language → how likely a request its posts of an industry not seen were told to be; who asks is seen anyway."""
	found: dict[str, list[float]] = {}
	for name, posts_of in rows.items():
		for row, one in zip(posts_of, sums[name], strict=True):
			if row["need"] != "none":
				chance = 1.0 if asks(row["text"]) else 1 - float(softmax(one)[0])
				found.setdefault(row["lang"], []).append(chance)
	return {language: as_they_come(chances) for language, chances in found.items()}


def main() -> None:
	rows, names = posts(), brands()
	tables = {name: table(rows[name], names[name]) for name in rows}
	columns, heats, tilts = [], [], []
	for head in HEADS:
		labels = {name: np.array([label(row, head) for row in rows[name]]) for name in rows}
		sums = dict(unseen(tables, labels, head))
		_show(head, sums, labels)
		heat, tilt = calibrated(np.vstack(list(sums.values())), np.concatenate(list(labels.values())))
		if head == "need":
			requests = chances_of_requests(rows, {name: sums[name] / heat + tilt for name in rows})
		heats.append(heat)
		tilts.append(tilt)
		columns.append(fit(vstack(list(tables.values())), np.concatenate(list(labels.values())), head))
	save(_model(np.hstack(columns), np.array(heats), np.concatenate(tilts), requests), WEIGHTS)
	print(f"{WEIGHTS.name}: {WEIGHTS.stat().st_size / 1e6:.2f} MB of {sum(map(len, rows.values()))} posts")


def _show(head: str, sums: Mapping[str, np.ndarray], labels: Labels) -> None:
	def score(which: Sequence[str]) -> float:
		told = np.concatenate([sums[one].argmax(axis=1) for one in which])
		return f1_score(np.concatenate([labels[one] for one in which]), told, average="macro")

	each = ", ".join(f"{name} {score([name]):.3f}" for name in sums)
	print(f"{head}: macro-F1 {score(list(sums)):.3f} on industries not seen ({each})", flush=True)


def _model(
	weights: np.ndarray, heat: np.ndarray, tilt: np.ndarray, requests: Mapping[str, np.ndarray]
) -> Model:
	"""Without what hardly weighs."""
	kept = np.where(np.abs(weights) < LEAST * np.abs(weights).max(axis=0), 0, weights)
	known = {language: shares for language, shares in requests.items() if language in TRAINED}
	return Model(kept, np.ones(weights.shape[1]), heat, tilt, known)


if __name__ == "__main__":
	main()
