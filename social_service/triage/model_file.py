"""The file of a model that a site learned: as small as the one we ship, and never half written."""

from __future__ import annotations

import os
import zipfile
import zlib
from pathlib import Path

import numpy as np

from social_service.triage.model import REQUESTS, Model

STEPS = 127  # of a small integer, in each direction
UNREADABLE = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error)


def save(model: Model, path: Path) -> None:
	"""`triage.model.load` reads it."""
	weights = model.weights.astype(np.float32) * model.scales
	largest = np.abs(weights).max(axis=0)
	scales = np.where(largest > 0, largest, 1) / STEPS
	told = {"scales": scales, "heat": model.heat, "tilt": model.tilt}
	told |= {REQUESTS + language: shares for language, shares in model.requests.items()}
	fresh = path.with_suffix(f".{os.getpid()}")
	with fresh.open("wb") as file:
		np.savez_compressed(
			file,
			weights=np.round(weights / scales).astype(np.int8),
			**{name: one.astype(np.float32) for name, one in told.items()},
		)
	fresh.replace(path)
