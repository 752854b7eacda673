"""On Bluesky a link and a name are spans of bytes: whatever stands before them, they must not shift."""

from __future__ import annotations

import pytest

from social_service.channels.bluesky.text import facets
from tests.lengths.tables import Row, rows

LINK, NAME, TAG = "https://heimwerk.de/grüße?a=1", "@erika.bsky.social", "#bohrwerk"


@pytest.mark.parametrize("row", rows("bluesky"), ids=lambda row: row.line()[:40])
def test_links_names_and_tags_are_marked_where_they_stand(row: Row):
	text, expected, at = "", [], 0
	for kind, marked in (("link", LINK), ("mention", NAME), ("tag", TAG)):
		text += f"{row.text} {marked} "
		begin = at + len(f"{row.text} ".encode())
		at = len(text.encode())
		expected.append((kind, begin, at - 1))
	found = {span(facet) for facet in facets(text, lambda handle: f"did:plc:{handle}")}
	assert found >= set(expected)
	for _kind, begin, end in found - set(expected):  # what the text itself has: whole signs of it
		assert text.encode()[begin:end].decode() in row.text


def span(facet: dict) -> tuple[str, int, int]:
	(feature,) = facet["features"]
	return feature["$type"].partition("#")[2], facet["index"]["byteStart"], facet["index"]["byteEnd"]
