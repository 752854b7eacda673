"""A published OpenAPI document, and where a body differs from it. What a document leaves out of its own lists is not our fault:
only names and types of what is there are held against it, and what is missing is told apart."""

from __future__ import annotations

import copy
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import jsonschema
import pytest

ANY = re.compile(r"\\?\{[^}]*\\?\}")


@dataclass(frozen=True)
class Difference:
	"""``rule``: of JSON schema, "type", "required", "additionalProperties" …"""

	place: str
	rule: str
	words: str

	def __str__(self) -> str:
		return f"{self.place or '.'}: {self.rule}: {self.words}"


class Document:
	def __init__(self, told: Mapping) -> None:
		self.told = _closed(told)

	@classmethod
	def named_by(cls, variable: str) -> Document:
		"""Skips, and says so, where nobody gave the document."""
		path = os.environ.get(variable, "")
		if not path:
			pytest.skip(f"NOT CHECKED against the network's own OpenAPI document: set {variable} to its path")
		return cls(json.loads(Path(path).read_text(encoding="utf-8")))

	def schema(self, name: str) -> Mapping:
		return {"$ref": f"#/components/schemas/{name}"}

	def operation(self, method: str, path: str) -> Mapping | None:
		"""``path`` as it is called; None: it is not documented."""
		for pattern, operations in self.told["paths"].items():
			expression = ANY.sub("[^/]+", re.escape(pattern))
			if method.lower() in operations and re.fullmatch(expression, path):
				return operations[method.lower()]
		return None

	def answer(self, method: str, path: str) -> Mapping:
		operation = self.operation(method, path)
		assert operation, f"{method} {path} is not documented"
		return operation["responses"]["200"]["content"]["application/json"]["schema"]

	def differences(self, schema: Mapping, body: object) -> list[Difference]:
		whole = {**schema, "components": self.told.get("components", {})}
		validator = jsonschema.Draft202012Validator(whole)
		return [_read(one) for error in validator.iter_errors(body) for one in _leaves(error)]


def _closed(told: object) -> object:
	"""The same document, in which an object has no other properties than those that it names."""
	if isinstance(told, list):
		return [_closed(one) for one in told]
	if not isinstance(told, Mapping):
		return copy.copy(told)
	closed = {key: _closed(value) for key, value in told.items()}
	if isinstance(told.get("properties"), Mapping) and "additionalProperties" not in told:
		closed["additionalProperties"] = False
	return closed


def _leaves(error: jsonschema.ValidationError) -> Iterator[jsonschema.ValidationError]:
	"""Of "this, or null" only what is wrong with this."""
	if not error.context:
		yield error
		return
	branches: dict[object, list[jsonschema.ValidationError]] = {}
	for one in error.context:
		branches.setdefault(one.schema_path[0], []).append(one)
	for one in max(branches.values(), key=lambda errors: max(len(each.absolute_path) for each in errors)):
		yield from _leaves(one)


def _read(error: jsonschema.ValidationError) -> Difference:
	place = "/".join("*" if isinstance(one, int) else str(one) for one in error.absolute_path)
	return Difference(place, str(error.validator), error.message[:200])
