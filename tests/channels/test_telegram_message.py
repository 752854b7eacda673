"""What Telegram's messages become: people, threads, who is addressed, whose words they are."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from social_service.channels.telegram.updates import read_updates
from social_service.records import Kind, Visibility
from tests.channels.telegram_kit import GROUP, OWN, parsed, payload
from tests.kit.driving import NOW

COMMENTS = f"{GROUP}:313"  # the channel's post, as it opens its comments


def test_a_private_message():
	message = parsed("private")
	assert (message.external_id, message.thread_id) == ("4711:21", "4711")
	assert (message.kind, message.visibility) == (Kind.DIRECT_MESSAGE, Visibility.PRIVATE)
	assert message.is_addressed and not message.is_own and message.url == ""
	assert message.author.name == "Erika Brandt" and message.author.handle == "erika_b"
	assert message.author.url == "https://t.me/erika_b" and message.language == ""


def test_an_edited_message_is_the_same_one():
	before, after = parsed("private"), parsed("private_edited")
	assert (before.external_id, before.sent_at) == (after.external_id, after.sent_at)
	assert before.edited_at is None
	assert after.edited_at == datetime(2026, 5, 4, 8, 1, 30, tzinfo=timezone.utc) and "4712" in after.text


def test_a_mention_in_a_group():
	message = parsed("mention")
	assert (message.kind, message.visibility) == (Kind.MENTION, Visibility.PUBLIC)
	assert message.thread_id == message.external_id == f"{GROUP}:311"
	assert message.url == "https://t.me/heimwerk_community/311" and message.sent_at == NOW


@pytest.mark.parametrize(
	("name", "kind", "is_addressed"),
	[
		("mention", Kind.MENTION, True),
		("command", Kind.MENTION, True),
		("answer_to_bot", Kind.COMMENT, True),
		("comment", Kind.COMMENT, True),
		("comment_below", Kind.COMMENT, False),
		("basic_group", Kind.COMMENT, False),
		("forwarded", Kind.POST, False),
		("by_other_channel", Kind.COMMENT, True),
		("by_channel", Kind.COMMENT, False),
	],
)
def test_who_speaks_to_us(name, kind, is_addressed):
	message = parsed(name)
	assert (message.kind, message.is_addressed) == (kind, is_addressed)


@pytest.mark.parametrize(
	("text", "entity", "is_addressed"),
	[
		("😤😤 @HEIMWERK_bot", {"type": "mention", "offset": 5, "length": 13}, True),
		("@heimwerk_bot_fan", {"type": "mention", "offset": 0, "length": 17}, False),
		(
			"Heimwerk, hello",
			{"type": "text_mention", "offset": 0, "length": 8, "user": {"id": 7001001001}},
			True,
		),
		("Erika, hello", {"type": "text_mention", "offset": 0, "length": 5, "user": {"id": 4711}}, False),
		("/help@heimwerk_bot", {"type": "bot_command", "offset": 0, "length": 18}, True),
		("/help", {"type": "bot_command", "offset": 0, "length": 5}, False),
	],
)
def test_names_are_where_telegram_says_in_its_units(text, entity, is_addressed):
	update = payload("mention")
	update["message"] |= {"text": text, "entities": [entity]}
	assert only(update).is_addressed is is_addressed
	del update["message"]["text"]
	update["message"] |= {"caption": text, "caption_entities": [entity], "entities": []}
	assert only(update).is_addressed is is_addressed


def test_comments_below_a_channel_post_are_one_thread():
	post, first, below = (parsed(name) for name in ("automatic_forward", "comment", "comment_below"))
	assert {post.thread_id, post.external_id, first.thread_id, below.thread_id} == {COMMENTS}
	assert (first.parent_id, below.parent_id) == (COMMENTS, first.external_id)


@pytest.mark.parametrize("name", ["channel_post", "automatic_forward", "by_channel", "anonymous_admin"])
def test_what_the_company_writes_in_its_own_places_is_ours(name):
	assert parsed(name).is_own and not parsed(name).is_repost


def test_somebody_who_writes_as_another_channel_is_that_channel():
	message = parsed("by_other_channel")
	assert not message.is_own and message.author.external_id == "-1001900000004"
	assert (message.author.name, message.author.handle) == ("Drill tests", "drill_tests")


def test_somebody_elses_words_in_a_group_are_a_repost():
	assert parsed("forwarded").is_repost
	update = payload("forwarded")
	update["message"]["forward_origin"]["sender_user"] = update["message"]["from"]
	assert not only(update).is_repost, "they repeat themselves"
	assert not parsed("forwarded_private").is_repost, "it was handed to us"


def test_a_picture_brings_its_words_and_no_address():
	"""Its address would hold the bot's token."""
	first, more = parsed("photo"), parsed("photo_more")
	assert (first.text, more.text) == ("It arrived like this", "")
	assert first.media == more.media == () and first.thread_id == more.thread_id


@pytest.mark.parametrize(
	("content", "text"),
	[
		({"sticker": {"emoji": "😡", "file_id": "x"}}, "😡"),
		({"poll": {"question": "Does yours smoke?", "options": []}}, "Does yours smoke?"),
		({"venue": {"title": "Shop", "address": "Am Markt 4"}}, "Am Markt 4"),
		({"contact": {"phone_number": "+49 30 1234", "first_name": "Erika"}}, "+49 30 1234"),
		({"voice": {"file_id": "x", "duration": 3}}, ""),
		({"of_tomorrow": {"a": 1}}, ""),
	],
)
def test_what_is_not_text(content, text):
	update = payload("private")
	del update["message"]["text"]
	update["message"] |= content
	assert only(update).text == text


def test_a_private_supergroup_and_a_basic_group():
	message = parsed("answer_to_bot")
	assert message.url == "https://t.me/c/1800000003/88" and message.thread_id == "-1001800000003:85"
	message = parsed("basic_group")
	assert message.url == "" and message.thread_id == message.parent_id == "-4501:900"


def test_where_nobody_said_anything_there_is_no_message():
	for update in (payload("joined"), {"update_id": 5, "my_chat_member": {}}, {"update_id": 6}):
		assert read_updates([update], OWN) == ((), ())


def only(update: dict):
	(message,), unreadable = read_updates([update], OWN)
	assert not unreadable
	return message
