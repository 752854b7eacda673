"""Mastodon's JSON and HTML as a person reads them."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from social_service.channels.html_text import plain_text
from social_service.channels.mastodon.status import Broken, parse_status
from social_service.channels.mastodon.text import is_same, named
from social_service.records import Author, Kind, Visibility
from tests.channels.mastodon_kit import OWN_ID, parsed, payload

# --- parsing ----------------------------------------------------------------------------------------------------


def test_a_mention_is_read_whole():
	message = parsed("mention")
	assert message.text == (
		"@heimwerk der Bohrer raucht.\nBild & Rechnung:\n\n"
		"https://werkstatt.example/bilder/2026/05/bohrer-raucht-sehr.jpg #Heimwerk"
	)
	assert message.author == Author(
		"110002",
		"jonas@werkstatt.example",
		"Jonas B. 🛠",
		"https://fedi.example/@jonas@werkstatt.example",
		"https://fedi.example/avatars/110002.png",
		312,
	)
	assert message.kind is Kind.MENTION and message.is_addressed and message.language == "de"
	assert message.media == ("https://files.werkstatt.example/1.jpg", "https://files.werkstatt.example/2.mp4")
	assert message.sent_at == datetime(2026, 5, 4, 7, 58, 12, 345000, timezone.utc)
	assert message.edited_at == datetime(2026, 5, 4, 8, 3, tzinfo=timezone.utc)


def test_the_kinds_of_posts():
	told = {name: parsed(name) for name in ("direct", "content_warning", "reblog", "quote", "hashtag")}
	assert told["direct"].visibility is Visibility.PRIVATE and told["direct"].kind is Kind.DIRECT_MESSAGE
	assert (
		told["content_warning"].text
		== "Ärger mit dem Support\n\n@heimwerk seit drei Wochen\n\n- Mail\n- Anruf"
	)
	assert (
		told["content_warning"].visibility is Visibility.PUBLIC and told["content_warning"].language == "de"
	)
	assert told["reblog"].is_repost and told["reblog"].text == "Was für ein Bohrer!"
	assert told["quote"].is_addressed and told["quote"].kind is Kind.MENTION
	assert (
		told["hashtag"].kind is Kind.POST
		and not told["hashtag"].is_addressed
		and told["hashtag"].language == ""
	)
	assert parse_status(payload("mention"), "110002").is_own


def test_gotosocial_is_read_as_well():
	message = parse_status(payload("gotosocial_status"), "01GYHEIMWERK00000000000000")
	assert message.text == "@heimwerk der Bohrer raucht" and message.is_addressed
	assert message.author.followers == 0 and message.reply_hint["visibility"] == "unlisted"
	assert (
		parse_status(payload("gotosocial_status") | {"content": ""}, "").text == "@heimwerk der Bohrer raucht"
	)


@pytest.mark.parametrize("odd", [None, 7, "x", [], {}, {"id": "1"}, {"id": "1", "account": {"id": "2"}}])
def test_nonsense_is_broken_and_nothing_else(odd: object):
	with pytest.raises(Broken):
		parse_status(odd, OWN_ID)


@pytest.mark.parametrize(
	("content", "text"),
	[
		("", ""),
		("<p>a</p><p>b</p>", "a\n\nb"),
		("a<br>b<br/>c", "a\nb\nc"),
		("<p>1 &lt; 2 &amp;&nbsp;3</p>", "1 < 2 & 3"),
		("<script>evil()</script><p>ok<style>p{}</style></p>", "ok"),
		('<a href="https://a.example/x">https://a.example/x</a>', "https://a.example/x"),
		('<a href="https://a.example/long">a.example/lo…</a>', "https://a.example/long"),
		('<a href="https://a.example/x">our shop</a>', "our shop (https://a.example/x)"),
		('<a href="https://a.example/x"></a>', "https://a.example/x"),
		('<a href="javascript:evil()">click</a>', "click"),
		("<p>not closed <b>bold", "not closed bold"),
		("</p></script>odd", "odd"),
	],
)
def test_html_becomes_what_a_person_reads(content: str, text: str):
	assert plain_text(content) == text


def test_handles_are_full():
	assert named("@anna @Bea@far.example, x@y.example /@no", "fedi.example") == {
		"anna@fedi.example",
		"bea@far.example",
	}


def test_the_same_text_is_recognised_however_it_is_rendered():
	assert is_same("@jonas@werkstatt.example *Hallo*  Welt!", ["@jonas Hallo Welt!"])
	assert is_same("👍", ["👍"]) and not is_same("👍", ["👎"])
	assert not is_same("Hallo Welt 1", ["Hallo Welt 2"])
