"""Reading single things again by their ids: many in one call, one by one where one of them is gone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from urllib.parse import quote

from social_service.channels.errors import Rejected
from social_service.channels.meta.api import Graph
from social_service.channels.reading import Broken
from social_service.records import Message

BATCH = 50  # ids in one call; Meta refuses more

Parse = Callable[[Mapping], Message]


def read_again(
	graph: Graph, ids: Sequence[str], fields: str, needs: str, parse: Parse
) -> dict[str, Message | None]:
	"""What can't be read is left out; None is what Meta says is gone."""
	found: dict[str, Message | None] = {}
	for start in range(0, len(ids), BATCH):
		for external_id, item in _batch(graph, ids[start : start + BATCH], fields, needs).items():
			try:
				found[external_id] = parse(item) if item else None
			except (Broken, TypeError, KeyError, AttributeError, ValueError, IndexError):
				continue
	return found


def _batch(graph: Graph, ids: Sequence[str], fields: str, needs: str) -> Mapping[str, Mapping | None]:
	"""One that is gone makes Meta refuse all of them."""
	if len(ids) > 1:
		try:
			told = graph.record("", needs, ids=",".join(ids), fields=fields)
			return {one: told.get(one) for one in ids}
		except Rejected:
			pass
	return {one: _single(graph, one, fields, needs) for one in ids}


def _single(graph: Graph, external_id: str, fields: str, needs: str) -> Mapping | None:
	try:
		return graph.record(quote(external_id, safe=""), needs, fields=fields)
	except Rejected as refusal:
		if refusal.reason == "gone":
			return None
		raise
