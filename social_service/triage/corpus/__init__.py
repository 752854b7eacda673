"""The invented posts that the model of triage learns from, and those that it is only measured on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

FOLDER = Path(__file__).parent
HELD_OUT = FOLDER / "held_out"


def posts(folder: Path = FOLDER) -> dict[str, list[dict]]:
	"""{industry: rows} of the files of a folder. GUIDELINE.md says what stands in a row."""
	return {
		path.stem: [
			json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()
		]
		for path in sorted(folder.glob("*.jsonl"))
	}


def brands() -> Mapping[str, list[str]]:
	"""{industry: the names of its company}"""
	return json.loads((FOLDER / "brands.json").read_text(encoding="utf-8"))
