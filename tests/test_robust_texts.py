"""Any text is read: no room raises, and each says something sane. The benchmark ``understand --only robust`` draws 10,000
and measures them; here it is fewer."""

from __future__ import annotations

import math
from functools import cache

import pytest
from hypothesis import HealthCheck, example, given, settings

from benchmarks.understand import PARTS
from benchmarks.understand_robust import LONGEST, SITE, TEXT, Room, measure, rooms
from social_service.match.index import SUREST
from social_service.records import Need
from social_service.triage.rules import MOST_TEXT

EXAMPLES = 250
HOSTILE = ("", "\0", "\ud800", "ﷺ" * LONGEST, "Z\u0351\u0344" * 30_000, "a.a." * 25_000, "www." * 25_000)


@cache
def the_rooms() -> dict[str, Room]:
	return rooms()


def hostile(test: object) -> object:
	for text in HOSTILE:
		test = example(text)(test)
	return test


any_text = settings(
	max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


@any_text
@given(TEXT)
@hostile
def test_any_text_is_read_by_every_room(text):
	told = {name: room(text) for name, room in the_rooms().items()}
	assert told["language"].language in ("", *SITE)
	assert 0 <= told["language"].confidence <= 1
	for chances in told["model"].chances.values():
		assert math.isclose(sum(chances.values()), 1, abs_tol=1e-3)
	assert told["judge"].reason
	assert told["judge"].need in set(Need)
	assert all(0 < one.score <= SUREST for one in told["suggest"])
	assert all(math.isfinite(score) for score in told["taught"].values())
	assert told["groups"] == the_rooms()["groups"](text), "the same text is in the same group"


@pytest.mark.parametrize("text", ["kein strom", "\ud800 kein strom", "kein strom\0" * 9_000])
def test_what_a_text_is_wrapped_in_hides_no_words(text):
	assert the_rooms()["language"](text).language in ("", "de")
	assert the_rooms()["suggest"](text)


def test_a_rule_reads_the_beginning_of_a_post_that_never_ends():
	rules, words = the_rooms()["rules"], " bitte um hilfe"
	assert rules("x" * (MOST_TEXT - len(words)) + words)
	assert not rules("x" * MOST_TEXT + words)


def test_texts_are_what_hypothesis_finds_and_not_only_short_ones():
	seen: list[str] = []

	@settings(
		max_examples=300,
		deadline=None,
		database=None,
		derandomize=True,
		suppress_health_check=list(HealthCheck),
	)
	@given(TEXT)
	def draw(text: str) -> None:
		seen.append(text)

	draw()
	assert max(map(len, seen)) == LONGEST
	for kind in ("\0", "😤", "\u0344", "https://", "\ud800"):
		assert any(kind in text for text in seen), ascii(kind)


def test_it_is_a_part_of_the_benchmark(monkeypatch):
	monkeypatch.setattr("benchmarks.understand_robust.TEXTS", 5)
	assert PARTS["robust"] == measure.__module__
	figures = measure(None)
	assert figures["texts"] == 5
	assert 0 <= figures["judge"]["p99_ms"] <= figures["judge"]["max_ms"]
