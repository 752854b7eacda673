"""Files of arrays: other workers read the old file or the new one, never half of it."""

from __future__ import annotations

import os
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

UNREADABLE = (
	*(OSError, ValueError, TypeError, KeyError, IndexError, EOFError),
	*(zipfile.BadZipFile, zlib.error),
)


def write_arrays(path: Path, arrays: Mapping[str, np.ndarray], save: Callable[..., None] = np.savez) -> None:
	"""``save``: np.savez, or np.savez_compressed for what is seldom read."""
	fresh = path.with_suffix(f".{os.getpid()}")
	with fresh.open("wb") as file:
		save(file, **arrays)
	fresh.replace(path)
