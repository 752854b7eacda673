"""Every table of `tests/lengths` against the driver's own counting, without a network. `lane/` asks the authorities anew."""

from __future__ import annotations

import pytest

from social_service.channels import drivers
from social_service.channels.discourse.text import substance
from social_service.channels.errors import Rejected
from tests.channels.discourse_kit import DiscourseKit
from tests.lengths.places import ERIKA, IN_PRIVATE, PLACES, driver_of
from tests.lengths.tables import Row, networks, rows

FEWEST = 60
ROWS = [(network, row) for network in networks() for row in rows(network)]


def test_every_network_has_a_table_of_at_least_sixty_texts():
	assert set(networks()) == set(drivers())
	for network in networks():
		assert len({row.text for row in rows(network)}) >= FEWEST, network


@pytest.mark.parametrize(
	("network", "row"), ROWS, ids=lambda one: one if isinstance(one, str) else one.line()[:40]
)
def test_a_text_is_as_long_as_the_network_finds_it(network: str, row: Row):
	length = driver_of(network, row.limit).measure(row.text, PLACES[row.place])
	assert (length.used, length.limit) == (row.ours, row.limit)


@pytest.mark.parametrize("row", rows("least/discourse"), ids=Row.line)
def test_a_forum_refuses_what_says_too_little_and_so_do_we(row: Row):
	assert substance(row.text) == row.length
	reply = DiscourseKit().reply(row.text, to=IN_PRIVATE if row.place == "message" else ERIKA)
	try:
		DiscourseKit().offline().refuse_unfit(reply)
		refused = False
	except Rejected as refusal:
		refused = refusal.reason == "too short"
	assert refused is (row.length < row.limit)


def test_what_we_count_otherwise_has_a_reason_and_is_rare():
	for network in networks():
		otherwise = [row for row in rows(network) if row.otherwise]
		assert all(row.ours != row.length and len(row.reason) > 10 for row in otherwise), network
		assert len(otherwise) <= len(rows(network)) / 10, network


def test_no_text_stands_twice_in_a_place():
	for network in networks():
		told = [(row.place, row.limit, row.text) for row in rows(network)]
		assert len(told) == len(set(told)), network
