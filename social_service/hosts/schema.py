"""The doctypes' JSON read as a database schema. The JSON is the only place where a column is declared."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DOCTYPES = Path(__file__).parent.parent / "social_service" / "doctype"
NO_COLUMN = frozenset({"Section Break", "Column Break", "Tab Break", "HTML", "Button", "Heading", "Password"})
TEXTS = {"Data": 140, "Link": 140, "Select": 140, "Small Text": 65_535, "Long Text": 4_294_967_295}
NUMBERS = frozenset({"Check", "Int", "Long Int"})


@dataclass(frozen=True)
class Column:
	name: str
	fieldtype: str
	max_bytes: int | None  # of the UTF-8 text; for Data, Link and Select: characters
	not_null: bool
	unique: bool
	default: str | None

	@property
	def is_text(self) -> bool:
		return self.fieldtype in TEXTS


@cache
def columns_of(doctype: str) -> dict[str, Column]:
	folder = doctype.lower().replace(" ", "_")
	declared = json.loads((DOCTYPES / folder / f"{folder}.json").read_text(encoding="utf-8"))
	return {
		field["fieldname"]: _column(field)
		for field in declared["fields"]
		if field["fieldtype"] not in NO_COLUMN
	}


def _column(field: dict) -> Column:
	fieldtype = field["fieldtype"]
	limit = TEXTS.get(fieldtype)
	if fieldtype == "Data" and field.get("length"):
		limit = int(field["length"])
	not_null = fieldtype in ("Check", "Int") or bool(field.get("not_nullable"))
	default = field.get("default") or ("0" if fieldtype in ("Check", "Int") else None)
	return Column(field["fieldname"], fieldtype, limit, not_null, bool(field.get("unique")), default)


def too_long(column: Column, value: str) -> bool:
	if column.max_bytes is None:
		return False
	size = (
		len(value)
		if column.fieldtype in ("Data", "Link", "Select")
		else len(value.encode("utf-8", "replace"))
	)
	return size > column.max_bytes


def sqlite_tables(kinds: tuple[type, ...]) -> str:
	"""CREATE statements for the embedded database."""
	return "\n".join(_sqlite_table(kind) for kind in kinds)


def _sqlite_table(kind: type) -> str:
	table = f"tab{kind.doctype}"
	lines = ["`name` TEXT PRIMARY KEY", "`creation` TEXT", "`modified` TEXT"]
	for column in columns_of(kind.doctype).values():
		word = "INTEGER" if column.fieldtype in NUMBERS else "TEXT"
		line = f"`{column.name}` {word}"
		line += " NOT NULL" if column.not_null else ""
		line += f" DEFAULT '{column.default}'" if column.default is not None else ""
		lines.append(line + (" UNIQUE" if column.unique else ""))
	statements = [f"CREATE TABLE `{table}` ({', '.join(lines)});"]
	for fields in kind.indexes:
		name = "_".join((kind.doctype.replace(" ", "_"), *fields)).lower()
		statements.append(f"CREATE INDEX `{name}` ON `{table}` ({', '.join(f'`{f}`' for f in fields)});")
	return "\n".join(statements)
