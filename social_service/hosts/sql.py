"""The Store over any SQL database that reads backticks: how records become rows, and Where becomes WHERE.

The two hosts differ in how a statement is run, how a text is compared exactly and what a duplicate looks like.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from enum import Enum

from social_service.hosts.base import PART, Before, From, In, R, TooLong, Where, in_parts
from social_service.hosts.schema import columns_of, too_long
from social_service.hosts.values import from_column, from_ms, shape, stored_name, to_ms
from social_service.sentence import Sentence

JSONS = (Mapping, tuple)


class Duplicate(Exception):
	"""A unique column has this value already."""


def new_name() -> str:
	"""Ordered by time, so that an index grows at its end."""
	return f"{int(time.time() * 1000):011x}{secrets.token_hex(4)}"


class SqlStore:
	"""Subclasses give ``_run``, ``_as_bytes``, ``_site_time`` and the lease's durability."""

	for_update = " FOR UPDATE"

	def _run(self, statement: str, values: Sequence[object]) -> tuple[list[tuple], int]:
		"""(rows, how many rows were changed). ``%s`` marks a value. Raises Duplicate."""
		raise NotImplementedError

	def _as_bytes(self, column: str) -> str:
		"""The column as an expression that is equal for the same bytes only."""
		raise NotImplementedError

	def _site_time(self, moment: datetime) -> object:
		"""What people read in the Datetime beside the milliseconds."""
		raise NotImplementedError

	def say(self, sentence: Sentence) -> str:
		"""The sentence in the language of the site."""
		return str(sentence)

	def _one_statement(self):
		"""Context for a claim: durable when it ends, refused where it could not be."""
		raise NotImplementedError

	# --- the seven ------------------------------------------------------------------------------------------

	def add(self, record: R) -> tuple[R, bool]:
		record = replace(record, name=record.name or new_name())
		row = self._row(type(record), {field: getattr(record, field) for field in shape(type(record))})
		now = self._site_time(datetime.now(timezone.utc))
		row |= {"creation": now, "modified": now} | self._constant_columns()
		names, marks = ", ".join(f"`{name}`" for name in row), ", ".join(["%s"] * len(row))
		try:
			self._run(f"INSERT INTO `tab{record.doctype}` ({names}) VALUES ({marks})", list(row.values()))
		except Duplicate:
			return self._first(record), False
		return self._normal(record), True

	def get(self, kind: type[R], names: Sequence[str]) -> dict[str, R]:
		found: dict[str, R] = {}
		for part in in_parts(names):
			found |= {one.name: one for one in self.find(kind, {"name": part}, order="name", limit=PART)}
		return found

	def find(self, kind: type[R], where: Where, *, order: str, limit: int) -> list[R]:
		return self._select(kind, where, order=order, limit=limit)

	def change(self, record: R, *, only_if: Where | None = None, **values: object) -> R | None:
		kind = type(record)
		condition, wanted = self._where(kind, {"name": record.name, **(only_if or {})})
		row = self._row(kind, values) | {"modified": self._site_time(datetime.now(timezone.utc))}
		sets = ", ".join(f"`{name}` = %s" for name in row)
		_, changed = self._run(
			f"UPDATE `tab{kind.doctype}` SET {sets} WHERE {condition}", [*row.values(), *wanted]
		)
		if not changed:
			return None
		return replace(
			record, **{field: self._normal_value(kind, field, value) for field, value in values.items()}
		)

	def claim(self, record: R, *, seconds: int, now: datetime) -> R | None:
		until, table = now + timedelta(seconds=seconds), f"tab{record.doctype}"
		with self._one_statement():
			_, taken = self._run(
				f"UPDATE `{table}` SET `lease_until_ms` = %s, `lease_until` = %s "
				"WHERE `name` = %s AND (`lease_until_ms` IS NULL OR `lease_until_ms` <= %s)",
				[to_ms(until), self._site_time(until), record.name, to_ms(now)],
			)
			return self.get(type(record), [record.name]).get(record.name) if taken else None

	def tally(self, kind: type, by: Sequence[str], where: Where) -> dict[tuple, int]:
		names = {field: f"`{stored_name(kind, field)}`" for field in by}
		condition, values = self._where(kind, where)
		exact = (
			self._as_bytes(name) if _is_free_text(kind, field) else name for field, name in names.items()
		)
		ending = f" GROUP BY {', '.join(exact)}" if by else ""
		start = "".join(f"{name}, " for name in names.values())
		rows, _ = self._run(
			f"SELECT {start}COUNT(*) FROM `tab{kind.doctype}` WHERE {condition}{ending}", values
		)
		return {self._read(kind, by, row): row[-1] for row in rows}

	def columns(self, kind: type, fields: Sequence[str], where: Where) -> Iterator[tuple]:
		names = ", ".join(f"`{stored_name(kind, field)}`" for field in fields)
		condition, values = self._where(kind, where)
		rows, _ = self._run(f"SELECT {names} FROM `tab{kind.doctype}` WHERE {condition}", values)
		return (self._read(kind, fields, row) for row in rows)

	# --- records and rows -----------------------------------------------------------------------------------

	def _select(self, kind: type[R], where: Where, *, order: str, limit: int, lock: str = "") -> list[R]:
		if not 0 < limit <= PART:
			raise ValueError(f"limit is 1 to {PART}")
		names = list(shape(kind))
		chosen = ", ".join(f"`{stored_name(kind, name)}`" for name in names)
		condition, values = self._where(kind, where)
		sorting = ", ".join(_order(kind, part.strip()) for part in order.split(","))
		statement = f"SELECT {chosen} FROM `tab{kind.doctype}` WHERE {condition} ORDER BY {sorting} LIMIT {limit}{lock}"
		rows, _ = self._run(statement, values)
		return [kind(**dict(zip(names, self._read(kind, names, row), strict=True))) for row in rows]

	def _first(self, record: R) -> R:
		found = self._select(
			type(record), {"digest": record.digest}, order="name", limit=1, lock=self.for_update
		)
		if not found:
			raise Duplicate(f"{record.doctype}: a unique value other than the digest is taken")
		return found[0]

	def _constant_columns(self) -> dict[str, object]:
		return {}

	def _row(self, kind: type, values: Mapping[str, object]) -> dict[str, object]:
		row: dict[str, object] = {}
		for field, value in values.items():
			self._put(row, kind, field, value)
		return row

	def _put(self, row: dict, kind: type, field: str, value: object) -> None:
		if shape(kind)[field][0] is datetime:
			row[f"{field}_ms"] = None if value is None else to_ms(value)
			row[field] = None if value is None else self._site_time(value)
			return
		value = self._plain(value)
		column = columns_of(kind.doctype).get(field)
		if column and isinstance(value, str) and too_long(column, value):
			raise TooLong(f"{kind.doctype}: {field} takes {column.max_bytes}, not {len(value)}")
		row[field] = value

	def _plain(self, value: object) -> object:
		if isinstance(value, Enum):
			return value.value
		if isinstance(value, bool):
			return int(value)
		if isinstance(value, Sentence):
			return self.say(value)
		if isinstance(value, JSONS):
			return json.dumps(value, ensure_ascii=False)
		return value

	def _normal(self, record: R) -> R:
		"""The record as reading it back would give it, without reading."""
		kind = type(record)
		return replace(record, **{f: self._normal_value(kind, f, getattr(record, f)) for f in shape(kind)})

	def _normal_value(self, kind: type, field: str, value: object) -> object:
		wanted, _ = shape(kind)[field]
		if value is None:
			return None
		if wanted is datetime:
			return from_ms(to_ms(value))
		if isinstance(value, Sentence):
			return self.say(value)
		return value

	def _read(self, kind: type, fields: Sequence[str], row: Sequence[object]) -> tuple:
		return tuple(
			from_column(*shape(kind)[field], value) for field, value in zip(fields, row, strict=False)
		)  # a tally's row ends with its count

	# --- WHERE ----------------------------------------------------------------------------------------------

	def _where(self, kind: type, where: Where) -> tuple[str, list[object]]:
		parts, values = [], []
		for field, wanted in where.items():
			condition, more = self._condition(kind, field, wanted)
			parts.append(condition)
			values += more
		return " AND ".join(parts) or "1 = 1", values

	def _condition(self, kind: type, field: str, wanted: object) -> tuple[str, list[object]]:
		column = f"`{stored_name(kind, field)}`"
		if wanted is None:
			return f"{column} IS NULL", []
		if isinstance(wanted, In):
			return self._any_of(kind, field, column, [self._asked(one) for one in wanted.values])
		if isinstance(wanted, Before):
			return f"{column} < %s", [self._asked(wanted.value)]
		if isinstance(wanted, From):
			return f"{column} >= %s", [self._asked(wanted.value)]
		return self._any_of(kind, field, column, [self._asked(wanted)])

	def _any_of(self, kind: type, field: str, column: str, values: list[object]) -> tuple[str, list[object]]:
		"""The first comparison finds by index, the second keeps texts apart that the collation holds to be the same."""
		if not values:
			return "1 = 0", []
		marks = ", ".join(["%s"] * len(values))
		if not _is_free_text(kind, field):
			return f"{column} IN ({marks})", values
		return f"({column} IN ({marks}) AND {self._as_bytes(column)} IN ({marks}))", values * 2

	def _asked(self, value: object) -> object:
		return to_ms(value) if isinstance(value, datetime) else self._plain(value)


def _is_free_text(kind: type, field: str) -> bool:
	"""A text of somebody else's making. Digests, names, links and fixed words are plain ASCII of one spelling."""
	declared = columns_of(kind.doctype).get(field)
	return bool(
		declared and declared.is_text and not declared.unique and declared.fieldtype not in ("Link", "Select")
	)


def _order(kind: type, part: str) -> str:
	name = part.lstrip("-")
	return f"`{stored_name(kind, name)}`{' DESC' if part.startswith('-') else ''}"
