"""The file of a model, the one that we ship and those that sites learn: small integers. `triage.model.load` reads it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from social_service.arrays import write_arrays
from social_service.triage.model import REQUESTS, Model

STEPS = 127  # of a weight, each way


def save(model: Model, path: Path) -> None:
	weights = model.weights * model.scales
	largest = np.abs(weights).max(axis=0)
	scales = np.where(largest > 0, largest, 1) / STEPS
	told = {"scales": scales, "heat": model.heat, "tilt": model.tilt}
	told |= {REQUESTS + language: shares for language, shares in model.requests.items()}
	small = {"weights": np.round(weights / scales).astype(np.int8)}
	write_arrays(
		path, small | {name: one.astype(np.float32) for name, one in told.items()}, np.savez_compressed
	)
