"""The tables of lengths: a row is a text, where it is written, and how long the network's authority finds it.

Columns, by tabs: place, length, of how many, the text as Python writes it (strings, + and *), and what we do otherwise.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

FOLDER = Path(__file__).parent
OTHERWISE = "ours "


@dataclass(frozen=True)
class Row:
	place: str
	length: int
	limit: int
	written: str
	otherwise: str = ""  # "ours 2: why"

	@property
	def text(self) -> str:
		return _text(ast.parse(self.written, mode="eval").body)

	@property
	def ours(self) -> int:
		return int(self.otherwise.removeprefix(OTHERWISE).split(":")[0]) if self.otherwise else self.length

	@property
	def reason(self) -> str:
		return self.otherwise.partition(":")[2].strip()

	def line(self) -> str:
		cells = (self.place, str(self.length), str(self.limit), self.written, self.otherwise)
		return "\t".join(cells).rstrip("\t")


def _text(node: ast.expr) -> str:
	if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
		return _text(node.left) * ast.literal_eval(node.right)
	if isinstance(node, ast.BinOp):
		return _text(node.left) + _text(node.right)
	return ast.literal_eval(node)


def networks() -> list[str]:
	return sorted(path.stem for path in FOLDER.glob("*.tsv"))


def rows(table: str) -> list[Row]:
	"""``table``: a network's code, or least/ and the code."""
	lines = (FOLDER / f"{table}.tsv").read_text(encoding="utf-8").splitlines()
	return [_row(line) for line in lines if line and not line.startswith("#")]


def _row(line: str) -> Row:
	place, length, limit, written, *otherwise = line.split("\t")
	return Row(place, int(length), int(limit), written, *otherwise)


def renew(table: str, told: Mapping[Row, int]) -> None:
	"""Write an authority's answers of today; what people wrote beside them stays."""
	path = FOLDER / f"{table}.tsv"
	kept = path.read_text(encoding="utf-8").splitlines()
	path.write_text("".join(f"{_renewed(line, told)}\n" for line in kept), encoding="utf-8")


def _renewed(line: str, told: Mapping[Row, int]) -> str:
	if not line or line.startswith("#"):
		return line
	row = _row(line)
	return replace(row, length=told.get(row, row.length)).line()
