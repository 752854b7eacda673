"""Charts as inline SVG: no script, no request. Widths are percentages, so the letters keep their size on a phone."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

ROW = 30
PLOT, LABELS, TOP = 180, 22, 14
LEFT = 5.0  # percent, for the scale
NARROW = 9.0  # percent; a narrower piece has no number in it


def stacked_bar(parts: Sequence[tuple[str, int, str]], label: str) -> str:
	"""One bar of pieces (class, number, what it is) that together are the whole width."""
	whole, at, pieces = sum(number for _kind, number, _title in parts) or 1, 0.0, []
	for kind, number, title in parts:
		width = 100 * number / whole
		if number:
			pieces.append(_piece(kind, number, title, at, width))
		at += width
	return _svg("".join(pieces), ROW, label)


def _piece(kind: str, number: int, title: str, at: float, width: float) -> str:
	shown = (
		f'<text class="in {kind}" x="{at + width / 2:.2f}%" y="{ROW / 2 + 4.5}">{number}</text>'
		if width >= NARROW
		else ""
	)
	rect = f'<rect class="{kind} cut" x="{at:.3f}%" y="0" width="{width:.3f}%" height="{ROW}"/>'
	return f"<g><title>{escape(title)}: {number}</title>{rect}{shown}</g>"


def bar(kind: str, share: float, label: str) -> str:
	"""One line of a list, as long as its share of the longest."""
	width = max(0.6, 100 * share) if share else 0
	drawn = f'<rect class="{kind}" x="0" y="0" rx="3" width="{width:.2f}%" height="10"/>'
	return _svg(f'<rect class="empty" x="0" y="0" rx="3" width="100%" height="10"/>{drawn}', 10, label)


def columns(
	chosen: Sequence[int], others: Sequence[int], ticks: Sequence[str], titles: tuple[str, str], label: str
) -> str:
	"""Columns of two stacked values; ``ticks`` below, empty ones left out."""
	top = _round_up(max(map(sum, zip(chosen, others, strict=True)), default=0))
	step = (100 - LEFT) / max(1, len(chosen))
	parts = [_grid(top)]
	for number, (first, second, tick) in enumerate(zip(chosen, others, ticks, strict=True)):
		x, heights = LEFT + number * step + step * 0.14, (PLOT * first / top, PLOT * second / top)
		title = f"{tick or number}: {titles[0]} {first}, {titles[1]} {second}"
		place = f'x="{x:.3f}%" width="{step * 0.72:.3f}%"'
		base = TOP + PLOT
		lower = f'<rect class="chosen" {place} y="{base - heights[0]:.1f}" height="{heights[0]:.1f}"/>'
		upper = f'<rect class="others" {place} y="{base - sum(heights):.1f}" height="{heights[1]:.1f}"/>'
		parts.append(f"<g><title>{escape(title)}</title>{lower}{upper}</g>")
		if tick:
			parts.append(
				f'<text class="tick" x="{LEFT + number * step + step / 2:.2f}%" y="{base + 16}">{escape(tick)}</text>'
			)
	return _svg("".join(parts), TOP + PLOT + LABELS, label)


def _grid(top: int) -> str:
	lines = []
	for part in (0, 0.5, 1):
		y = TOP + PLOT * (1 - part)
		lines.append(f'<line class="grid" x1="0" x2="100%" y1="{y:.1f}" y2="{y:.1f}"/>')
		if part:
			lines.append(f'<text class="scale" x="0" y="{y - 3:.1f}">{top * part:g}</text>')
	return "".join(lines)


def _round_up(value: int) -> int:
	"""To an even number that is easy to halve: 2, 4, 6, 8, 10, 12, 16, 20, 30 …"""
	size = 1
	while value > 10 * size:
		size *= 10
	tops = (step * size // 10 for step in (12, 16, 20, 30, 40, 60, 80, 100))
	return next(top for top in tops if value <= top and not top % 2)


def _svg(inside: str, height: int, label: str) -> str:
	return f'<svg role="img" aria-label="{escape(label)}" width="100%" height="{height}">{inside}</svg>'
