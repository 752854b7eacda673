"""``python -m benchmarks NAME [--json] [--bench PATH]``: the last line of stdout is one JSON object with --json."""

from __future__ import annotations

import argparse
import json
from importlib import import_module
from pathlib import Path

NAMES = sorted(path.stem for path in Path(__file__).parent.glob("[a-z]*.py") if path.stem != "on_site")


def main() -> None:
	parser = argparse.ArgumentParser(prog="python -m benchmarks")
	parser.add_argument("name", choices=NAMES)
	parser.add_argument("--json", action="store_true", help="one JSON object as the last line")
	parser.add_argument("--bench", type=Path, help="a Frappe bench to measure on as well")
	asked = parser.parse_args()
	figures = import_module(f"benchmarks.{asked.name}").measure(asked.bench)
	if asked.json:
		print(json.dumps(figures))
		return
	for name, value in figures.items():
		print(f"{name:28} {value}")


if __name__ == "__main__":
	main()
