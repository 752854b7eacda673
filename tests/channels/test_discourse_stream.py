"""Discourse's streams: what is for us, the way back through a list, private messages."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest
import responses

from social_service.channels.base import Stream
from social_service.channels.errors import NotSupported, Rejected
from social_service.records import Kind, Visibility
from tests.channels.discourse_kit import HOST, DiscourseKit, listed, parsed, payload
from tests.kit.channel_contract import ids
from tests.kit.driving import Live

MESSAGES = Stream("messages")


class TestStreams(DiscourseKit):
	def test_keywords_and_categories_are_streams(self):
		keys = [one.key for one in self.offline().streams()]
		assert keys == ["mentions", "messages", "search:drill", "search:cordless saw", "category:7"]

	def test_a_stream_that_a_forum_does_not_have(self):
		with pytest.raises(NotSupported):
			self.offline().fetch(Stream("likes"), None, None)

	def test_replies_quotes_and_mentions_are_addressed_to_us(self, live: Live):
		ours = live.network.post(self.company, "We have news about saws")
		asked = live.network.post("erika", "which ones?", reply_to=ours)
		quoted = live.network.post("erika", "this one?", quote_of=ours)
		live.network.post("erika", "and to somebody else", reply_to=asked)
		named = live.mention("hello there")
		found = {one.external_id: one for one in self._all(live)}
		assert [found[one].is_own for one in (ours, asked)] == [True, False]
		assert {key for key, one in found.items() if one.is_addressed} >= {asked, quoted, named}
		assert found[quoted].text == "this one?", "what they quoted are not their words"
		assert [found[one].kind for one in (asked, named)] == [Kind.COMMENT, Kind.MENTION]

	def test_who_writes_into_a_topic_of_ours_without_answering_a_post_is_heard(self, live: Live):
		ours = live.network.post(self.company, "Tell us what you think of the new saw")
		topic = self.driver(live).get([ours])[ours].reply_hint["topic"]
		cursor = self.driver(live).fetch(self.stream, None, live.since).cursor
		page = listed(
			id=int(ours) + 5, topic_id=topic, cooked="<p>too loud</p>", created_at=live.now.isoformat()
		)
		with self.answering("GET", 200, json.dumps({"latest_posts": [page]})):
			(message,) = self.offline().fetch(self.stream, cursor).messages
		assert message.is_addressed and message.kind is Kind.COMMENT

	@responses.activate
	def test_topics_that_we_began_long_ago_are_asked_for_once(self):
		told = {"topic_list": {"topics": [{"id": 31}]}}
		asked = responses.get(f"{HOST}/topics/created-by/heimwerk.json", json=told)
		responses.get(f"{HOST}/posts.json", json={"latest_posts": [listed(cooked="<p>too loud</p>")]})
		page = self.offline().fetch(self.stream, None, None)
		assert page.messages[0].is_addressed
		responses.get(f"{HOST}/posts.json", json={"latest_posts": [listed(cooked="<p>x</p>", id=1002)]})
		self.offline().fetch(self.stream, page.cursor)
		assert asked.call_count == 1

	def test_a_keyword_finds_words_and_not_parts_of_words(self, live: Live):
		found = live.network.post("erika", "my Drill is loud")
		live.network.post("erika", "the drilling was loud")
		phrase = live.network.post("erika", "a cordless\nsaw for oak")
		live.network.post(self.company, "our drill is quiet")
		driver = self.driver(live)
		assert ids(driver.fetch(Stream("search:drill"), None, live.since)) == [found]
		assert ids(driver.fetch(Stream("search:cordless saw"), None, live.since)) == [phrase]

	def test_new_topics_of_a_category(self):
		with self.answering("GET", 200, json.dumps(payload("latest_posts"))):
			driver = self.offline()
			(message,) = driver.fetch(Stream("category:7"), None, None).messages
			assert driver.fetch(Stream("category:8"), None, None).messages == ()
		assert (message.external_id, message.kind) == ("990", Kind.POST)
		assert message.text == "Which saw?\n\nWhich saw for oak?" and not message.is_addressed

	def test_a_long_way_back_is_walked_in_steps(self, live: Live):
		posted = [live.mention(f"number {number}") for number in range(620)]
		since, seen, cursor, calls = (live.now - timedelta(hours=1)).isoformat(), [], None, 0
		while True:
			page = self.driver(live).fetch(self.stream, cursor, since)
			seen, cursor, calls = seen + ids(page), page.cursor, calls + 1
			if not page.more:
				break
		assert seen == posted and calls < 20

	@pytest.mark.parametrize("shift", [0, 1])
	def test_both_meanings_of_before_bring_everything_once(self, shift: int):
		"""Old forums answer up to the id, new ones below it."""
		everything = [self.item(number, f"number {number}") for number in range(1, 301)]

		def told(request):
			found = re.search(r"before=(\d+)", request.url)
			end = int(found[1]) - 1 + shift if found else 300
			return 200, {}, json.dumps({"latest_posts": everything[max(0, end - 50) : end][::-1]})

		seen, cursor, more = [], None, True
		with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
			mock.add_callback("GET", re.compile(r".*/posts\.json.*"), callback=told)
			mock.get(re.compile(".*/topics/.*"), json={})
			while more:
				page = self.offline().fetch(self.stream, cursor, "2026-05-04T00:00:00+00:00")
				seen, cursor, more = seen + ids(page), page.cursor, page.more
		assert seen == [str(number) for number in range(1, 301)]

	def test_a_post_that_is_seen_late_is_not_missed(self):
		first, second = self.item(1010, "first"), self.item(1012, "second")
		with self.answering("GET", 200, json.dumps(self.answer([second, first]))):
			page = self.offline().fetch(self.stream, None, None)
		late = self.item(1011, "late")
		with self.answering("GET", 200, json.dumps(self.answer([second, late, first]))):
			after = self.offline().fetch(self.stream, page.cursor)
			assert ids(after) == ["1011"]
			assert ids(self.offline().fetch(self.stream, after.cursor)) == []

	def test_a_cursor_that_is_not_ours_is_a_gap(self):
		with self.answering("GET", 200, self.body([self.item(1001, "hello")])):
			page = self.offline().fetch(self.stream, "?", None)
		assert page.gap and ids(page) == ["1001"]

	def test_whispers_and_hidden_posts_are_not_read(self):
		hidden = self.item(1001, "a") | {"hidden": True}
		page = self.page_of([hidden, self.item(1002, "b") | {"post_type": 4}, self.item(1003, "c")])
		assert ids(page) == ["1003"] and page.unreadable == ()

	def _all(self, live: Live) -> list:
		found, cursor, more = [], None, True
		while more:
			page = self.driver(live).fetch(self.stream, cursor, live.since)
			found, cursor, more = [*found, *page.messages], page.cursor, page.more
		return found


class TestPrivateMessages(DiscourseKit):
	def test_private_messages_stay_private(self, live: Live):
		posted = live.network.post("erika", "my number is 1", direct_to=self.company)
		(message,) = self.driver(live).fetch(MESSAGES, None, live.since).messages
		assert (message.external_id, message.visibility) == (posted, Visibility.PRIVATE)
		assert message.kind is Kind.DIRECT_MESSAGE and message.is_addressed
		assert posted not in ids(self.driver(live).fetch(self.stream, None, live.since)), (
			"it stood among the public posts"
		)
		reply = replace(self.reply("Thank you, we call.", visibility=Visibility.PRIVATE), to=message)
		sent = self.driver(live).send(reply)
		entry = next(one for one in live.network.ledger()["published"] if one["id"] == sent.external_id)
		assert entry["visibility"] == "private"
		ours = self.driver(live).get([sent.external_id])[sent.external_id]
		assert ours.visibility is Visibility.PRIVATE and ours.is_own and ours.thread_id == message.thread_id

	@responses.activate
	def test_messages_between_others_that_an_administrator_is_shown_are_dropped(self):
		posts = [listed(id=1, topic_id=1), listed(id=2, topic_id=2), listed(id=3, topic_id=3)]
		responses.get(f"{HOST}/private-posts.json", json={"private_posts": posts})
		topics = ({"allowed_users": [{"id": 4711}, {"id": 4712}]}, {"allowed_users": [{"id": 12}]})
		for number, details in enumerate((*topics, {"allowed_groups": [{"name": "support"}]}), 1):
			responses.get(f"{HOST}/t/{number}.json", json={"details": details})
		assert ids(self.offline().fetch(MESSAGES, None, None)) == ["2", "3"]

	@responses.activate
	def test_a_private_answer_does_not_go_into_a_topic_that_became_public(self):
		responses.get(f"{HOST}/t/31.json", json={"archetype": "regular"})
		reply = replace(self.reply("Your number is 0123 456."), to=parsed(is_private=True))
		for visibility in Visibility:
			with pytest.raises(Rejected) as raised:
				self.offline().send(replace(reply, visibility=visibility))
			assert raised.value.reason == "not private"

	@responses.activate
	def test_a_public_topic_is_not_answered_in_private(self):
		reply = replace(self.reply("Your number is 0123 456."), to=parsed(), visibility=Visibility.PRIVATE)
		with pytest.raises(Rejected) as raised:
			self.offline().send(reply)
		assert raised.value.reason == "not private" and len(responses.calls) == 0
