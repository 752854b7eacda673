"""Files of arrays: other workers read the old file or the new one, never half of it."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

UNREADABLE = (OSError, ValueError, TypeError, KeyError, IndexError, EOFError, zipfile.BadZipFile)


def write_arrays(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
	fresh = path.with_suffix(f".{os.getpid()}")
	with fresh.open("wb") as file:
		np.savez(file, **arrays)
	fresh.replace(path)
