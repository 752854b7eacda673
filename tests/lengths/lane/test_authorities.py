"""The authorities themselves: do the tables still say what they say, and do we count thousands of other texts as they do?"""

from __future__ import annotations

import os
from collections.abc import Sequence

import regex

from social_service.channels.addresses import ENDINGS
from social_service.channels.mastodon.text import counted
from social_service.channels.x.text import NEVER_TAKEN, weighted_length
from tests.lengths.lane.authorities import Authority
from tests.lengths.lane.generated import emoji, texts
from tests.lengths.tables import Row, renew, rows

FEWEST_GENERATED = 15_000


def say_the_same(authority: Authority, told: dict[Row, int]) -> None:
	if os.environ.get("RENEW"):
		renew(authority.table, told)
	otherwise = {row.line(): length for row, length in told.items() if row.length != length}
	assert not otherwise, f"{len(otherwise)} lengths of {authority.table} are not what they were"


def test_the_table_of_x_says_what_x_counts(x):
	asked = [row for row in rows("x") if row.place == "post"]
	told = x.asked([row.text for row in asked])
	say_the_same(x, {row: length for row, (length, _valid) in zip(asked, told, strict=True)})
	for row, (length, valid) in zip(asked, told, strict=True):
		refused = any(ord(sign) in NEVER_TAKEN for sign in row.text)
		assert valid is (0 < length <= row.limit and not refused), row


def test_the_table_of_mastodon_says_what_mastodon_counts(mastodon):
	asked = rows("mastodon")
	told = mastodon.asked([_as_sent(row) for row in asked])
	say_the_same(mastodon, dict(zip(asked, told, strict=True)))


def _as_sent(row: Row) -> str:
	"""An answer names the person in front, unless it names them already."""
	handle = row.place.removeprefix("to ")
	if handle == row.place or regex.search(rf"{handle}(?![@\w])", row.text, regex.IGNORECASE):
		return row.text
	return f"{handle} {row.text}"


def test_the_table_of_discourse_says_what_discourse_counts(discourse):
	asked = rows("least/discourse")
	say_the_same(discourse, dict(zip(asked, discourse.asked([row.text for row in asked]), strict=True)))


def test_thousands_of_addresses_and_emoji_are_as_long_as_x_counts(x):
	made = [*texts(), *emoji()]
	assert len(made) > FEWEST_GENERATED
	told = [length for length, _valid in x.asked(made)]
	assert _differences(made, told, [weighted_length(text) for text in made]) == []


def test_thousands_of_addresses_and_emoji_are_as_long_as_mastodon_counts(mastodon):
	made = [*texts(), *emoji()]
	assert _differences(made, mastodon.asked(made), [counted(text, 23) for text in made]) == []


def _differences(made: Sequence[str], told: Sequence[int], ours: Sequence[int]) -> list[tuple]:
	return [row for row in zip(made, told, ours, strict=True) if row[1] != row[2]]


def test_the_top_level_domains_are_those_of_x(x):
	"""With a scheme, so that those in other letters count as well."""
	names = sorted(ENDINGS)
	told = x.asked([f"https://example.{name}/{'a' * 40}" for name in names])
	assert [name for name, (length, _valid) in zip(names, told, strict=True) if length != 23] == []
