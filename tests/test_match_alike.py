"""Which of many texts say the same as one: the same measure as the groups, and fast enough for a ticket view."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_service.match.groups import alike, groups_of

POST = "Seit heute früh stürzt eure App beim Öffnen ab, was soll das?"
SAME = (
	POST.upper(),
	f"@firma {POST} https://t.example/1 😡",
	"Seit heute früh stürtzt eure App beim öffnen ab. Was soll das",
	"SEIT HEUTE FRU\u0308H STU\u0308RZT EURE APP BEIM O\u0308FFNEN AB WAS SOLL DAS",
	POST.replace(" ", "\0"),
)
OTHER = ("", "😡", "Eure App ist super", "Wann fährt heute der Zug?", "\0\0", "@firma", "Seit heute früh")


@pytest.mark.parametrize("text", SAME)
def test_the_same_in_other_clothes_is_alike(text):
	assert alike(POST, [*OTHER, text]) == [len(OTHER)]
	assert alike(text, [*OTHER, POST]) == [len(OTHER)]


def test_others_are_not():
	assert alike(POST, OTHER) == []
	assert alike(POST, []) == []


def test_they_are_told_in_the_order_they_came_in():
	assert alike(POST, [POST, "nothing of it", POST.lower(), *OTHER, POST]) == [0, 2, 3 + len(OTHER)]


def test_what_stands_in_one_group_is_alike():
	texts = [POST, *SAME[:3], *OTHER[2:4]]
	group = groups_of(texts)
	assert alike(POST, texts) == [number for number, one in enumerate(group) if one == group[0]]


@given(st.text(max_size=60), st.lists(st.text(max_size=60), max_size=5))
def test_any_text_is_survived(text, texts):
	assert all(0 <= number < len(texts) for number in alike(text, texts))


def test_ten_thousand_are_looked_through_in_a_moment():
	texts = [
		f"Question {number} about thing {number % 97} and place {number % 31}" for number in range(10_000)
	]
	texts[5000] = POST
	start = time.perf_counter()
	assert alike(POST, texts) == [5000]
	assert time.perf_counter() - start < 0.5  # a tenth of it where nothing else runs
