"""Voice: which row speaks, who is called by which name, and what a form refuses. Tables."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace
from datetime import datetime, timezone

import pytest

from social_service.ledger import SocialMessage
from social_service.records import Kind, Visibility
from social_service.settings import Address, SocialVoice
from social_service.voice import (
	SEEDED,
	filled,
	first_name,
	initials_of,
	names_of,
	refuse_voice,
	says_nothing,
	voice_for,
)

PUBLIC, PRIVATE = Visibility.PUBLIC, Visibility.PRIVATE


def post(name: str = "Maria Müller", handle: str = "maria") -> SocialMessage:
	at = datetime(2026, 3, 3, tzinfo=timezone.utc)
	return SocialMessage(
		"c", "1", "d", "d", "t", Kind.MENTION, PUBLIC, "Hi", at, at, author_name=name, handle=handle
	)


# --- by which name --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
	("display_name", "expected"),
	[
		("Maria Müller", "Maria"),
		("maria", "maria"),
		("Anna-Lena von Stein", "Anna-Lena"),
		("Sinéad O’Connor", "Sinéad"),
		("Jean d'Arc", "Jean"),
		("Müller", "Müller"),  # decomposed
		("Мария Иванова", "Мария"),
		("मारिया शर्मा", "मारिया"),
		("王小明", "王小明"),
		("  Otto  ", "Otto"),
		("Maria 🌸", ""),
		("🌸", ""),
		("🅼🅰🆁🅸🅰", ""),
		("𝓜𝓪𝓻𝓲𝓪 Müller", ""),  # fancy letters
		("Ｍａｒｉａ", ""),
		("Bahn_Kunde42", ""),
		("Kunde 42", ""),
		("Dr. Maria Müller", ""),
		("J. R.", ""),
		("M", ""),
		("die wütende Maria Müller", ""),
		("Maria\u202eMüller", ""),  # writes from right to left
		("@maria", ""),
		("maria.mueller", ""),
		("https://example.org", ""),
		("x" * 26, ""),
		("", ""),
		("   ", ""),
		("'Maria", ""),
	],
)
def test_only_what_looks_like_a_persons_name_is_one(display_name, expected):
	assert first_name(display_name) == expected


@pytest.mark.parametrize(
	("name", "handle", "address", "expected"),
	[
		("Maria Müller", "maria", None, "Hallo Maria,"),
		("Maria Müller", "maria", Address.FIRST_NAME, "Hallo Maria,"),
		("Maria Müller", "maria", Address.HANDLE, "Hallo @maria,"),
		("Maria 🌸", "maria", None, "Hallo @maria,"),
		("🌸", "@maria", None, "Hallo @maria,"),  # some networks give the handle with its @
		("🌸", "maria@klein.example", None, "Hallo @maria@klein.example,"),
		("Maria Müller", "", Address.HANDLE, "Hallo,"),
		("Maria Müller", "", None, "Hallo Maria,"),
		("🌸", "", None, "Hallo,"),
		("", " ", None, "Hallo,"),
	],
)
def test_a_greeting_calls_people_as_they_call_themselves_and_nobody_by_nothing(
	name, handle, address, expected
):
	assert filled("Hallo {name},", names_of(post(name, handle), address)) == expected


@pytest.mark.parametrize(
	("text", "values", "expected"),
	[
		("^{initials}", {"initials": "AA"}, "^AA"),
		("Viele Grüße\n{agent}", {"agent": "Alex"}, "Viele Grüße\nAlex"),
		("Viele Grüße, {agent}", {"agent": ""}, "Viele Grüße,"),
		("{agent}", {}, ""),
		("Hi {name} ({handle})!", {"name": "Jo", "handle": "@jo"}, "Hi Jo (@jo)!"),
		(
			"Hi {name}",
			{"name": "{handle}", "handle": "@jo"},
			"Hi {handle}",
		),  # what is filled in is not read again
		("50 % {", {}, "50 % {"),
		(r"a\1 {name}", {"name": r"\g<0>"}, r"a\1 \g<0>"),
	],
)
def test_places_are_filled_once_and_what_is_unknown_goes(text, values, expected):
	assert filled(text, values) == expected


@pytest.mark.parametrize(
	("first", "last", "expected"),
	[("Alex", "Agent", "AA"), ("ömer", "", "Ö"), ("", "zoe", "Z"), ("", "", ""), (" A ", " b", "AB")],
)
def test_initials_are_the_first_letters_of_first_and_last_name(first, last, expected):
	assert initials_of(first, last) == expected


# --- which row says it ----------------------------------------------------------------------------------------

ROWS = [  # from the widest to the most specific
	SocialVoice(greeting="all"),
	SocialVoice(greeting="all, private", visibility=PRIVATE),
	SocialVoice(greeting="German", language="de"),
	SocialVoice(greeting="German, private", language="DE", visibility=PRIVATE),
	SocialVoice(greeting="X", channel="x"),
	SocialVoice(greeting="X, private", channel="x", visibility=PRIVATE),
	SocialVoice(greeting="X, German", channel="x", language="de"),
	SocialVoice(greeting="X, German, private", channel="x", language="de", visibility=PRIVATE),
]


def test_the_most_specific_row_says_it_however_they_are_stored():
	for many in range(1, len(ROWS) + 1):
		rows = ROWS[:many]
		random.Random(many).shuffle(rows)
		assert voice_for(rows, "x", "de", PRIVATE).greeting == ROWS[many - 1].greeting


@pytest.mark.parametrize(
	("channel", "language", "visibility", "expected"),
	[
		("x", "de", PUBLIC, "X, German"),
		("x", "fr", PUBLIC, "X"),
		("x", "", PRIVATE, "X, private"),
		("y", "de", PUBLIC, "German"),
		("y", "de", PRIVATE, "German, private"),
		("y", "fr", PUBLIC, "all"),
		("y", "fr", PRIVATE, "all, private"),
	],
)
def test_a_row_speaks_only_where_it_is_for(channel, language, visibility, expected):
	assert voice_for(ROWS, channel, language, visibility).greeting == expected


def test_an_empty_field_is_as_the_next_wider_row_says_and_a_dash_is_nothing():
	rows = [
		SocialVoice(greeting="Hi {name},", sign_off="^{initials}", private_request="Write: {link}"),
		SocialVoice(language="de", greeting="Hallo {name},", address=Address.HANDLE),
		SocialVoice(channel="x", greeting="-"),
	]
	assert voice_for(rows, "y", "de", PUBLIC) == SocialVoice(
		language="de",
		greeting="Hallo {name},",
		sign_off="^{initials}",
		private_request="Write: {link}",
		address=Address.HANDLE,
	)
	on_x = voice_for(rows, "x", "de", PUBLIC)
	assert (on_x.greeting, on_x.sign_off, on_x.address) == ("", "^{initials}", Address.HANDLE)
	assert voice_for([], "x", "de", PUBLIC) == SocialVoice()


# --- the form -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
	("row", "told"),
	[
		(SocialVoice(greeting="Hallo {name},", sign_off="^{initials}"), ""),
		(SocialVoice(sign_off="Viele Grüße, {agent}"), ""),
		(SocialVoice(greeting="-", sign_off="-", private_request="-"), ""),
		(SocialVoice(private_request="Schreiben Sie: {link}"), ""),
		(
			SocialVoice(greeting="Hallo {vorname},"),
			"Nothing is known for {vorname} there. You can write: {name}, {handle}.",
		),
		(SocialVoice(greeting="^{initials}"), "Nothing is known for {initials} there"),
		(SocialVoice(sign_off="{name}"), "You can write: {agent}, {initials}."),
		(SocialVoice(greeting="Hi {},"), "Nothing is known for {} there"),
		(SocialVoice(private_request="Write to us."), "Put {link} where the address shall stand"),
		(SocialVoice(language="deutsch"), "deutsch is no language code"),
	],
)
def test_a_form_says_what_is_wrong(row, told):
	reason = refuse_voice(row, [])
	assert (reason is None) if not told else (told in str(reason))


def test_two_rows_for_the_same_are_refused_and_no_others():
	stored = [replace(row, name=str(number)) for number, row in enumerate(ROWS)]
	for one, other in itertools.product(stored, ROWS):
		same = (one.channel, one.language.lower(), one.visibility) == (
			other.channel,
			other.language.lower(),
			other.visibility,
		)
		assert (refuse_voice(replace(other, name="new"), [one]) is not None) == same
	for row in stored:
		assert refuse_voice(row, stored) is None, "a row is its own rival"


def test_what_a_site_begins_with_passes_its_own_form():
	assert {row.language for row in SEEDED} == {"en", "de"}
	for row in SEEDED:
		assert refuse_voice(row, [one for one in SEEDED if one is not row]) is None
		assert len(filled(row.private_request, {"link": "x" * 23})) <= 140, "it must leave room for an answer"


# --- a frame without a picture --------------------------------------------------------------------------------

VOICES = [
	SocialVoice(greeting="Hallo {name},", sign_off="^{initials}"),
	SocialVoice(language="en", greeting="Hi {name}!", sign_off="Best wishes\n{agent}"),
	SocialVoice(channel="x", greeting="-", sign_off=""),
]


@pytest.mark.parametrize(
	("text", "expected"),
	[
		("Hallo Maria,\n\n^AA", True),
		("Hallo Maria,", True),
		("^AA", True),
		("Hi @maria@klein.example!\n\nBest wishes\nAlex", True),
		("Hallo,\n\n^AA", True),
		("", True),
		("Hallo Maria,\n\nja.\n\n^AA", False),
		("Ja.", False),
		("-", False),
		("Hallo Maria, das ist erledigt.\n\n^AA", False),
		("Hallo Maria,\n\nHallo Maria,\n\n^AA", False),
	],
)
def test_a_greeting_and_a_sign_off_alone_say_nothing(text, expected):
	assert says_nothing(text, VOICES) is expected
