"""What a public answer must not carry: a table of texts, and what of them is somebody's own."""

from __future__ import annotations

import pytest

from social_service.guard.privacy import found_in

PATTERNS = ("KM-#######", "Kd. ####")
PUBLIC = ("service@heimwerk.example", "030 1234567", "DE89 3704 0044 0532 0130 00")
FINDS = (
	("Write to maria.muster@post.example please", "an e-mail address"),
	("anna+shop@a-b.example.org", "an e-mail address"),
	("Ihre IBAN DE02 1203 0000 0000 2020 51 stimmt", "an account number (IBAN)"),
	("GB82WEST12345698765432", "an account number (IBAN)"),
	("at61 1904 3002 3457 3201", "an account number (IBAN)"),
	("Karte 4111 1111 1111 1111", "a card number"),
	("5500-0000-0000-0004", "a card number"),
	("Rufen Sie Herrn Muster unter 0171 / 2345678 an", "a phone number"),
	("+49 (0)30 901820 is the number", "a phone number"),
	("ring 0044 20 7946 0958", "a phone number"),
	("Bestellung km-1234567 ist da", "a number of an order or customer"),
	("Kd. 1234", "a number of an order or customer"),
)
NOTHING = (
	"Ab 60 Minuten erstatten wir 50 %.",
	"Am 28.11.2026 um 08:30 Uhr, Gleis 7",
	"Es kostet 1.299,00 € statt 0,99 €",
	"RT1 7:12, RT2 8:23",
	"@maria thanks for the hint!",
	"@maria@fedi.example thanks for the hint!",
	"https://help.example.org/help/ab12cd34ef",
	"DE89 3704 0044 0532 0130 01 has wrong check digits",
	"1234 5678 9012 3456 is no card",
	"0000 0000 0000 0000",
	"KM-12",
	"Write to service@heimwerk.example or call 030/123 45 67",
	"Unser Konto: DE89370400440532013000",
	"0800",
	"",
)


@pytest.mark.parametrize(("text", "kind"), FINDS)
def test_what_is_somebodys_is_found(text, kind):
	(found,) = found_in(text, PATTERNS, PUBLIC)
	assert str(found.kind) == kind
	assert found.text in text


@pytest.mark.parametrize("text", NOTHING)
def test_what_everybody_may_know_passes(text):
	assert found_in(text, PATTERNS, PUBLIC) == []


def test_all_are_told_in_their_order():
	text = "0171 2345678, maria@post.example and km-1234567"
	assert [str(one.kind) for one in found_in(text, PATTERNS)] == [
		"a phone number",
		"an e-mail address",
		"a number of an order or customer",
	]


@pytest.mark.parametrize(
	"text", ["0" * 100_000, "a@" * 50_000, "DE12 " * 20_000, "+1 " * 30_000, "(0" * 40_000]
)
def test_a_hostile_text_ends(text):
	found_in(text, PATTERNS)
