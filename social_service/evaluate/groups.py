"""Near-duplicate groups against labelled ones: pairs that were rightly and wrongly put together, and what it costs."""

from __future__ import annotations

import time
import tracemalloc
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from social_service.match.groups import groups_of


def measure(rows: Sequence[Mapping]) -> dict:
	"""``rows``: ``text`` and ``group``, None for a text that is like no other. Precision and recall are of pairs."""
	texts = [str(row["text"]) for row in rows]
	start = time.perf_counter()
	told = groups_of(texts)
	seconds = time.perf_counter() - start
	right = [
		f"alone {number}" if row["group"] is None else str(row["group"]) for number, row in enumerate(rows)
	]
	both = _pairs(zip(told, right, strict=True))
	return {
		"precision": round(both / max(_pairs(told), 1), 4),
		"recall": round(both / max(_pairs(right), 1), 4),
		"seconds_per_10k": round(seconds * 10_000 / max(len(texts), 1), 3),
		"peak_mb": _peak_mb(texts),
		"rows": len(texts),
	}


def _pairs(labels: Iterable) -> int:
	return sum(count * (count - 1) // 2 for count in Counter(labels).values())


def _peak_mb(texts: list[str]) -> float:
	"""In a second run: watching memory takes time."""
	tracemalloc.start()
	groups_of(texts)
	peak = tracemalloc.get_traced_memory()[1]
	tracemalloc.stop()
	return round(peak / 1e6, 1)
