"""Replies are found in rounds: threads that grew are read, the others cost nothing; and every unit is counted."""

from __future__ import annotations

import json
from datetime import timedelta

import responses

from social_service.channels.base import Stream
from social_service.channels.google.cursor import OVERLAP, Position
from social_service.channels.youtube.budget import SHARES, Spent
from social_service.channels.youtube.comment import Thread
from social_service.channels.youtube.rounds import WINDOW, Round, read_round
from tests.channels.google_kit import DATE, HOST, old_refusal
from tests.channels.youtube_kit import YouTubeKit, payload
from tests.kit.driving import ANYWHERE, CUSTOMER, NOW, Live, ids

API = f"{HOST}/youtube/v3"
REPLIES = Stream("replies")


class TestReplies(YouTubeKit):
	def round(self, live: Live, cursor: str | None, since: str | None = None) -> tuple[list[str], str]:
		"""Each page by a new process, and one before it that died."""
		found, more = [], True
		while more:
			lost = self.driver(live).fetch(REPLIES, cursor, since)
			page = self.driver(live).fetch(REPLIES, cursor, since)
			assert ids(lost) == ids(page), "the same cursor brought something else"
			found += ids(page)
			cursor, more = page.cursor, page.more
		return found, cursor

	def said(self, live: Live, top: str, text: str = "me too") -> str:
		live.now += timedelta(seconds=1)
		live.network.set_clock(live.now)
		return live.network.post(CUSTOMER, text, reply_to=top)

	def test_rounds_miss_and_repeat_nothing(self, live: Live):
		tops = [live.mention(f"comment {number}") for number in range(120)]
		posted = [self.said(live, tops[number % 2]) for number in range(240)]
		found, cursor = self.round(live, None, live.since)
		late = [self.said(live, tops[0]), self.said(live, tops[119])]
		more, cursor = self.round(live, cursor)
		assert sorted(found) == sorted(posted[-len(found) :]) and sorted(more) == sorted(late)
		found, cursor = self.round(live, None, (live.now - timedelta(hours=2)).isoformat())
		assert sorted(found) == sorted([*posted, *late]), "two pages in one thread"
		assert self.round(live, cursor)[0] == []

	def test_a_reply_that_comes_while_we_read_is_found_in_the_next_round(self, live: Live):
		"""Its thread was listed before, and between two pages we may have to wait for the next day."""
		first, second = live.mention("one"), live.mention("two")
		posted = [self.said(live, first), self.said(live, second)]
		page = self.driver(live).fetch(REPLIES, None, live.since)
		found = []
		while page.more:
			page = self.driver(live).fetch(REPLIES, page.cursor)
			found += ids(page)
			live.now += timedelta(hours=3)
			live.network.set_clock(live.now)
			if len(found) < 2:
				posted += [self.said(live, first), self.said(live, second)]
		found += self.round(live, page.cursor)[0]
		assert set(found) == set(posted)

	def test_threads_that_did_not_grow_are_not_read(self):
		with responses.RequestsMock() as mock:
			mock.get(f"{API}/commentThreads", json=self.answer([self.grown(1, 2), self.grown(2, 0)]))
			mock.get(f"{API}/comments", json=self.answer([payload("reply")]))
			channel = self.offline()
			page = channel.fetch(REPLIES, None, NOW.isoformat())
			assert page.more and page.messages == ()
			page = channel.fetch(REPLIES, page.cursor)
			assert ids(page) == ["UgxTop.9a"] and not page.more
			page = channel.fetch(REPLIES, page.cursor)
			assert not page.more and len(mock.calls) == 3

	def test_a_thread_that_is_gone_is_left_out(self):
		with responses.RequestsMock() as mock:
			mock.get(f"{API}/commentThreads", json=self.answer([self.grown(1, 2)]))
			mock.get(f"{API}/comments", status=404, json=old_refusal(404, "parentCommentNotFound"))
			page = self.offline().fetch(REPLIES, None, NOW.isoformat())
			page = self.offline().fetch(REPLIES, page.cursor)
		assert (page.messages, page.more) == ((), False) and page.cursor

	def test_a_broken_reply_stops_no_other(self):
		odd = payload("reply")
		odd["snippet"]["publishedAt"] = None
		cursor = Round(Position(), waiting=(Thread("UgxTop"),), is_listed=True).text()
		with self.answering("GET", 200, self.body([odd, "?", payload("reply") | {"id": "UgxTop.9c"}])):
			page = self.offline().fetch(REPLIES, cursor)
		assert ids(page) == ["UgxTop.9c"] and len(page.unreadable) == 2

	def test_a_refused_page_begins_the_round_again(self, live: Live):
		tops = [live.mention(f"comment {number}") for number in range(120)]
		posted = self.said(live, tops[0])
		page = self.driver(live).fetch(REPLIES, None, live.since)
		live.network.fail("cursor_refused", path="/commentThreads")
		found, _cursor = self.round(live, page.cursor)
		assert found == [posted]

	def grown(self, number: int, count: int) -> dict:
		thread = self.item(number, "x")
		thread["snippet"]["totalReplyCount"] = count
		return thread

	# --- units -------------------------------------------------------------------------------------------

	def test_each_call_is_counted_until_midnight_in_california(self):
		cursor, left = None, []
		for _call in range(3):
			with self.answering("GET", 200, self.body([]), DATE):
				page = self.offline().fetch(self.stream, cursor, NOW.isoformat())
			cursor, left = page.cursor, [*left, page.rate.remaining]
		assert left == [SHARES["comments"] - number for number in (1, 2, 3)]
		assert page.rate.resets_at == NOW + timedelta(hours=23)
		with self.answering("GET", 200, self.body([]), {"Date": "Tue, 05 May 2026 08:00:00 GMT"}):
			page = self.offline().fetch(self.stream, cursor)
		assert page.rate.remaining == SHARES["comments"] - 1, "a new day"

	def test_both_streams_leave_half_of_the_units_for_answers(self):
		assert sum(SHARES.values()) <= 5000
		assert Spent(units=5000).rate("replies", DATE).remaining == 0
		assert len({one.bucket for one in self.offline().streams()}) == 2

	# --- the round ---------------------------------------------------------------------------------------

	def test_a_round_looks_at_so_many_threads(self):
		after = Round(Position())
		for number in range(WINDOW):
			assert not after.is_listed
			after = after.after_listing([(Thread(f"t{number}"), 1)], "more", 5)
		assert after.is_listed and len(after.waiting) == WINDOW and after.position.page == ""

	def test_what_is_known_is_no_more_than_it_has_to_be(self):
		after = Round(Position(floor=2 * OVERLAP)).after_listing([(Thread("t"), 2)], "", 9 * OVERLAP)
		after = after.after_reading({"old": OVERLAP, "new": 8 * OVERLAP}, "")
		assert after.is_over and list(after.position.known) == ["new"]
		assert after.closed().position.floor == 7 * OVERLAP and after.closed().counts == {"t": 2}

	def test_the_next_round_begins_before_this_one_began(self):
		"""We may have had to wait for a day while we read: what was said meanwhile may be in a thread that was listed."""
		after = Round(Position()).after_listing([(Thread("t"), 2)], "", 9 * OVERLAP)
		after = after.after_reading({"late": 30 * OVERLAP}, "").closed()
		assert after.position.floor == 8 * OVERLAP and after.position.newest == 30 * OVERLAP
		assert after.position.is_news("meanwhile", 10 * OVERLAP) and not after.position.is_news(
			"late", 30 * OVERLAP
		)

	def test_a_thread_that_moved_to_the_next_page_is_read_once(self):
		after = Round(Position()).after_listing([(Thread("a"), 1), (Thread("b"), 2)], "more", 5)
		after = after.after_listing([(Thread("b"), 2), (Thread("c"), 1)], "", 6)
		assert [one.id for one in after.waiting] == ["a", "b", "c"] and after.begun == 5

	def test_comments_are_read_back_to_what_is_known_and_no_further(self):
		items = [self.item(2, "new"), self.changed(publishedAt="2026-05-03T08:00:00Z")]
		with self.answering("GET", 200, json.dumps(self.answer(items) | {"nextPageToken": "t2"})):
			page = self.offline().fetch(self.stream, None, NOW.isoformat())
		assert ids(page) == [self.external_id(2)] and not page.more

	def test_it_is_read_as_it_was_written(self):
		after = Round(Position(5), Spent("2026", 3), {"a": 1}).after_listing(
			[(Thread("b", "v", "u"), 2)], "t", 9
		)
		assert read_round(after.text(), None) == after
		for cursor in ("", "{", "[]", '{"v": 2}', '{"v": 1}', '{"v": 1, "position": "{}", "odd": 1}'):
			assert read_round(cursor, "1970-01-01T00:00:05Z") == Round(Position(5000))

	def test_a_refused_token_of_comments_begins_again(self):
		with responses.RequestsMock() as mock:
			mock.get(ANYWHERE, json=self.answer([self.item(1, "x")]) | {"nextPageToken": "t2"})
			page = self.offline().fetch(self.stream, None, NOW.isoformat())
			mock.replace("GET", ANYWHERE, status=400, json=old_refusal(400, "invalidPageToken"))
			mock.get(ANYWHERE, json=self.answer([self.item(2, "y"), self.item(1, "x")]))
			page = self.offline().fetch(self.stream, page.cursor)
		assert ids(page) == [self.external_id(2)] and not page.more
