"""``understand``: how well posts are read, on public data, beside what simple methods reach. Seeded; scored rows are never learnt from.

Another part is another row of PARTS: the name of a module of this folder with ``measure(data: Path) -> dict``.
"""

from __future__ import annotations

import importlib
from pathlib import Path

PARTS = {
	"articles": "benchmarks.understand_articles",
	"none_fits": "benchmarks.understand_none_fits",
	"groups": "benchmarks.understand_groups",
	"speed": "benchmarks.understand_speed",
	"language": "benchmarks.understand_language",
	"triage": "benchmarks.understand_triage",
	"spam": "benchmarks.understand_spam",
	"learning": "benchmarks.understand_learning",
	"robust": "benchmarks.understand_robust",
}


def measure(data: Path, only: list[str]) -> dict:
	wanted = {name: module for name, module in PARTS.items() if not only or name in only}
	return {name: importlib.import_module(module).measure(data) for name, module in wanted.items()}
