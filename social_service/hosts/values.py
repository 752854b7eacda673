"""A record's fields as values of columns: types, milliseconds, and back. No statement is made here."""

from __future__ import annotations

import json
import typing
from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime, timedelta, timezone
from functools import cache

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def to_ms(moment: datetime) -> int:
	return (moment - EPOCH) // timedelta(milliseconds=1)


def from_ms(value: int) -> datetime:
	return EPOCH + timedelta(milliseconds=int(value))


@cache
def shape(kind: type) -> dict[str, tuple[type, bool]]:
	"""Field → (its type without None, may be None)."""
	hints = typing.get_type_hints(kind)
	return {field.name: _without_none(hints[field.name]) for field in fields(kind)}


def _without_none(hint: object) -> tuple[type, bool]:
	options = typing.get_args(hint)
	if type(None) in options:
		return next(one for one in options if one is not type(None)), True
	return typing.get_origin(hint) or hint, False


def stored_name(kind: type, field: str) -> str:
	return f"{field}_ms" if shape(kind)[field][0] is datetime else field


def from_column(wanted: type, optional: bool, value: object) -> object:
	if wanted is str:
		return value if optional and value is None else str(value or "")
	if value is None or (value == "" and wanted is not str):
		return None if optional or wanted is datetime else _empty(wanted)
	if wanted is datetime:
		return from_ms(value)
	if wanted is tuple:
		return tuple(json.loads(value))
	if wanted is Mapping:
		return json.loads(value)
	return wanted(value)


def _empty(wanted: type) -> object:
	return {} if wanted is Mapping else wanted()
