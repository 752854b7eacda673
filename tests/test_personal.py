"""What is somebody's does not get into an article, and what answers stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_service.article_draft import title_of
from social_service.personal import without_people

NAMES = ("maria_s", "Maria Schmidt", "Anna Berger")


@pytest.mark.parametrize(
	("text", "left"),
	[
		("Hallo Frau Schmidt, bitte starten Sie das Gerät neu.", "bitte starten Sie das Gerät neu."),
		("Hi @maria_s! Press the button for ten seconds. ^AB", "Press the button for ten seconds."),
		("Hallo liebes Team, wie bekomme ich mein Geld?", "wie bekomme ich mein Geld?"),
		("Dear all,\nthe app is down.\nBest regards\nMaria Schmidt", "the app is down."),
		("Das geht so: A, dann B.\nViele Grüße, Anna", "Das geht so: A, dann B."),
		("Das geht so. Mit freundlichen Grüßen\nAnna Berger\nKundenservice", "Das geht so."),
		("Wait ten minutes. – Anna", "Wait ten minutes."),
		("Wait ten minutes /ab", "Wait ten minutes"),
		("Hello, may I take my dog?", "may I take my dog?"),
		("Hello may I take my dog, please?", "Hello may I take my dog, please?"),
		("Write to maria.schmidt+x@mail.example.org please", "Write to … please"),
		("My order 4711-0815-22 never came", "My order … never came"),
		("Meine Kundennummer ist AB-1234567.", "Meine Kundennummer ist …."),
		("Booking XK7P2Q is gone", "Booking … is gone"),
		("IBAN DE89 3704 0044 0532 0130 00 stimmt", "IBAN … stimmt"),
		("iban de89370400440532013000 stimmt", "iban … stimmt"),
		("Karte 4111 1111 1111 1111 gesperrt", "Karte … gesperrt"),
		("Ruf an: +49 (0)170 123 45-67 bitte", "Ruf an: … bitte"),
		("call 0170/1234567", "call …"),
		("Ich wohne Hauptstraße 12a in 12345 Berlin", "Ich wohne … in … Berlin"),
		("Mein Name ist Peter Lustig und ich warte", "Mein Name ist … und ich warte"),
		("Marias Vertrag, MARIA!", "… Vertrag, …!"),
		("cc @jemand@example.social und @other", "cc … und …"),
		(
			"Es kostet 12.500 € im Jahr 2026, 24/7, um 10:30 Uhr",
			"Es kostet 12.500 € im Jahr 2026, 24/7, um 10:30 Uhr",
		),
		("Nimm WPA2-PSK, nicht WEP, Kanal 11", "Nimm WPA2-PSK, nicht WEP, Kanal 11"),
		("", ""),
		("Hallo!", ""),
	],
)
def test_people_go_and_what_answers_stays(text, left):
	assert without_people(text, NAMES) == left


def test_a_name_of_two_letters_takes_no_word_with_it():
	assert without_people("So geht es: an und aus", ("an",)) == "So geht es: an und aus"


@given(st.text(max_size=300), st.lists(st.text(max_size=20), max_size=3))
def test_any_text_is_survived(text, names):
	without_people(text, names)


@pytest.mark.parametrize(
	"text", ["1" * 20_000, "A1" * 10_000, "a-" * 10_000, "Hallo " * 4_000, "Grüße, " * 4_000]
)
def test_long_texts_take_bounded_time(text):
	without_people(text, NAMES)


@pytest.mark.parametrize(
	("question", "title"),
	[
		("My screen is black. What can I do? Help!", "What can I do?"),
		("My screen is black! Help", "My screen is black!"),
		("… broken\nagain", "… broken"),
		("x" * 200, "x" * 119 + "…"),
	],
)
def test_a_title_is_the_question(question, title):
	assert title_of(question) == title
