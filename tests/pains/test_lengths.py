"""How X counts, by hand: what looks like an address and is none must not be taken for one (zammad#2805)."""

from __future__ import annotations

import pytest

from tests.channels.x_kit import XKit

FAMILY = "👨‍👩‍👧‍👦"
# by the published rules: 1 for most alphabets, 2 for the others, emoji 2, a link 23 whatever its length
COUNTED = (
	("a", 1),
	("hello", 5),
	("Grüße", 5),
	("e\u0301", 1),  # one sign, written as two
	("привет", 6),
	("γειά", 4),
	("שלום", 4),
	("مرحبا", 5),
	("สวัสดี", 6),
	("日本", 4),
	("こんにちは", 10),
	("안녕", 4),
	("你好 world", 10),
	("日" * 140, 280),
	("x" * 280, 280),
	("–", 1),
	("“quote”", 7),
	("…", 2),
	("5 €", 4),
	("a\nb", 3),
	("😤", 2),
	("👍🏽", 2),
	(FAMILY, 2),
	(FAMILY * 3, 6),
	("🇩🇪", 2),
	("🇩🇪🇫🇷", 4),
	("1️⃣", 2),
	("❤️", 2),
	("ok 😤!", 6),
	("https://example.com", 23),
	("https://example.com/" + "a" * 300, 23),
	("https://example.com/a?b=1&c=2#d", 23),
	("https://example.com/a_(b)", 23),
	("see https://example.com.", 28),
	("(https://example.com)", 25),
	("http://a.com https://b.org", 47),
	("日本https://example.com", 27),
	("example.com", 23),
	("see example.com/path?x=1 now", 31),
	("www.example.org", 23),
	(".htaccess", 9),
	("a .htaccess file", 16),
	("file.txt", 8),
	("wp-config.php", 13),
	("index.html", 10),
	("v1.2.3", 6),
	("3.5", 3),
	("e.g.", 4),
	("http://localhost/x", 18),
	("mail service@example.com", 24),
	("@heimwerk hi", 12),
	("#drill", 6),
)


@pytest.mark.parametrize(("text", "units"), COUNTED, ids=lambda one: str(one)[:24])
def test_pain_08_the_counter_shows_what_x_counts(text, units):
	length = XKit().offline().measure(text)
	assert (length.used, length.limit) == (units, 280)


def test_pain_08_the_table_has_fifty_strings():
	assert len(dict(COUNTED)) >= 50
