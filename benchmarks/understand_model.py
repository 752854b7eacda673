"""A model of triage that knows only some industries, trained as the one that is shipped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.sparse import vstack

from social_service.triage.corpus import brands
from social_service.triage.corpus.train import calibrated, fit, label, table, unseen
from social_service.triage.model import HEADS, Model


def of_industries(rows: Mapping[str, Sequence[Mapping]]) -> Model:
	names = brands()
	tables = {name: table(rows[name], names[name]) for name in rows}
	columns, heats, tilts = [], [], []
	for head in HEADS:
		labels = {name: np.array([label(row, head) for row in rows[name]]) for name in rows}
		every = np.concatenate(list(labels.values()))
		heat, tilt = calibrated(np.vstack([sums for _name, sums in unseen(tables, labels, head)]), every)
		columns.append(fit(vstack(list(tables.values())), every, head))
		heats.append(heat)
		tilts.append(tilt)
	weights = np.hstack(columns).astype(np.float32)
	return Model(weights, np.ones(weights.shape[1], np.float32), np.array(heats), np.concatenate(tilts), {})
