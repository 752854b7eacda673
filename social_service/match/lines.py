"""Lines: a post, and what an article may be like it for (its title, confirmed posts), come in; how alike they are goes out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rapidfuzz import fuzz

UNLIKE = 50.0  # of 100: shape and order of two posts that have nothing to do with each other
BEST = 2  # lines that count: a single one may be alike by chance


class Line(NamedTuple):
	"""Each word once. ``written`` is '' for a title: no post is as short, so only words in common tell something."""

	sorted: str
	written: str = ""
	worth: float = 1.0


def likeness(asked: Line, lines: Sequence[Line]) -> float:
	"""Of the best lines: words in common, 0 to 1, and shape and order, -0.5 to 0.5 each."""
	best = sorted(_alike(asked, line) for line in lines)[-BEST:]
	return sum(best) / len(best) / 100


def _alike(asked: Line, line: Line) -> float:
	shared = fuzz.token_set_ratio(asked.sorted, line.sorted)
	if not line.written:
		return line.worth * shared
	shape, order = fuzz.ratio(asked.sorted, line.sorted), fuzz.ratio(asked.written, line.written)
	return shared + shape + order - 2 * UNLIKE
