"""What is Facebook's own about answering: two levels, private replies, windows. And about its token and its webhook."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
import responses

from social_service.channels.errors import (
	Ambiguous,
	AuthFailed,
	AuthProblem,
	NotSupported,
	Rejected,
	SignatureInvalid,
)
from social_service.channels.meta import inbox
from social_service.records import Account, Author, Change, Kind, NotSent, Outgoing, Sent, Visibility
from social_service.rehearsal.meta_graph import APP_SECRET
from tests.channels.facebook_kit import PAGE_ID, US, CommentKit, FacebookKit, MessengerKit, payload
from tests.channels.meta_kit import TOKEN, VERIFY, error
from tests.kit.driving import ANYWHERE, CUSTOMER, NOW, Live


class TestBelowAPost(CommentKit):
	def answering_the(self, live: Live, message_id: str, **changes: object) -> Outgoing:
		page = self.driver(live).fetch(self.stream, None, live.since)
		to = next(one for one in page.messages if one.external_id == message_id)
		return replace(Outgoing("k", "Take model 7.", to, Visibility.PUBLIC, live.now), **changes)

	def test_who_answered_a_reply_is_answered_below_the_first_comment_by_name(self, live: Live):
		top = live.mention("Which saw?")
		live.network.add_person("jonas", "Jonas B.")
		reply = live.network.post("jonas", "I wonder too", reply_to=top)
		outgoing = self.answering_the(live, reply)
		sent = self.driver(live).send(outgoing)
		entry = next(one for one in live.network.ledger()["published"] if one["id"] == sent.external_id)
		assert (entry["reply_to"], entry["text"]) == (top, "@Jonas B. Take model 7.")
		assert self.driver(live).reconcile(outgoing).external_id == sent.external_id

	def test_what_a_customer_repeats_or_we_said_long_ago_is_not_our_reply(self):
		ours = {"id": "9001_7", "from": {"id": PAGE_ID}, "message": "Thank you", "created_time": _at(NOW)}
		reply = self.reply("Thank you", started_at=NOW)
		for change in (
			{"from": {"id": "7001"}},
			{"created_time": _at(NOW - timedelta(hours=1))},
			{"message": "Thanks"},
		):
			with self.answering("GET", 200, json.dumps({"data": [ours | change]})):
				assert isinstance(self.offline().reconcile(reply), NotSent), change
		with self.answering("GET", 200, json.dumps({"data": [ours]})):
			assert self.offline().reconcile(reply).external_id == "9001_7"

	def test_comments_that_can_not_be_read_leave_it_open(self):
		odd = {"id": "9001_7", "from": {"id": PAGE_ID}, "message": "Thank you", "created_time": "soon"}
		with self.answering("GET", 200, json.dumps({"data": [odd]})), pytest.raises(Ambiguous):
			self.offline().reconcile(self.reply("Thank you", started_at=NOW))

	def test_the_name_counts(self, live: Live):
		top = live.mention("Which saw?")
		reply = live.network.post(CUSTOMER, "and which drill", reply_to=top)
		to = self.answering_the(live, reply).to
		assert self.driver(live).measure("Hi", to).used == len("@Erika Hi")
		assert self.driver(live).measure("Hi @Erika", to).used == len("Hi @Erika")

	def test_a_private_reply_is_given_once_and_found_again(self, live: Live):
		comment = live.mention("My number is secret")
		private = self.answering_the(live, comment, visibility=Visibility.PRIVATE)
		live.network.fail("timeout_after_write", method="POST", path="/messages")
		with pytest.raises(Exception, match="did not answer"):
			self.driver(live).send(private)
		found = self.driver(live).reconcile(private)
		assert isinstance(found, Sent) and found.external_id.startswith("m_")
		with pytest.raises(Rejected) as refused:
			self.driver(live).send(private)
		assert refused.value.reason == "answered already"
		entries = [one for one in live.network.ledger()["published"] if one["reply_to"] == comment]
		assert [one["visibility"] for one in entries] == ["private"]

	def test_a_private_reply_to_a_post_can_not_be_looked_up(self):
		with pytest.raises(Ambiguous):
			self.offline().reconcile(self.reply(visibility=Visibility.PRIVATE))

	def test_a_private_reply_that_never_left_is_not_found(self, live: Live):
		private = self.answering_the(live, live.mention("psst"), visibility=Visibility.PRIVATE)
		assert not isinstance(self.driver(live).reconcile(private), Sent)

	@responses.activate
	def test_after_seven_days_no_private_reply_leaves(self, monkeypatch):
		monkeypatch.setattr(inbox, "now", lambda: NOW + timedelta(days=7, seconds=1))
		with pytest.raises(Rejected) as refused:
			self.offline().send(self.reply(visibility=Visibility.PRIVATE))
		assert refused.value.reason == "window closed" and not responses.calls

	@responses.activate
	def test_a_private_reply_is_shorter(self):
		with pytest.raises(Rejected) as refused:
			self.offline().send(self.reply("x" * 2001, visibility=Visibility.PRIVATE))
		assert refused.value.reason == "too long"

	def test_a_comment_that_takes_no_answers(self):
		closed = replace(self.reply().to, reply_hint={"closed": True})
		assert not self.offline().may_reply(closed).allowed
		assert self.offline().may_reply(self.reply().to).allowed

	def test_direct_messages_and_what_only_tags_us_are_not_changed(self):
		driver, comment = self.offline(), self.reply().to
		message = replace(comment, external_id="m_1")
		for call in (driver.hide, driver.show, driver.remove):
			with pytest.raises(NotSupported):
				call(message)
		assert not driver.may_change(Change.DELETE_ANSWER, replace(message, is_own=True)).allowed
		assert driver.may_change(Change.HIDE, replace(comment, kind=Kind.COMMENT)).allowed
		assert not driver.may_change(Change.HIDE, replace(comment, kind=Kind.MENTION)).allowed

	def test_nobody_knows_whom_to_block_where_facebook_hides_who_wrote_it(self):
		hidden = replace(self.reply().to, kind=Kind.COMMENT, author=Author("unknown:9001_1"))
		told = self.offline().may_change(Change.BLOCK, hidden)
		assert not told.allowed and "Facebook does not say" in str(told.reason)

	def test_a_permission_that_is_missing_is_said_before(self):
		lame = self.channel_class(self.connection("", replace(US, missing=("pages_manage_engagement",))))
		told = lame.may_change(Change.HIDE, replace(self.reply().to, kind=Kind.COMMENT))
		assert not told.allowed and "pages_manage_engagement" in str(told.reason)

	def test_facebook_says_whether_it_blocked_them(self):
		with self.answering("POST", 200, '{"4711": false}'), pytest.raises(Rejected):
			self.offline().block(self.reply().to)

	def test_deleting_what_is_gone_already_is_done(self):
		with self.answering("DELETE", 400, json.dumps(error(100, 33))):
			self.offline().delete("9001_1")
		with pytest.raises(NotSupported):
			self.offline().delete("m_1")


class TestWindow(MessengerKit):
	def sent_after(self, monkeypatch, age: timedelta) -> dict:
		monkeypatch.setattr(inbox, "now", lambda: NOW + age)
		with responses.RequestsMock() as mock:
			mock.post(ANYWHERE, json={"recipient_id": "7001", "message_id": "m_9"})
			assert self.offline().send(self.reply()).external_id == "m_9"
			return json.loads(mock.calls[0].request.body)

	def test_within_a_day_it_is_an_answer_and_within_seven_that_of_a_person(self, monkeypatch):
		soon = self.sent_after(monkeypatch, timedelta(hours=23))
		assert (soon["messaging_type"], soon.get("tag")) == ("RESPONSE", None)
		late = self.sent_after(monkeypatch, timedelta(hours=25))
		assert (late["messaging_type"], late["tag"]) == ("MESSAGE_TAG", "HUMAN_AGENT")
		assert late["recipient"] == {"id": "7001"}

	@responses.activate
	def test_later_it_is_refused_and_said_until_when_it_was_allowed(self, monkeypatch):
		to, driver = self.reply().to, self.offline()
		assert driver.may_reply(to).allowed and driver.may_reply(to).until == NOW + timedelta(days=7)
		monkeypatch.setattr(inbox, "now", lambda: NOW + timedelta(days=8))
		may = driver.may_reply(to)
		assert not may.allowed and "7 days" in str(may.reason) and may.until == NOW + timedelta(days=7)
		with pytest.raises(Rejected) as refused:
			driver.send(self.reply())
		assert refused.value.reason == "window closed" and not responses.calls

	def test_the_network_refuses_as_we_do(self, live: Live):
		reply = Outgoing("k", "late", self.received(live), Visibility.PRIVATE, live.now)
		live.network.set_clock(live.now + timedelta(days=8))
		with pytest.raises(Rejected) as refused:
			self.driver(live).send(reply)
		assert refused.value.reason == "window closed"

	def test_what_we_said_long_ago_is_not_our_reply(self):
		ours = {"from": {"id": PAGE_ID}, "to": {"data": [{"id": "7001"}]}, "message": "Thank you"}
		for at, kind in ((NOW, Sent), (NOW - timedelta(hours=1), NotSent)):
			item = payload("message") | ours | {"created_time": _at(at)}
			with self.answering("GET", 200, json.dumps({"data": [item]})):
				assert isinstance(self.offline().reconcile(self.reply("Thank you", started_at=NOW)), kind)

	def test_a_conversation_that_is_not_shown_leaves_it_open(self):
		with responses.RequestsMock() as mock, pytest.raises(Ambiguous):
			mock.get(ANYWHERE, json={"data": []})
			self.offline().reconcile(self.reply())

	def test_our_own_message_is_not_answered(self):
		assert not self.offline().may_reply(replace(self.reply().to, is_own=True)).allowed

	@responses.activate
	def test_a_message_to_nobody_stays_here(self):
		nobody = replace(self.reply().to, reply_hint={})
		with pytest.raises(Rejected) as refused:
			self.offline().send(self.reply(to=nobody))
		assert refused.value.reason == "no person"


class TestAccount(FacebookKit):
	def checked(self, **told: object) -> Account:
		with responses.RequestsMock() as mock:
			mock.get(
				"https://network.example/v26.0/debug_token",
				json={"data": payload("debug_token")["data"] | told},
			)
			mock.get("https://network.example/v26.0/me", json={"id": PAGE_ID, "name": "Heimwerk"})
			return self.channel_class(self.connection("https://network.example", None)).check()

	def test_missing_permissions_are_named(self):
		account = self.checked()
		assert account.missing == ("pages_read_user_content", "pages_manage_engagement")
		may = self.channel_class(self.connection("", account)).may_reply(self.reply().to)
		assert not may.allowed and "pages_manage_engagement" in str(may.reason)

	def test_the_sign_in_ends_where_the_access_to_data_ends(self):
		driver = self.channel_class(self.connection("", self.checked()))
		assert driver.sign_in().until == datetime.fromtimestamp(1785000000, timezone.utc)
		assert driver.sign_in().since == datetime.fromtimestamp(1777000000, timezone.utc)
		silent = self.channel_class(self.connection("", self.checked(issued_at=None))).sign_in()
		assert silent.until - silent.since == timedelta(days=60)
		forever = self.checked(data_access_expires_at=0)
		assert self.channel_class(self.connection("", forever)).sign_in() is None

	def test_a_token_of_a_person_is_not_taken(self):
		with responses.RequestsMock() as mock, pytest.raises(AuthFailed) as refused:
			mock.get(ANYWHERE, json={"data": {"type": "USER", "scopes": []}})
			self.channel_class(self.connection("https://network.example", None)).check()
		assert "/me/accounts" in str(refused.value.sentence)

	def test_where_meta_does_not_tell_of_the_token_nothing_is_missing(self):
		with responses.RequestsMock() as mock:
			mock.get("https://network.example/v26.0/debug_token", json=error(100), status=400)
			mock.get("https://network.example/v26.0/me", json={"id": PAGE_ID, "name": "Heimwerk"})
			account = self.channel_class(self.connection("https://network.example", None)).check()
		assert (account.missing, account.handle) == ((), "Heimwerk")

	def test_a_token_that_is_revoked_is_said(self):
		with self.answering("GET", 400, json.dumps(error(190, 460))), pytest.raises(AuthFailed) as refused:
			self.offline().check()
		assert refused.value.problem is AuthProblem.REVOKED

	@responses.activate
	def test_every_call_proves_that_we_know_the_apps_secret(self):
		responses.get(ANYWHERE, json={"data": []})
		self.offline().fetch(self.stream, None, NOW.isoformat())
		request = responses.calls[0].request
		proof = hmac.new(APP_SECRET.encode(), TOKEN.encode(), hashlib.sha256).hexdigest()
		assert request.params["appsecret_proof"] == proof
		assert request.headers["Authorization"] == f"Bearer {TOKEN}" and TOKEN not in request.url

	@responses.activate
	def test_without_an_address_metas_own_is_asked(self):
		responses.get(ANYWHERE, json={"data": []})
		self.channel_class(self.connection("", US)).fetch(self.stream, None, NOW.isoformat())
		assert responses.calls[0].request.url.startswith("https://graph.facebook.com/v26.0/")


class TestChallenge(FacebookKit):
	def test_metas_question_is_answered_to_who_knows_our_token(self):
		asked = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": VERIFY}
		assert self.offline().challenge(asked) == "1158201444"
		for wrong in ({"hub.verify_token": "guess"}, {"hub.mode": "unsubscribe"}, {"hub.challenge": ""}):
			with pytest.raises(SignatureInvalid):
				self.offline().challenge(asked | wrong)
		with pytest.raises(SignatureInvalid):
			self.offline().challenge({})


class TestPushes(FacebookKit):
	def test_an_edit_carries_its_time_and_comes_after_what_it_changed(self):
		body = json.dumps(payload("webhook")).encode()
		page = self.offline().receive(body, self.signed(body))
		first, last = page.messages[0], page.messages[-1]
		assert (first.external_id, last.external_id) == ("9001_1001", "9001_1001")
		assert first.edited_at is None and last.edited_at > last.sent_at and last.text.endswith("!")

	def test_what_is_pushed_is_what_is_read(self, live: Live):
		posted = live.network.post(CUSTOMER, "the drill smokes")
		push = live.network.pushes()[-1]
		(pushed,) = self.driver(live).receive(push["body"].encode(), push["headers"]).messages
		page = self.driver(live).fetch(self.stream, None, live.since)
		(read,) = (one for one in page.messages if one.external_id == posted)
		assert replace(pushed, raw={}, url="") == replace(read, raw={}, url="")

	def test_a_comment_is_pushed_as_it_is_read(self, live: Live):
		post = live.network.post(CUSTOMER, "the drill smokes")
		comment = live.network.post(CUSTOMER, "a lot", reply_to=post)
		live.network.post(CUSTOMER, "really", reply_to=comment)
		pushed = []
		for push in live.network.pushes()[-2:]:
			pushed += self.driver(live).receive(push["body"].encode(), push["headers"]).messages
		read = self.driver(live).fetch(replace(self.stream, key="comments"), None, live.since).messages
		known = (
			"external_id",
			"thread_id",
			"parent_id",
			"author",
			"text",
			"sent_at",
			"is_addressed",
			"reply_hint",
		)
		assert [[getattr(one, name) for name in known] for one in pushed] == [
			[getattr(one, name) for name in known] for one in read
		]

	def test_a_broken_event_stops_no_other(self):
		told = payload("webhook")
		told["entry"][0]["changes"][2]["value"]["created_time"] = "soon"
		told["entry"][1]["changes"][0]["value"]["created_time"] = "soon"
		told["entry"][0]["changes"].append("?")
		body = json.dumps(told).encode()
		page = self.offline().receive(body, self.signed(body))
		assert "9001_1002" in [one.external_id for one in page.messages]  # its second copy is whole
		assert [one.external_id for one in page.unreadable] == ["100200300_5511"]


def _at(moment: datetime) -> str:
	return moment.strftime("%Y-%m-%dT%H:%M:%S+0000")
