"""What is Instagram's own: mentions that only a webhook names, replies that hide below old comments, what it refuses."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest
import responses

from social_service.channels.base import Stream
from social_service.channels.errors import (
	Ambiguous,
	AuthFailed,
	NotSupported,
	PayloadInvalid,
	Rejected,
)
from social_service.channels.instagram.content import parse_comment, parse_tag
from social_service.channels.meta import inbox
from social_service.channels.meta.cursor import Position
from social_service.records import Account, Change, Kind, Message, NotSent, Outgoing, Sent, Visibility
from tests.channels.instagram_kit import MEDIA_ID, OWN_ID, US, DirectKit, InstagramKit, payload
from tests.channels.meta_kit import error, lacking
from tests.kit.driving import CUSTOMER, NOW, Live, ids

IN_COMMENT, IN_CAPTION = "mention:17850007001:17840007000", "mention::17840007100"


class TestComments(InstagramKit):
	def all_of(self, live: Live, cursor: str | None = None) -> tuple[list[Message], str]:
		seen, more = [], True
		while more:
			page = self.driver(live).fetch(self.stream, cursor, live.since)
			seen, cursor, more = [*seen, *page.messages], page.cursor, page.more
		return seen, cursor

	def test_a_thread_comes_with_its_replies_in_the_order_of_writing(self):
		first, ours, third = self.page_of([payload("thread")]).messages
		assert [one.external_id[-1] for one in (first, ours, third)] == ["1", "2", "3"]
		assert (first.parent_id, third.parent_id) == (MEDIA_ID, "17850001001")
		assert {one.thread_id for one in (first, ours, third)} == {MEDIA_ID}
		assert (ours.is_own, ours.is_addressed, third.is_own) == (True, False, False)
		assert "replies" not in first.raw and first.url == "https://www.instagram.com/p/AbC/"
		assert first.author.external_id == "7001" and first.author.handle == "erika"

	def test_a_new_reply_to_an_old_comment_below_an_old_post_is_found(self, live: Live):
		old = live.network.post(live.company, "spring")
		comment = live.network.post(CUSTOMER, "And in summer?", reply_to=old)
		for number in range(110):  # it is on the second page of our posts now
			live.network.post(live.company, f"picture {number}")
		newest = live.mention("newest")
		_seen, cursor = self.all_of(live)
		live.now += timedelta(hours=5)
		live.network.set_clock(live.now)
		reply = live.network.post(CUSTOMER, "anybody?", reply_to=comment)
		(found,) = self.all_of(live, cursor)[0]
		assert (found.external_id, found.parent_id, found.thread_id) == (reply, comment, old) and newest

	def test_replies_that_did_not_all_come_along_are_read_after(self, live: Live):
		top = live.mention("who else?")
		replies = [live.network.post(CUSTOMER, f"me {number}", reply_to=top) for number in range(120)]
		seen, _cursor = self.all_of(live)
		assert sorted(one.external_id for one in seen) == sorted([top, *replies])

	def test_a_token_of_replies_that_instagram_forgot_reads_them_from_the_start(self):
		told = Position(is_listed=True, waiting=(f"{MEDIA_ID}/17850001001/old",))
		with responses.RequestsMock() as mock:
			mock.get(re.compile(r".*/replies\?.*after=old.*"), json=error(100), status=400)
			mock.get(re.compile(r".*/replies\?.*"), json={"data": payload("thread")["replies"]["data"]})
			page = self.offline().fetch(self.stream, told.text())
		assert ids(page) == ["17850001002", "17850001003"]
		assert {one.parent_id for one in page.messages} == {"17850001001"}

	def test_a_page_of_old_comments_does_not_end_the_reading(self):
		"""Behind them may stand one as old, with a new reply."""
		told = Position(floor=int(NOW.timestamp()) - 60, is_listed=True, waiting=(MEDIA_ID,))
		old = payload("comment") | {"id": "17850000001", "timestamp": "2026-01-01T00:00:00+0000"}
		paging = {"cursors": {"after": "second"}, "next": "https://graph.facebook.com/x"}
		with responses.RequestsMock() as mock:
			mock.get(re.compile(r".*/comments\?(?!.*after).*"), json={"data": [old], "paging": paging})
			mock.get(re.compile(r".*/comments\?.*after=second.*"), json={"data": [payload("thread")]})
			assert len(self.offline().fetch(self.stream, told.text()).messages) == 3

	def test_below_old_posts_nothing_is_read_at_first(self):
		old = {"id": "1", "timestamp": "2024-01-01T00:00:00+0000", "comments_count": 9}
		known = {"comments": {"data": [{"id": "5", "timestamp": "2024-01-02T00:00:00+0000"}]}}
		with responses.RequestsMock() as mock:
			mock.get(re.compile(r".*/media\?.*"), json={"data": [old | known]})
			page = self.offline().fetch(self.stream, None, NOW.isoformat())
		assert (page.messages, page.more) == ((), False)

	def test_a_comment_that_is_gone_makes_room_for_no_silence(self):
		"""One deleted, one new: the number is the same, the newest is not."""
		told = Position(floor=int(NOW.timestamp()), counts={MEDIA_ID: 3})
		with self.answering("GET", 200, json.dumps({"data": [payload("comment")]})):
			assert ids(self.offline().fetch(self.stream, told.text())) == ["17850001001"]

	def test_an_author_who_restricts_apps_is_unknown_and_stays_the_same(self):
		hidden = {key: one for key, one in payload("comment").items() if key not in ("from", "username")}
		authors = {parse_comment(hidden, US, MEDIA_ID).author.external_id for _time in range(2)}
		assert authors == {"unknown:17850001001"}
		assert not parse_comment(hidden, Account("", ""), MEDIA_ID).is_own


class TestMentions(InstagramKit):
	def fetched(self, key: str, body: dict, status: int = 200) -> tuple[Message, ...]:
		with responses.RequestsMock() as mock:
			mock.get(f"https://network.example/v26.0/{OWN_ID}", json=body, status=status)
			page = self.offline().fetch(Stream(key), None, None)
		assert (page.cursor, page.more) == (None, False)
		return page.messages

	def test_in_a_comment_of_somebody_elses_post(self):
		(message,) = self.fetched(IN_COMMENT, payload("mentioned_comment"))
		assert (message.external_id, message.thread_id) == (IN_COMMENT, "17840007000")
		assert message.kind is Kind.MENTION and message.is_addressed and message.author.handle == "erika"
		assert message.text == "@heimwerk what do you say?" and message.url.endswith("/QrS/")

	def test_in_a_caption(self):
		(message,) = self.fetched(IN_CAPTION, payload("mentioned_media"))
		assert message.external_id == IN_CAPTION and message.text == "Bought at @heimwerk"
		assert message.media == ("https://scontent.example/saw.jpg",)

	def test_below_our_own_post_it_is_a_comment_and_comes_as_one(self):
		told = payload("mentioned_comment")
		told["mentioned_comment"]["media"] |= {"owner": {"id": OWN_ID}}
		assert self.fetched(IN_COMMENT, told) == ()

	def test_what_is_gone_or_private_brings_nothing(self):
		assert self.fetched(IN_COMMENT, error(100, 33), 400) == ()
		assert self.fetched(IN_COMMENT, {"id": OWN_ID}) == ()

	def test_what_can_not_be_read_is_said(self):
		with pytest.raises(PayloadInvalid):
			self.fetched(IN_COMMENT, {"mentioned_comment": {"id": "1"}})

	def test_a_comment_that_a_webhook_named_is_fetched_alone(self):
		with self.answering("GET", 200, json.dumps(payload("comment"))):
			page = self.offline().fetch(Stream("comment:17850001001"), None, None)
		assert ids(page) == ["17850001001"] and page.messages[0].thread_id == MEDIA_ID

	def test_from_the_call_to_the_answer(self, live: Live):
		post = live.network.post(CUSTOMER, "Bought at @heimwerk")
		call = live.network.pushes()[-1]
		(key,) = self.driver(live).receive(call["body"].encode(), call["headers"]).due
		(message,) = self.driver(live).fetch(Stream(key), None, None).messages
		assert message.external_id == post
		assert self.driver(live).get([post])[post].text == message.text
		sent = self.driver(live).send(Outgoing("k", "Enjoy it!", message, Visibility.PUBLIC, live.now))
		entry = live.network.ledger()["published"][-1]
		assert (entry["id"], entry["reply_to"]) == (sent.external_id, post)

	def test_where_instagram_shows_nothing_a_person_looks(self):
		(message,) = self.fetched(IN_COMMENT, payload("mentioned_comment"))
		with pytest.raises(Ambiguous):
			self.offline().reconcile(Outgoing("k", "Hi", message, Visibility.PUBLIC, NOW))
		with pytest.raises(Rejected) as refused:
			self.offline().send(Outgoing("k", "Hi", message, Visibility.PRIVATE, NOW))
		assert refused.value.reason == "not allowed"

	def test_the_answer_names_comment_and_post(self):
		(message,) = self.fetched(IN_COMMENT, payload("mentioned_comment"))
		with responses.RequestsMock() as mock:
			mock.post(f"https://network.example/v26.0/{OWN_ID}/mentions", json={"id": "1"})
			self.offline().send(Outgoing("k", "Hi", message, Visibility.PUBLIC, NOW))
			told = json.loads(mock.calls[0].request.body)
		assert told == {"media_id": "17840007000", "comment_id": "17850007001", "message": "Hi"}


class TestTags(InstagramKit):
	def test_a_picture_that_tags_us(self, live: Live):
		live.now += timedelta(seconds=1)
		live.network.set_clock(live.now)
		posted = live.network.post(CUSTOMER, "look", place="tagged")
		(message,) = self.driver(live).fetch(Stream("tagged"), None, live.since).messages
		assert message.external_id == posted and message.author.external_id == "@erika"

	@responses.activate
	def test_it_takes_no_answer_of_an_app(self):
		tag = parse_tag(payload("tag"), US)
		assert not self.offline().may_reply(tag).allowed
		with pytest.raises(Rejected) as refused:
			self.offline().send(Outgoing("k", "Hi", tag, Visibility.PUBLIC))
		assert refused.value.reason == "not allowed" and not responses.calls

	@responses.activate
	def test_it_is_not_read_again(self):
		assert self.offline().get(["tag:17840005512"]) == {}


class TestAnswers(InstagramKit):
	def answer_to(self, live: Live, message_id: str, **changes: object) -> Outgoing:
		to = self.driver(live).get([message_id])[message_id]
		return replace(Outgoing("k", "Take model 7.", to, Visibility.PUBLIC, live.now), **changes)

	def test_who_answered_a_reply_is_answered_below_the_first_comment_by_name(self, live: Live):
		top = live.mention("Which saw?")
		reply = live.network.post(CUSTOMER, "anybody", reply_to=top)
		outgoing = self.answer_to(live, reply)
		sent = self.driver(live).send(outgoing)
		entry = live.network.ledger()["published"][-1]
		assert (entry["reply_to"], entry["text"]) == (top, "@erika Take model 7.")
		assert self.driver(live).reconcile(outgoing).external_id == sent.external_id

	def test_a_private_reply_is_given_once_and_found_again(self, live: Live):
		comment = live.mention("My number is secret")
		private = self.answer_to(live, comment, visibility=Visibility.PRIVATE)
		assert isinstance(self.driver(live).reconcile(private), NotSent)
		live.network.fail("timeout_after_write", method="POST", path="/messages")
		with pytest.raises(Ambiguous):
			self.driver(live).send(private)
		assert isinstance(self.driver(live).reconcile(private), Sent)
		with pytest.raises(Rejected) as refused:
			self.driver(live).send(private)
		assert refused.value.reason == "answered already"

	def test_a_private_reply_to_somebody_known_by_name_only_can_not_be_looked_up(self):
		to = parse_comment({**payload("comment"), "from": None}, US)
		with pytest.raises(Ambiguous):
			self.offline().reconcile(Outgoing("k", "Hi", to, Visibility.PRIVATE, NOW))

	def test_a_hidden_comment_takes_no_answer(self, live: Live):
		comment = self.received(live, "rude words")
		self.driver(live).hide(comment)
		(hidden,) = self.driver(live).get([comment.external_id]).values()
		assert not self.driver(live).may_reply(hidden).allowed

	def test_only_comments_below_our_posts_can_be_hidden_or_deleted(self):
		for name in ("aWdf1", IN_COMMENT, "tag:1"):
			message = replace(self.reply().to, external_id=name)
			for call in (self.offline().hide, self.offline().show, self.offline().remove):
				with pytest.raises(NotSupported):
					call(message)
			assert not self.offline().may_change(Change.HIDE, message).allowed
		with self.answering("DELETE", 400, json.dumps(error(100, 33))):
			self.offline().delete("17850001001")

	def test_the_permission_that_is_missing_is_named(self):
		lame = self.channel_class(self.connection("", replace(US, missing=("instagram_manage_comments",))))
		assert "instagram_manage_comments" in str(lame.may_reply(self.reply().to).reason)
		(row, *_rest) = lacking("instagram_manage_comments")
		with self.answering("GET", row.status, row.text), pytest.raises(AuthFailed) as refused:
			self.offline().get(["17850001001"])
		assert refused.value.permission == "instagram_manage_comments"


class TestDirect(DirectKit):
	def test_a_message_is_counted_in_bytes(self):
		length = self.offline().measure("Grüße", self.reply().to)
		assert (length.used, length.limit, length.unit) == (7, 1000, "bytes")
		with responses.RequestsMock(), pytest.raises(Rejected) as refused:
			self.offline().send(self.reply("ü" * 501))
		assert refused.value.reason == "too long" and "bytes" in str(refused.value)

	def test_after_a_day_it_is_a_person_who_answers_and_after_seven_nobody(self, monkeypatch):
		monkeypatch.setattr(inbox, "now", lambda: NOW + timedelta(days=2))
		with responses.RequestsMock() as mock:
			mock.post(re.compile(r".*/100200300/messages\b.*"), json={"message_id": "aWdf2"})
			self.offline().send(self.reply())
			assert json.loads(mock.calls[0].request.body)["tag"] == "HUMAN_AGENT"
		monkeypatch.setattr(inbox, "now", lambda: NOW + timedelta(days=8))
		may = self.offline().may_reply(self.reply().to)
		assert not may.allowed and may.until == NOW + timedelta(days=7)

	def test_ours_are_known_by_name_too(self):
		ours = payload("message") | {"from": {"username": "heimwerk", "id": "999"}}
		ours["to"] = {"data": [{"username": "erika", "id": "7001"}]}
		message = self.offline().inbox.parse(ours)
		assert message.is_own and message.thread_id == "instagram:7001"

	def test_a_message_that_was_taken_back_is_deleted(self, live: Live):
		sent = live.mention("oh no")
		live.network.delete(sent)
		call = live.network.pushes()[-1]
		assert self.driver(live).receive(call["body"].encode(), call["headers"]).deleted == (sent,)


class TestAccount(InstagramKit):
	def checked(self, page: dict) -> Account:
		with responses.RequestsMock() as mock:
			told = {"type": "PAGE", "scopes": ["instagram_basic", "pages_read_engagement"]}
			mock.get("https://network.example/v26.0/debug_token", json={"data": told})
			mock.get("https://network.example/v26.0/me", json=page)
			return self.channel_class(self.connection("https://network.example", None)).check()

	def test_the_account_is_found_through_its_page(self):
		account = self.checked(
			{"id": "9", "instagram_business_account": {"id": OWN_ID, "username": "heimwerk"}}
		)
		assert (account.external_id, account.handle, account.limits["page_id"]) == (OWN_ID, "heimwerk", "9")
		assert account.missing == (
			"instagram_manage_comments",
			"instagram_manage_messages",
			"pages_manage_metadata",
		)

	def test_a_page_without_an_account_is_said(self):
		with pytest.raises(Rejected) as refused:
			self.checked({"id": "9"})
		assert refused.value.reason == "no account"

	def test_a_stream_that_there_is_not(self):
		with pytest.raises(NotSupported):
			self.offline().fetch(Stream("stories"), None, None)
		with self.answering("GET", 200, "[]"), pytest.raises(PayloadInvalid):
			self.offline().fetch(Stream("tagged"), None, None)
