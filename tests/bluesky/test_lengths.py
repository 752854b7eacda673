"""Every text of `tests/lengths/bluesky.tsv` on the genuine network: is it taken or refused, and is it marked, as we think?"""

from __future__ import annotations

import json
import subprocess

import pytest
import regex

from social_service.channels.bluesky.text import facets
from tests.bluesky.people import POST, Person, the_post
from tests.bluesky.servers import FOLDER
from tests.lengths.places import driver_of
from tests.lengths.tables import Row, rows
from tests.lengths.test_facets import LINK, NAME, TAG, span

ROWS = rows("bluesky")
OF_THE_APP_ALONE = regex.compile(r"(?:www\.)?heimwerk\.de|\$AAPL")  # we mark no bare name and no cashtag


@pytest.fixture(scope="module")
def writer(network) -> Person:
	return Person(network, "writer")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.line()[:40])
def test_the_network_takes_what_we_find_short_enough_and_nothing_else(writer, row: Row):
	"""Written past our driver, which would refuse by itself."""
	record = the_post(row.text.strip())
	answer = writer.web.post(
		f"{writer.url}/xrpc/com.atproto.repo.createRecord",
		json={"repo": writer.did, "collection": POST, "record": record},
	)
	assert driver_of("bluesky", row.limit).measure(row.text).fits is answer.ok, answer.text
	assert answer.ok or f"(maximum {row.limit}, got {row.length})" in answer.text


def test_what_we_mark_is_what_the_apps_mark(network):
	texts = [f"{row.text} {LINK} {row.text} {NAME} {row.text} {TAG}" for row in ROWS]
	told = subprocess.run(
		["node", "facets.mjs"],
		cwd=FOLDER,
		input=json.dumps(texts),
		capture_output=True,
		text=True,
		check=True,
	)
	for text, marked in zip(texts, json.loads(told.stdout), strict=True):
		theirs = {tuple(one) for one in marked if not OF_THE_APP_ALONE.match(_part(text, one))}
		assert {span(facet) for facet in facets(text, lambda handle: f"did:plc:{handle}")} == theirs, text


def _part(text: str, marked: list) -> str:
	return text.encode()[marked[1] : marked[2]].decode()
