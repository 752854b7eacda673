"""The Graph API as `facebook-business` describes it: fields, their types, edges and their parameters, read from its classes."""

from __future__ import annotations

import importlib
import inspect
import re
from itertools import pairwise

from social_service.rehearsal.meta_fields import Fields

EVERYWHERE = {
	"fields",
	"limit",
	"after",
	"since",
	"appsecret_proof",
}  # how lists are paged; no edge names them
METHOD = re.compile(
	r"param_types = \{(?P<params>.*?)\}.*?method='(?P<method>\w+)',\s*endpoint='(?P<edge>/\w*)',"
	r".*?target_class=(?P<target>\w+)",
	re.S,
)
UNDESCRIBED = {"AbstractCrudObject", "AbstractObject"}  # where the package only says "something"


class Node:
	"""One kind of thing."""

	def __init__(self, name: str) -> None:
		module = importlib.import_module(f"facebook_business.adobjects.{name.lower()}")
		self.name, self.kind = name, getattr(module, name)
		self.fields: dict[str, str] = dict(self.kind._field_types)
		source = inspect.getsource(self.kind)
		starts = [
			found.start() for found in re.finditer(r"\n    def (?:get|create|delete|api)_\w+\(", source)
		]
		self.edges: dict[tuple[str, str], tuple[set[str], str]] = {}
		for start, end in pairwise([*starts, len(source)]):
			found = METHOD.search(source, start, end)
			if found:
				params = set(re.findall(r"'(\w+)':", found["params"]))
				self.edges[found["method"], found["edge"].strip("/")] = params, found["target"]

	def require_edge(self, method: str, edge: str) -> Node | None:
		"""What stands there; None where the package does not say."""
		assert (method, edge) in self.edges, f"{self.name} has no {method} /{edge}"
		target = self.edges[method, edge][1]
		return None if target in UNDESCRIBED else Node(target)

	def require_params(self, method: str, edge: str, asked: set[str]) -> None:
		strange = asked - EVERYWHERE - self.edges[method, edge][0]
		assert not strange, f"{self.name} {method} /{edge} takes no {strange}"

	def require_fields(self, fields: Fields) -> None:
		for name, (modifiers, inner) in fields.items():
			if ("GET", name) in self.edges:
				node = self.require_edge("GET", name)
				self.require_params("GET", name, set(modifiers) - {"summary"})
			else:
				assert name in self.fields, f"{self.name} has no field {name}"
				node = described(self.fields[name])
			if node and inner:
				node.require_fields(inner)


def described(type_name: str) -> Node | None:
	name = type_name.removeprefix("list<").removesuffix(">")
	try:
		return Node(name)
	except (ImportError, AttributeError):
		return None
