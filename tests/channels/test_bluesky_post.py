"""Bluesky's JSON read into our words: who is addressed, threads, whole links, pictures, edits."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from social_service.channels.bluesky.post import read_post
from social_service.channels.bluesky.text import counted, facets, names, whole_text
from social_service.records import Kind, Visibility
from tests.channels.bluesky_kit import ERIKA, OWN, OWN_ID, parsed, payload


def record(text: str, **more: object) -> dict:
	return {"text": text, **more}


def changed(name: str, **changes: object) -> dict:
	told = payload(name)
	return told | {"record": told["record"] | changes}


def test_a_mention():
	message = parsed("mention")
	assert (
		message.text
		== 'Hä, "@heimwerk.example" my drill smokes: https://werkstatt.example/drill/42?colour=blue'
	)
	assert (message.kind, message.is_addressed, message.language) == (Kind.MENTION, True, "en")
	assert message.sent_at == datetime(2026, 5, 4, 8, 0, 5, 120_000, tzinfo=timezone.utc)
	assert (message.thread_id, message.parent_id) == (message.external_id, "")
	assert message.url == f"https://bsky.app/profile/{ERIKA}/post/3mkz7cspti22x"
	assert (message.author.external_id, message.author.handle) == (ERIKA, "erika.example")
	assert message.visibility is Visibility.PUBLIC and message.edited_at is None
	root = {"uri": message.external_id, "cid": "bafyreihmention"}
	assert message.reply_hint == {"cid": "bafyreihmention", "root": root, "closed": False}


def test_a_reply_with_a_picture():
	message = parsed("reply")
	assert message.thread_id.endswith("3mkzpaaaaaa2x") and message.parent_id.endswith("3mkzpbbbbbb2x")
	assert message.reply_hint["root"]["cid"] == "bafyreiroot" and message.is_addressed
	assert message.media == (f"https://cdn.bsky.app/img/feed_fullsize/plain/{ERIKA}/bafkreipicture@jpeg",)


def test_a_quote_with_a_card():
	message = parsed("quote")
	assert message.is_addressed and message.thread_id == message.external_id
	assert message.text == "Never again.\n\nhttps://zeitung.example/test"


def test_a_view_tells_more():
	message = parsed("post_view")
	assert message.reply_hint["closed"] and message.edited_at is None
	assert [one.split("/")[4] for one in message.media] == ["feed_fullsize"]


def test_what_is_ours():
	told = payload("reply")
	message = read_post(told | {"author": told["author"] | {"did": OWN_ID}}, OWN)
	assert message.is_own and not message.is_addressed
	assert not read_post(told, None).is_addressed


def test_a_comment_below_our_post_that_answers_somebody_else():
	reply = payload("reply")["record"]["reply"]
	reply["parent"] = {"uri": f"at://{ERIKA}/app.bsky.feed.post/3", "cid": "bafy"}
	message = read_post(changed("reply", reply=reply), OWN)
	assert (message.kind, message.is_addressed) == (Kind.COMMENT, False)
	elsewhere = {**reply, "root": reply["parent"]}
	assert read_post(changed("reply", reply=elsewhere), OWN).kind is Kind.POST


def test_a_bot_says_so_itself():
	author = payload("mention")["author"] | {"labels": [{"val": "bot"}, "?"]}
	assert read_post(payload("mention") | {"author": author}, OWN).author.is_bot
	assert not parsed("mention").author.is_bot


def test_an_edited_post_was_indexed_anew():
	told = payload("post_view")
	later = "2026-05-04T09:00:00.000Z"
	message = read_post(told | {"indexedAt": later, "cid": "bafyother"}, OWN)
	assert message.edited_at == message.sent_at.replace(hour=9, minute=0, second=0, microsecond=0)
	claims = {"record": told["record"] | {"createdAt": later}}  # some tools date the post anew
	assert read_post(told | claims | {"indexedAt": later}, OWN).edited_at == message.edited_at
	odd_key = told["uri"].rsplit("/", 1)[0] + "/odd"
	assert read_post(told | {"indexedAt": later, "uri": odd_key}, OWN).edited_at is None
	soon = (parsed("post_view").sent_at + timedelta(minutes=1)).isoformat()
	assert read_post(told | {"indexedAt": soon}, OWN).edited_at is None


def test_languages():
	for langs, code in ((["de"], "de"), (["pt-BR"], "pt"), ([], ""), (["und"], ""), ("de", ""), (None, "")):
		assert read_post(changed("mention", langs=langs), OWN).language == code


def test_a_card_is_told_once():
	embed = {"external": {"uri": "https://a.example/x"}}
	assert whole_text(record("look", embed=embed)) == "look\n\nhttps://a.example/x"
	assert whole_text(record("look https://a.example/x", embed=embed)) == "look https://a.example/x"
	assert whole_text(record("", embed=embed)) == "https://a.example/x"


@pytest.mark.parametrize(
	("text", "start", "end", "uri", "whole"),
	(
		("see a.example/lon...", 4, 20, "https://a.example/long", "see https://a.example/long"),
		("ä a.example/lon…!", 3, 19, "https://a.example/long", "ä https://a.example/long!"),
		("click here", 6, 10, "https://a.example", "click here (https://a.example)"),
		("click", 0, 99, "https://a.example", "click"),
		("click", 3, 1, "https://a.example", "click"),
		("click", 0, 5, "javascript:alert(1)", "click"),
	),
)
def test_links_are_told_whole(text, start, end, uri, whole):
	feature = {"$type": "app.bsky.richtext.facet#link", "uri": uri}
	facet = {"index": {"byteStart": start, "byteEnd": end}, "features": [feature]}
	assert whole_text(record(text, facets=[facet, {"odd": 1}, "?"])) == whole


@pytest.mark.parametrize(
	("text", "is_named"),
	(
		("hey @heimwerk.example!", True),
		("(@Heimwerk.Example)", True),
		("@heimwerk.example.", True),
		("@heimwerk.example.org", False),
		("@heimwerk.example-shop", False),
		("post@heimwerk.example", False),
		("heimwerk.example", False),
		("@@heimwerk.example", False),
	),
)
def test_a_handle_in_plain_text(text, is_named):
	assert names(text, "heimwerk.example") is is_named


def test_lengths_are_graphemes_and_bytes():
	assert counted("Grüße 👨‍👩‍👧‍👦") == (7, 8 + 25)


# --- facets that we write ---------------------------------------------------------------------------------------


def marked(text: str) -> list[tuple[str, str]]:
	"""Each facet's bytes, and what they are."""
	raw = text.encode()
	found = []
	for facet in facets(text, {"erika.example": ERIKA, "a-b.co.example": OWN_ID}.get):
		(feature,) = facet["features"]
		told = feature.get("uri") or feature.get("did") or feature.get("tag")
		assert feature["$type"].startswith("app.bsky.richtext.facet#")
		found.append((raw[facet["index"]["byteStart"] : facet["index"]["byteEnd"]].decode(), told))
	return found


@pytest.mark.parametrize(
	("text", "expected"),
	(
		("👍 https://a.example/ä?b=1.", [("https://a.example/ä?b=1", "https://a.example/ä?b=1")]),
		("(https://a.example/x_(y))", [("https://a.example/x_(y)", "https://a.example/x_(y)")]),
		("(see https://a.example/x)", [("https://a.example/x", "https://a.example/x")]),
		("Grüße @Erika.example, @nobody.example", [("@Erika.example", ERIKA)]),
		("@a-b.co.example: yes", [("@a-b.co.example", OWN_ID)]),
		("post@erika.example @erika", []),
		("#Heimwerk #2026 #größe #a_1", [("#Heimwerk", "Heimwerk"), ("#größe", "größe"), ("#a_1", "a_1")]),
		("https://a.example/#part", [("https://a.example/#part", "https://a.example/#part")]),
		("#" + "x" * 65, []),
		("C# and a#b", []),
		("nothing at all", []),
	),
)
def test_what_is_marked(text, expected):
	assert marked(text) == expected


def test_pictures_are_https_addresses_only():
	view = {"$type": "app.bsky.embed.images#view", "images": [{"fullsize": "http://a.example/1"}, {}, "?"]}
	assert read_post(payload("mention") | {"embed": view}, OWN).media == ()
	video = {"$type": "app.bsky.embed.video#view", "thumbnail": "https://video.example/1.jpg"}
	beside = {"$type": "app.bsky.embed.recordWithMedia#view", "record": {}, "media": video}
	assert read_post(payload("mention") | {"embed": beside}, OWN).media == ("https://video.example/1.jpg",)


def test_the_time_is_never_after_the_moment_in_which_it_came():
	message = read_post(changed("post_view", createdAt="2030-01-01T00:00:00Z"), OWN)
	assert message.sent_at == datetime(2026, 5, 4, 8, 0, 6, 480_000, tzinfo=timezone.utc)
