"""How well is the language of posts told? Rows with their true language come in; the figures of data and machine go out."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import perf_counter

from social_service.triage.language import Heard, Hints, language_of

LENGTHS = (("<20", 20), ("<40", 40), ("<80", 80))  # characters; each without those of the one before
MEGABYTE = 2**20 if sys.platform == "darwin" else 2**10  # what ru_maxrss counts
WARM_UP = ("Guten Morgen, wann fährt der nächste Zug?", "hi")


def measure(rows: Sequence[Mapping[str, str]], languages: Sequence[str]) -> dict:
	"""``rows``: ``{"text", "lang"}``. No answer counts as a wrong one for accuracy; sure is ``Heard.is_sure``."""
	load_seconds, peak_mb = _fresh_process(languages)
	_warm_up(languages)
	start = perf_counter()
	heard = [language_of(row["text"], Hints(), languages) for row in rows]
	seconds = perf_counter() - start
	right = [one.language == row["lang"] for one, row in zip(heard, rows, strict=True)]
	return {
		"rows": len(rows),
		"accuracy": _share(right),
		"by_length": _by_length(rows, right),
		"und": _share([not one.language for one in heard]),
		"wrong_and_sure": _share([one.is_sure and not good for one, good in zip(heard, right, strict=True)]),
		"outside": _share([_is_outside(one, languages) for one in heard]),
		"posts_per_s": round(len(rows) / seconds) if rows else 0,
		"load_seconds": round(load_seconds, 3),
		"peak_mb": round(peak_mb, 1),
	}


def _by_length(rows: Sequence[Mapping[str, str]], right: Sequence[bool]) -> dict[str, float]:
	found: dict[str, list[bool]] = {name: [] for name, _limit in LENGTHS} | {"more": []}
	for row, good in zip(rows, right, strict=True):
		found[next((name for name, limit in LENGTHS if len(row["text"]) < limit), "more")].append(good)
	return {name: _share(values) for name, values in found.items()}


def _share(values: Sequence[bool]) -> float:
	return round(sum(values) / len(values), 4) if values else 0.0


def _is_outside(heard: Heard, languages: Sequence[str]) -> bool:
	return bool(heard.language and languages) and heard.language not in languages


def _warm_up(languages: Sequence[str]) -> None:
	for text in WARM_UP:
		language_of(text, Hints(), languages)


# --- cold: in a process of its own, in which nothing is loaded yet --------------------------------------------


def _fresh_process(languages: Sequence[str]) -> tuple[float, float]:
	command = f"from social_service.evaluate.language import cold; print(cold({[*languages]!r}))"
	done = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=True)
	seconds, megabytes = json.loads(done.stdout)
	return seconds, megabytes


def cold(languages: Sequence[str]) -> list[float]:
	"""[seconds until two posts have their languages, MB at most]"""
	start = perf_counter()
	_warm_up(languages)
	return [perf_counter() - start, _peak()]


def _peak() -> float:
	status = Path("/proc/self/status")  # elsewhere the parent's memory counts too
	if status.exists():
		(line,) = [line for line in status.read_text().splitlines() if line.startswith("VmHWM")]
		return int(line.split()[1]) / 2**10
	return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE
