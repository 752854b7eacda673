"""What the driver of X makes of recorded answers."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from social_service.channels.errors import (
	AuthFailed,
	ChannelError,
	PayloadInvalid,
	Rejected,
)
from social_service.channels.x.cursor import id_time
from social_service.records import Kind, Message, Outgoing, Visibility
from tests.channels.x_kit import DMS, MENTIONS, SEARCH, US, XKit, payload, problem
from tests.kit.channel_contract import assert_is
from tests.kit.driving import NOW, Failure


class TestReading(XKit):
	@pytest.fixture(params=["posts_tweet", "posts_post"])
	def messages(self, request) -> dict[str, Message]:
		"""The recorded page in both spellings, under short names."""
		page = self.reads(SEARCH, payload(request.param))
		assert len(page.messages) == 7 and not page.unreadable
		return dict(
			zip(("first", "reply", "quote", "repost", "ours", "long", "edited"), page.messages, strict=True)
		)

	def test_a_mention_is_read_whole(self, messages):
		first = messages["first"]
		assert first.text == "@heimwerk the saw & the drill <both> smoke https://shop.example/drill?id=7"
		assert (first.kind, first.is_addressed, first.is_own, first.is_repost) == (
			Kind.MENTION,
			True,
			False,
			False,
		)
		assert first.url == f"https://x.com/erika_m/status/{first.external_id}"
		assert (first.author.handle, first.author.followers) == ("erika_m", 212)
		assert first.media == ("https://pbs.twimg.com/media/one.jpg", "https://video.twimg.com/large.mp4")
		assert (first.thread_id, first.parent_id, first.language) == (first.external_id, "", "en")
		assert first.sent_at == datetime(2026, 5, 4, 8, 0, tzinfo=timezone.utc)

	def test_a_reply_knows_its_thread_and_whom_else_it_names(self, messages):
		first, reply = messages["first"], messages["reply"]
		assert (reply.thread_id, reply.parent_id) == (first.external_id, first.external_id)
		assert reply.reply_hint["others"] == ["700100200301"]

	def test_a_quote_of_ours_addresses_us_without_naming_us(self, messages):
		quote = messages["quote"]
		assert quote.is_addressed and quote.reply_hint["summoned"] and quote.language == ""

	def test_a_repost_and_our_own_posts_are_told_apart(self, messages):
		repost = messages["repost"]
		assert repost.is_repost and not repost.is_addressed
		assert repost.parent_id == "2051210216862646272", "it counts for the original"
		ours = messages["ours"]
		assert ours.is_own and not ours.is_addressed and ours.language == "id"

	def test_a_long_post_comes_whole(self, messages):
		assert messages["long"].text.endswith("asked @jonas_w") and len(messages["long"].text) > 280
		assert messages["long"].reply_hint["others"] == ["700100200302"]

	def test_an_edited_post_keeps_its_first_id_and_time(self, messages):
		edited = messages["edited"]
		assert (
			edited.external_id == "2051212985103286272"
			and edited.reply_hint["post_id"] == "2051215250027446272"
		)
		assert edited.sent_at == id_time(edited.external_id) == NOW + timedelta(minutes=11)
		assert edited.edited_at == NOW + timedelta(minutes=20)

	def test_prices_count_posts_and_authors(self):
		assert self.reads(MENTIONS, payload("posts_tweet")).cost == 7 * 1_000 + 3 * 10_000
		assert self.reads(SEARCH, payload("posts_tweet")).cost == 7 * 5_000 + 3 * 10_000
		assert self.reads(DMS, payload("dms")).cost == 3 * 10_000 + 10_000

	def test_direct_messages_are_private_and_ours_need_no_author_beside_them(self):
		first, ours, last = self.reads(DMS, payload("dms")).messages
		assert {one.visibility for one in (first, ours, last)} == {Visibility.PRIVATE}
		assert {one.thread_id for one in (first, ours, last)} == {"700100200301-900100200300"}
		assert (first.text, ours.is_own, ours.text) == (
			"Hello, my order 4711 <late>",
			True,
			"Please send us a photo & the number.",
		)
		assert first.external_id.startswith("dm:") and last.media == ("https://pbs.twimg.com/media/one.jpg",)
		assert self.offline().may_reply(first).allowed and not self.offline().may_reply(ours).allowed

	def test_a_partial_answer_costs_only_the_item_whose_author_is_missing(self):
		body = payload("posts_tweet")
		body["includes"]["users"] = [one for one in body["includes"]["users"] if one["username"] != "jonas_w"]
		page = self.reads(SEARCH, body | {"errors": [problem("not_found")]})
		assert (len(page.messages), len(page.unreadable)) == (4, 3)
		assert "author" in str(page.unreadable[0].reason)

	def test_strange_things_beside_the_items_stop_nothing(self):
		for strange in (
			{"includes": [1]},
			{"includes": {"users": [{}, 1]}, "meta": [2]},
			{"data": [None, "x"]},
		):
			page = self.reads(SEARCH, payload("posts_tweet") | strange)
			assert not page.messages and page.unreadable and page.cursor
			assert len({one.external_id for one in page.unreadable}) == len(page.unreadable)

	def test_an_answer_that_is_no_list_is_not_an_empty_page(self):
		assert self.reads(SEARCH, {"meta": {"result_count": 0}}).messages == ()
		for stream in (SEARCH, DMS):
			for body in ({}, {"errors": [problem("not_found")]}):
				with pytest.raises(PayloadInvalid):
					self.reads(stream, body)

	def test_what_we_may_answer(self, messages):
		may = {name: self.offline().may_reply(message).allowed for name, message in messages.items()}
		refused_ones = {name for name, allowed in may.items() if not allowed}
		assert refused_ones == {"repost", "ours"}
		refused = self.offline().may_reply(messages["repost"])
		assert "by hand" in str(refused.reason)

	def test_names_in_front_and_direct_messages_are_measured_apart(self, messages):
		driver = self.offline()
		assert driver.measure("@erika_m yes", messages["first"]).used == 3
		assert driver.measure("@erika_m yes").used == 12
		(dm, *_rest) = self.reads(DMS, payload("dms")).messages
		assert driver.measure("x" * 10_000, dm).fits and not driver.measure("x" * 10_001, dm).fits

	def test_streams_follow_the_settings(self):
		streams = self.offline().streams()
		assert [one.key for one in streams] == ["mentions", "dms", "search:drill", "search:#heimwerk OR saw"]
		assert streams[1].min_seconds == 90

	def test_without_the_permission_for_direct_messages_the_rest_works(self):
		driver = self.offline()
		driver.account = replace(US, missing=("dm.read",))
		assert "dms" not in {one.key for one in driver.streams()}

	def test_rates_are_read_from_the_headers(self):
		headers = {"x-rate-limit-remaining": "12", "x-rate-limit-reset": "1777881600"}
		with self.answering("GET", 200, '{"meta": {}}', headers):
			page = self.offline().fetch(MENTIONS, None, NOW.isoformat())
		assert (page.rate.remaining, page.rate.resets_at) == (
			12,
			datetime.fromtimestamp(1777881600, timezone.utc),
		)

	def test_a_closed_mailbox_and_a_missing_permission_are_told_by_the_call(self):
		(dm, *_rest) = self.reads(DMS, payload("dms")).messages
		reply = Outgoing("k", "Hello", dm, Visibility.PRIVATE)
		rows = (
			Failure(403, problem("dm_closed"), Rejected, {"reason": "dm closed"}),
			Failure(403, problem("dm_closed_by_code"), Rejected, {"reason": "dm closed"}),
			Failure(403, problem("missing_scope"), AuthFailed, {"permission": "dm.write"}),
		)
		for row in rows:
			with self.answering("POST", row.status, row.text), pytest.raises(ChannelError) as raised:
				self.offline().send(reply)
			assert_is(raised.value, row)
		with (
			self.answering("GET", 403, json.dumps(problem("missing_scope"))),
			pytest.raises(AuthFailed) as raised,
		):
			self.offline().fetch(DMS, None, NOW.isoformat())
		assert raised.value.permission == "dm.read"
