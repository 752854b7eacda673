"""The contracts, and what is Google Business Profile's own: places, stars, translations, one answer to each review."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
import responses

from social_service.channels.errors import Ambiguous, NotSupported, PayloadInvalid, Rejected
from social_service.channels.google_business.review import original, parse, parse_reply, stars
from social_service.channels.reading import moment
from social_service.records import Kind, NotSent, Sent, Visibility
from tests.channels.google_business_kit import BERLIN, PLACE, GoogleBusinessKit, payload
from tests.channels.google_kit import HOST, SignInContract, refusal
from tests.kit.channel_contract import ChannelContract, SendContract
from tests.kit.driving import ANYWHERE, NOW, Live, ids

REVIEWS = f"{HOST}/v4/accounts/101/{PLACE}/reviews"


class TestGoogleBusiness(SignInContract, GoogleBusinessKit, ChannelContract, SendContract):
	# --- the account -------------------------------------------------------------------------------------

	@responses.activate
	def test_check_finds_every_place_once(self):
		accounts = [{"name": "accounts/101", "accountName": "Heimwerk"}, {"name": "accounts/102"}]
		responses.get(f"{HOST}/v1/accounts", json={"accounts": accounts[:1], "nextPageToken": "a"})
		responses.get(f"{HOST}/v1/accounts", json={"accounts": accounts[1:]})
		responses.get(f"{HOST}/v1/accounts/101/locations", json=payload("locations"))
		responses.get(f"{HOST}/v1/accounts/102/locations", json=payload("locations"))
		account = self.channel_class(self.connection(HOST, None)).check()
		assert (account.external_id, account.handle) == ("accounts/101", "Heimwerk")
		berlin, potsdam = account.limits["locations"]
		assert berlin["title"] == "Heimwerk, Berlin" and berlin["url"].startswith("https://maps")
		assert {berlin["account"], potsdam["account"]} == {"accounts/101"} and potsdam["url"] == ""

	@responses.activate
	def test_an_account_without_places_is_the_wrong_one(self):
		responses.get(ANYWHERE, json={})
		with pytest.raises(Rejected) as raised:
			self.offline().check()
		assert raised.value.reason == "no location"

	@responses.activate
	@pytest.mark.parametrize("told", [{"accounts": [{}]}, {"accounts": "x"}, []])
	def test_check_of_what_is_not_google(self, told):
		responses.get(ANYWHERE, json=told)
		with pytest.raises(PayloadInvalid):
			self.offline().check()

	def test_each_place_is_a_stream(self):
		assert [(one.key, one.label) for one in self.offline().streams()] == [
			("reviews:locations/201", "Heimwerk, Berlin"),
			("reviews:locations/202", "Heimwerk, Potsdam"),
		]

	@pytest.mark.parametrize("entered", ["202", "locations/202", "accounts/101/locations/202\n999"])
	def test_an_admin_may_choose_places(self, entered):
		connection = self.connection(HOST, self.account)
		channel = self.channel_class(
			replace(connection, options={**connection.options, "locations": entered})
		)
		assert [one.key for one in channel.streams()] == ["reviews:locations/202"]
		with pytest.raises(NotSupported):
			channel.fetch(self.stream, None, NOW.isoformat())

	# --- reviews -----------------------------------------------------------------------------------------

	def test_what_a_review_becomes(self):
		message = parse(payload("review"), BERLIN["url"])
		assert message.text == "★★☆☆☆\nThe drill smokes. Nobody answers the phone."
		assert (message.kind, message.visibility) == (Kind.REVIEW, Visibility.PUBLIC)
		assert message.external_id == message.thread_id == f"{PLACE}/reviews/AbFvOqk"
		assert message.sent_at == NOW and message.edited_at is None and message.is_addressed
		assert message.author.external_id == "AbFvOqk" and message.author.name == "Erika Brandt"
		assert message.url == BERLIN["url"] and message.author.handle == ""

	def test_stars_without_words_and_words_without_stars(self):
		assert parse(payload("review") | {"comment": None}).text == "★★☆☆☆"
		assert stars({"starRating": "FIVE"}) == "★★★★★" and stars({"starRating": "SIX"}) == stars({}) == ""

	@pytest.mark.parametrize(
		"comment",
		[
			"Toller Laden",
			"(Translated by Google) Great shop\n\n(Original)\nToller Laden",
			"Toller Laden\n\n(Translated by Google)\nGreat shop",
		],
	)
	def test_a_translation_is_left_out(self, comment):
		assert original(comment) == "Toller Laden"

	@pytest.mark.parametrize("digits", ["", ".5", ".045", ".045123", ".045123456"])
	def test_times_have_as_many_digits_as_google_likes(self, digits):
		review = payload("review") | {"updateTime": f"2026-05-04T09:00:00{digits}Z"}
		assert parse(review).edited_at.replace(microsecond=0) == datetime(2026, 5, 4, 9, tzinfo=timezone.utc)

	def test_a_changed_review_comes_again(self, live: Live):
		posted = live.mention("it smokes")
		page = self.driver(live).fetch(self.stream, None, live.since)
		live.mention("another")
		page = self.driver(live).fetch(self.stream, page.cursor)
		live.now = live.now.replace(hour=12)
		live.network.set_clock(live.now)
		live.network.edit(posted, "it burns")
		(message,) = self.driver(live).fetch(self.stream, page.cursor).messages
		assert message.external_id == posted and message.text == "it burns"
		assert message.edited_at == live.now

	def test_what_the_company_answered_at_google_is_ours(self, live: Live):
		posted = live.mention("it smokes")
		by_hand = live.network.post(self.company, "Please write to us", reply_to=posted)
		review, reply = self.driver(live).fetch(self.stream, None, live.since).messages
		assert (review.external_id, reply.external_id) == (posted, by_hand)
		assert reply.is_own and reply.parent_id == reply.thread_id == posted
		assert not self.offline().may_reply(reply).allowed and self.offline().may_reply(review).allowed

	def test_a_reply_that_can_not_be_read_hides_no_review(self):
		review = self.item(1001, "hello") | {"reviewReply": {"comment": "Thank you"}}
		page = self.page_of([review])
		assert ids(page) == [self.external_id(1001)] and page.unreadable == ()
		assert parse_reply(payload("review"), self.account) is None

	# --- pages -------------------------------------------------------------------------------------------

	def test_what_is_asked(self):
		with responses.RequestsMock() as mock:
			mock.get(ANYWHERE, json=self.answer([self.item(1, "x")]) | {"nextPageToken": "t2"})
			page = self.offline().fetch(self.stream, None, NOW.isoformat())
			mock.get(ANYWHERE, json={})
			self.offline().fetch(self.stream, page.cursor)
			first, second = (call.request for call in mock.calls)
		assert first.url.startswith(REVIEWS) and first.params["orderBy"] == "updateTime desc"
		assert first.params["pageSize"] == "50" and "pageToken" not in first.params
		assert second.params["pageToken"] == "t2"

	def test_a_refused_page_begins_the_round_again(self):
		with responses.RequestsMock() as mock:
			mock.get(ANYWHERE, json=self.answer([self.item(1, "x")]) | {"nextPageToken": "t2"})
			page = self.offline().fetch(self.stream, None, NOW.isoformat())
			mock.replace("GET", ANYWHERE, status=400, json=refusal(400, "INVALID_ARGUMENT"))
			mock.get(ANYWHERE, json=self.answer([self.item(2, "y"), self.item(1, "x")]))
			page = self.offline().fetch(self.stream, page.cursor)
		assert ids(page) == [self.external_id(2)] and not page.more

	def test_a_cursor_that_is_not_ours_begins_again(self):
		for cursor in ("{", "[]", '{"v": 9}', '{"v": 1, "odd": 1}'):
			with self.answering("GET", 200, self.body([self.item(1, "x")])):
				assert len(self.offline().fetch(self.stream, cursor).messages) == 1

	# --- answering ---------------------------------------------------------------------------------------

	def test_what_is_sent(self):
		with responses.RequestsMock() as mock:
			mock.put(ANYWHERE, json={"comment": "x", "updateTime": "2026-05-04T08:00:00Z"})
			sent = self.offline().send(self.reply(" Please write to us.\n"))
			request = mock.calls[0].request
		assert request.url == f"{REVIEWS}/AbF1001/reply"
		assert json.loads(request.body) == {"comment": "Please write to us."}
		assert sent == Sent(f"{self.external_id(1001)}/reply", BERLIN["url"], sent_at=NOW)

	def test_a_second_answer_replaces_the_first(self, live: Live):
		reply = self.replying(live, "We look into it.")
		first = self.driver(live).send(reply)
		second = self.driver(live).send(replace(reply, text="It is solved.", key="key-2"))
		assert first.external_id == second.external_id
		(ours,) = self.driver(live).get([second.external_id]).values()
		assert ours.text == "It is solved."
		assert isinstance(self.driver(live).reconcile(reply), NotSent)

	def test_reading_back_compares_words_not_blanks(self):
		with self.answering("GET", 200, json.dumps(payload("review") | payload("reply"))):
			assert isinstance(
				self.offline().reconcile(self.reply("We are sorry.\nPlease write to us.")), Sent
			)
			assert isinstance(self.offline().reconcile(self.reply("We are sorry.")), NotSent)

	def test_an_answer_that_another_one_may_have_replaced_is_not_sent_again(self):
		answered = json.dumps(payload("review") | payload("reply"))
		at = moment(payload("reply")["reviewReply"]["updateTime"])
		with self.answering("GET", 200, answered):
			for minutes in (-10, -1):
				reply = self.reply("The first.", started_at=at + timedelta(minutes=minutes))
				with pytest.raises(Ambiguous, match="replace"):
					self.offline().reconcile(reply)
			older = self.reply("The second.", started_at=at + timedelta(minutes=1))
			assert isinstance(self.offline().reconcile(older), NotSent)

	def test_what_can_not_be_read_back_stays_unknown(self):
		for odd in ("x", {"updateTime": "2026-05-04T08:00:00Z"}, {"comment": "Thanks"}):
			with (
				self.answering("GET", 200, json.dumps(payload("review") | {"reviewReply": odd})),
				pytest.raises(Ambiguous),
			):
				self.offline().reconcile(self.reply("Thanks"))

	@responses.activate
	def test_what_is_not_for_everybody_is_not_sent(self):
		with pytest.raises(Rejected) as raised:
			self.offline().send(self.reply(visibility=Visibility.PRIVATE))
		assert raised.value.reason == "not private"

	@responses.activate
	def test_a_review_of_a_place_that_is_gone(self):
		reply = self.reply()
		elsewhere = replace(reply.to, external_id="locations/999/reviews/AbF1")
		with pytest.raises(Rejected):
			self.offline().send(replace(reply, to=elsewhere))
		assert self.offline().get(["locations/999/reviews/AbF1"]) == {}, "it may be there still"
