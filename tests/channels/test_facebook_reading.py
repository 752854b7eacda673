"""What is Facebook's own about reading: old posts with new comments, authors that it hides, rounds that break off."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta, timezone

import pytest
import responses

from social_service.channels.base import Stream
from social_service.channels.errors import NotSupported
from social_service.channels.facebook.content import parse_comment, parse_post
from social_service.channels.meta.cursor import MOST_KNOWN, Position, read_position
from social_service.channels.meta.usage import rate_of
from social_service.records import Kind, Rate, Visibility
from tests.channels.facebook_kit import PAGE_ID, POST_ID, CommentKit, FacebookKit, MessengerKit, payload
from tests.channels.meta_kit import error
from tests.kit.driving import ANYWHERE, CUSTOMER, NOW, Live, ids

COMMENTS = Stream("comments")
EIGHT = datetime(2026, 5, 4, 8, tzinfo=timezone.utc)


def all_of(kit: FacebookKit, live: Live, cursor: str | None = None) -> tuple[list[str], str]:
	"""Everything that is there, and the cursor behind it."""
	seen, more = [], True
	while more:
		page = kit.driver(live).fetch(kit.stream, cursor, live.since)
		seen, cursor, more = seen + ids(page), page.cursor, page.more
	return seen, cursor


class TestOnePost(FacebookKit):
	def test_a_post_of_a_visitor(self):
		post = parse_post(payload("visitor_post"), PAGE_ID, Kind.POST)
		assert (post.external_id, post.thread_id, post.parent_id) == ("100200300_5511", "100200300_5511", "")
		assert (post.author.external_id, post.author.name) == ("7001", "Erika Muster")
		assert post.sent_at == EIGHT and post.media == ("https://scontent.example/drill.jpg",)
		assert post.is_addressed and post.url == "https://www.facebook.com/heimwerk/posts/5511"

	def test_an_author_whom_facebook_hides_is_unknown_and_stays_the_same(self):
		first, again = (parse_post(payload("tagged_post"), PAGE_ID, Kind.MENTION) for _time in range(2))
		assert first.author == again.author and first.author.external_id == "unknown:900800700_5512"
		assert first.text and not first.is_own and first.is_addressed

	def test_a_reply_stands_in_the_thread_of_the_post_below_the_first_comment(self):
		comment, reply = (parse_comment(payload(name), PAGE_ID, POST_ID) for name in ("comment", "reply"))
		assert (comment.thread_id, comment.parent_id) == (POST_ID, POST_ID)
		assert (reply.thread_id, reply.parent_id) == (POST_ID, "9001_1001")
		assert reply.reply_hint["top"] == "9001_1001" and comment.reply_hint["top"] == "9001_1001"
		assert comment.media == ("https://scontent.example/smoke.jpg",)

	def test_a_direct_message_is_in_the_thread_of_its_person_whoever_wrote_it(self):
		inbox = self.offline().inbox
		theirs = inbox.parse(payload("message"))
		ours = inbox.parse(
			payload("message") | {"from": {"id": PAGE_ID}, "to": {"data": [{"id": "7001", "name": "Erika"}]}}
		)
		assert theirs.thread_id == ours.thread_id == "messenger:7001"
		assert (theirs.is_own, ours.is_own) == (False, True)
		assert theirs.visibility is Visibility.PRIVATE and theirs.media == (
			"https://scontent.example/receipt.jpg",
		)

	def test_a_stream_that_there_is_not(self):
		with pytest.raises(NotSupported):
			self.offline().fetch(Stream("reviews"), None, None)


class TestComments(CommentKit):
	def test_a_comment_on_an_old_post_is_found(self, live: Live):
		old = live.network.post(live.company, "Opening hours in spring")
		for number in range(150):  # it is on the second page of the wall now
			live.network.post(CUSTOMER, f"post {number}")
		_seen, cursor = all_of(self, live)
		live.now += timedelta(hours=3)
		live.network.set_clock(live.now)
		late = live.network.post(CUSTOMER, "And in summer?", reply_to=old)
		assert all_of(self, live, cursor)[0] == [late]

	def test_both_levels_come_and_ours_are_known_as_ours(self, live: Live):
		top = live.mention("Is it open?")
		reply = live.network.post("heimwerk", "It is.", reply_to=top)
		answer = live.network.post(CUSTOMER, "Thank you", reply_to=reply)
		page = self.driver(live).fetch(COMMENTS, None, live.since)
		found = {one.external_id: one for one in page.messages}
		assert set(found) == {top, reply, answer}
		assert found[reply].is_own and not found[reply].is_addressed
		assert found[answer].parent_id == top, "Facebook knows two levels"

	def test_comments_below_a_post_of_a_visitor_come_too(self, live: Live):
		post = live.network.post(CUSTOMER, "My saw is blunt")
		comment = live.network.post(CUSTOMER, "It is model 7", reply_to=post)
		page = self.driver(live).fetch(COMMENTS, None, live.since)
		assert ids(page) == [comment] and page.messages[0].thread_id == post

	def test_a_wall_without_news_is_listed_and_no_post_of_it_read(self, live: Live):
		live.mention()
		_seen, cursor = all_of(self, live)
		driver = self.driver(live)
		calls = []
		asked = driver.graph.items
		driver.graph.items = lambda *args, **more: calls.append(args[0]) or asked(*args, **more)
		assert driver.fetch(COMMENTS, cursor).messages == ()
		assert set(calls) == {f"{live.account.external_id}/feed"}

	def test_a_post_that_is_deleted_while_we_read_stops_no_other(self):
		wall = {"data": [_post("1"), _post("2")]}
		with responses.RequestsMock() as mock:
			mock.get(_address("feed"), json=wall)
			mock.get(_address("100200300_1/comments"), json=error(100, 33), status=400)
			mock.get(_address("100200300_2/comments"), json={"data": [payload("comment")]})
			page = self.offline().fetch(COMMENTS, None, NOW.isoformat())
		assert (ids(page), page.more) == (["9001_1001"], False)

	def test_a_spent_quota_ends_the_page_and_the_next_one_goes_on(self):
		spent = {"X-App-Usage": '{"call_count": 97}'}
		with responses.RequestsMock() as mock:
			mock.get(_address("feed"), json={"data": [_post("1")]}, headers=spent)
			page = self.offline().fetch(COMMENTS, None, NOW.isoformat())
		assert page.more and page.rate.remaining == 0 and read_position(page.cursor).waiting

	def test_a_page_token_that_facebook_forgot_begins_the_post_again(self):
		told = Position(is_listed=True, waiting=(POST_ID,), inside="old", begun=1)
		with responses.RequestsMock() as mock:
			mock.get(_address("comments"), json=error(100), status=400)
			mock.get(_address("comments"), json={"data": [payload("comment")]})
			page = self.offline().fetch(COMMENTS, told.text())
		assert ids(page) == ["9001_1001"]
		assert read_position(page.cursor).waiting == () and page.more, "a long round is followed by another"

	def test_one_more_comment_than_before_is_news_even_if_an_old_one_stands_on_top(self):
		told = Position(floor=int(NOW.timestamp()) + 7200, counts={"1": 3})
		with responses.RequestsMock() as mock:
			mock.get(_address("feed"), json={"data": [_post("1", count=4)]})
			mock.get(_address("comments"), json={"data": []})
			self.offline().fetch(COMMENTS, told.text())

	def test_a_cursor_that_is_not_ours_is_a_gap(self):
		with self.answering("GET", 200, '{"data": []}'):
			page = self.offline().fetch(COMMENTS, '{"v": 99}', NOW.isoformat())
		assert page.gap and page.cursor


class TestCursor:
	def test_it_stays_small_when_thousands_write(self):
		position = Position(is_listed=True, waiting=("a",), begun=10_000)
		for second in range(3000):
			position = position.after_reading({f"9001_{second}": 9_000 + second // 3}, "next")
		closed = position.after_reading({}, "").closed()
		assert len(closed.known) <= MOST_KNOWN and closed.floor < 10_000
		assert all(at >= closed.floor for at in closed.known.values())

	def test_the_next_round_begins_before_this_one_began(self):
		position = Position(floor=100, waiting=("a",), begun=5_000, is_listed=True)
		closed = position.after_reading({"x": 9_000}, "").closed()
		assert closed.floor == 4_400, "what was written while we read elsewhere would be lost"

	def test_a_clock_of_the_network_that_is_ahead_loses_nothing(self):
		position = Position(floor=100, waiting=("a",), begun=99_000, is_listed=True)
		assert position.after_reading({"x": 9_000}, "").closed().floor == 8_400

	def test_it_is_read_as_it_was_written(self):
		position = Position(7, {"a": 8}, {"p": 2}, 8, 9, "l", 3, True, {"q": 1}, ("w",), "i")
		assert read_position(position.text()) == position


class TestMessenger(MessengerKit):
	def test_conversations_without_news_are_not_read(self, live: Live):
		live.mention("first")
		_seen, cursor = all_of(self, live)
		second = live.mention("second")
		page = self.driver(live).fetch(self.stream, cursor)
		assert ids(page) == [second]
		assert not self.driver(live).fetch(self.stream, page.cursor).messages

	def test_what_we_wrote_in_the_inbox_comes_as_ours(self, live: Live):
		live.mention("first")
		ours = live.network.post(live.company, "By hand", direct_to=CUSTOMER)
		page = self.driver(live).fetch(self.stream, None, live.since)
		assert [one.is_own for one in page.messages if one.external_id == ours] == [True]


class TestTagged(FacebookKit):
	def test_posts_that_tag_the_page(self, live: Live):
		live.now += timedelta(seconds=1)
		live.network.set_clock(live.now)
		posted = live.network.post(CUSTOMER, "look @heimwerk", place="tagged")
		(message,) = self.driver(live).fetch(Stream("tagged"), None, live.since).messages
		assert message.external_id == posted and message.kind is Kind.MENTION
		assert message.author.external_id == f"unknown:{posted}"


class TestSingle(FacebookKit):
	def test_a_hundred_are_asked_in_two_calls(self):
		wanted = [f"{PAGE_ID}_{number}" for number in range(100)]

		def told(request):
			asked = request.params["ids"].split(",")
			return 200, {}, json.dumps({one: payload("visitor_post") | {"id": one} for one in asked})

		with responses.RequestsMock() as mock:
			mock.add_callback("GET", ANYWHERE, told)
			found = self.offline().get(wanted)
			assert len(mock.calls) == 2
		assert list(found) == wanted and all(found.values())

	def test_posts_comments_and_messages_are_told_apart(self, live: Live):
		post = live.network.post(CUSTOMER, "a post")
		comment = live.network.post(CUSTOMER, "a comment", reply_to=post)
		message = live.network.post(CUSTOMER, "a message", direct_to=live.company)
		found = self.driver(live).get([post, comment, message])
		kinds = {name: found[name].kind for name in (post, comment, message)}
		assert kinds == {post: Kind.POST, comment: Kind.COMMENT, message: Kind.DIRECT_MESSAGE}


class TestUsage:
	def test_percentages_become_what_is_left(self):
		assert rate_of({}) is None
		assert rate_of({"X-App-Usage": '{"call_count": 28, "total_time": 75.5, "total_cputime": 3}'}) == Rate(
			24
		)
		assert rate_of({"X-App-Usage": "no json"}) is None

	def test_near_the_end_nothing_is_left_until_it_goes_on(self):
		told = {"1": [{"type": "pages", "call_count": 96, "estimated_time_to_regain_access": 0}]}
		date = {"Date": "Mon, 04 May 2026 08:00:00 GMT"}
		rate = rate_of({"X-Business-Use-Case-Usage": json.dumps(told), **date})
		assert rate == Rate(0, EIGHT + timedelta(minutes=10))
		told["1"][0]["estimated_time_to_regain_access"] = 25
		assert rate_of(
			{"X-Business-Use-Case-Usage": json.dumps(told), **date}
		).resets_at == EIGHT + timedelta(minutes=25)


def _post(number: str, count: int = 1) -> dict:
	newest = {"id": "9001_1", "created_time": "2026-05-04T09:00:00+0000"}
	return {"id": f"{PAGE_ID}_{number}", "comments": {"data": [newest], "summary": {"total_count": count}}}


def _address(end: str):

	return re.compile(rf".*/{end}\b.*")
