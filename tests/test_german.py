"""German is complete: every text that a person can meet has a translation, with the same places for values."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from babel.messages.pofile import read_po

from tests.kit.messages import PACKAGE, messages

PLACE = re.compile(r"\{\d*\}")


@pytest.fixture(scope="module")
def german() -> dict[str, str]:
	with (PACKAGE / "locale" / "de.po").open("rb") as file:
		catalogue = read_po(file, locale="de", abort_invalid=True)
	return {message.id: message.string for message in catalogue if message.id and not message.fuzzy}


def test_every_text_has_a_german_translation(german):
	missing = sorted(text for text in messages() if not german.get(text))
	assert not missing, f"{len(missing)} texts without German in locale/de.po:\n" + "\n".join(missing)


def test_no_translation_is_left_behind(german):
	assert sorted(set(german) - messages()) == []


def test_the_places_for_values_are_the_same(german):
	wrong = [
		text for text, told in german.items() if Counter(PLACE.findall(text)) != Counter(PLACE.findall(told))
	]
	assert wrong == []


def test_it_looks_at_every_kind_of_source():
	found = messages()
	assert "Stop all publishing" in found  # a label
	assert (
		"Nothing leaves for any network until this is off again; answers stay queued" in found
	)  # a description
	assert "ignored" in found  # an option
	assert "Our own post" in found  # a sentence of the flow
