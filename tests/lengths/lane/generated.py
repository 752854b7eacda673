"""Texts by the thousand: every address in every surrounding. What is rare in a table is met here."""

from __future__ import annotations

from itertools import product


def _parts(words: str) -> list[str]:
	return words.split(" ")


SCHEMES = ["", *_parts("http:// https:// HTTPS:// ftp:// www. // mailto:")]
HOSTS = _parts(
	"example.com example.de sub.example.co.uk münchen.de 例え.jp foo.bar node.js file.txt index.html .htaccess "
	"example.berlin a.b localhost xn--mnchen-3ya.de example.рф e.g пример.рф 1.com a-b.com a_b.com a_b.example.com "
	"example.technology Example.COM 192.168.0.1 example.museum co.uk z.B ex.ample.photography straße.de example.中国"
)
TAILS = _parts(
	" / /path /a_(b) /a(b)c ?x=1 /?x=1&y=2 /a?b. #frag /#frag :8080 /ä/ö /日本 /a,b /a;b /path.html /@user/1 /a@b /a'b "
	'/привет /a–b /a… /a! /(a) /a)b /a* /~x /%C3%A4 /a|b /$x /a[b] /a"b /a<b /é /a_(日本)'
)
BEFORE = [" ", "\n", *_parts(" ( 日本 ä a @ # $ - _ . / “ „ « ' \" : , ! 👍 \u200b \u200f = … – 1 ا 한 и")]
AFTER = [" x", "\nx", *_parts(" . , ! ? ) : ; ' \" “ ” » … 日本 한국어 ا и 👍 @ - _ \u200b / # ä 。 、")]
SURROUNDED = _parts(
	"example.com https://example.com https://example.com/a example.com/a?b=1 münchen.de https://example.com?a=b "
	"foo.technology https://foo.technology gemini://example.org @anna @anna@example.com @an-na@ex-am.ple.org "
	"@_x_@münchen.de service@example.com"
)
PEOPLE, SKINS, JOBS = "👍👋☝✌🤷🏃💁👩👨", ("", "🏻", "🏽", "🏿"), ("", "\u200d♀️", "\u200d♂️")
PROFESSIONS = ("", "\u200d🚀", "\u200d⚕️", "\u200d⚖️", "\u200d🎨", "\u200d🔧", "\u200d🦰")


def texts() -> list[str]:
	made = [
		*map("".join, product(SCHEMES, HOSTS, TAILS)),
		*map("".join, product(BEFORE, SURROUNDED, AFTER)),
	]
	return list(dict.fromkeys(text for text in made if text.strip() == text and text))


def emoji() -> list[str]:
	"""Those that X's package knows: it is of 2019."""
	gendered = map("".join, product("🤷🏃💁", SKINS, JOBS))
	working = map("".join, product("👩👨", SKINS, PROFESSIONS))
	single = map("".join, product(PEOPLE, SKINS))
	return list(dict.fromkeys([*gendered, *working, *single, *_parts("🇩🇪 🇫🇷 🇬🇧 🇺🇦 🇪🇺")]))
