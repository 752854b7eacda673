"""``understand``: how well posts are read, on public data, beside what simple methods reach. Seeded; scored rows are never learnt from.

Another part is another row of PARTS: the name of a module of this folder with ``measure(data: Path) -> dict``.
"""

from __future__ import annotations

import importlib
import importlib.util
from pathlib import Path

PARTS = {
	"articles": "benchmarks.understand_articles",
	"none_fits": "benchmarks.understand_none_fits",
	"groups": "benchmarks.understand_groups",
	"speed": "benchmarks.understand_speed",
	"language": "benchmarks.understand_language",
	"triage": "benchmarks.understand_triage",
	"spam": "benchmarks.understand_spam",
}


def measure(data: Path, only: list[str]) -> dict:
	"""The figures of each part that is there."""
	found = {}
	for name, module in PARTS.items():
		if (not only or name in only) and importlib.util.find_spec(module):
			found[name] = importlib.import_module(module).measure(data)
	return found
