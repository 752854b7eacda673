"""A model of triage that knows only some industries and heads, trained as the one that is shipped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.sparse import vstack

from social_service.triage.corpus import brands
from social_service.triage.corpus.train import Tables, calibrated, fit, label, table, unseen
from social_service.triage.features import BUCKETS
from social_service.triage.model import HEADS, Model

Rows = Mapping[str, Sequence[Mapping]]  # industry → posts
Part = tuple[np.ndarray, float, np.ndarray]  # weights, heat, tilt


def of_industries(rows: Rows, heads: Sequence[str]) -> Model:
	names = brands()
	tables = {name: table(rows[name], names[name]) for name in rows}
	parts = [
		_trained(head, rows, tables) if head in heads else _ignorant(len(values))
		for head, values in HEADS.items()
	]
	weights, heats, tilts = zip(*parts, strict=True)
	columns = np.hstack(weights).astype(np.float32)
	return Model(columns, np.ones(columns.shape[1], np.float32), np.array(heats), np.concatenate(tilts), {})


def _trained(head: str, rows: Rows, tables: Tables) -> Part:
	labels = {name: np.array([label(row, head) for row in rows[name]]) for name in rows}
	every = np.concatenate(list(labels.values()))
	heat, tilt = calibrated(np.vstack([sums for _name, sums in unseen(tables, labels, head)]), every)
	return fit(vstack(list(tables.values())), every, head), heat, tilt


def _ignorant(values: int) -> Part:
	return np.zeros((BUCKETS, values)), 1.0, np.zeros(values)
