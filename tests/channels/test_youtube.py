"""The contracts, and what is YouTube's own: two levels of comments, names in answers, units."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
import responses

from social_service.channels.base import Stream
from social_service.channels.errors import Ambiguous, AuthFailed, NotSupported, PayloadInvalid, Rejected
from social_service.channels.youtube.comment import Thread, names, parse, thread_of
from social_service.records import Author, Change, Kind, NotSent, Sent, Visibility
from tests.channels.google_kit import HOST, SignInContract, old_refusal
from tests.channels.youtube_kit import OWN, YouTubeKit, payload
from tests.kit.channel_contract import ChannelContract, SendContract
from tests.kit.driving import ANYWHERE, CUSTOMER, NOW, Live

API = f"{HOST}/youtube/v3"


class TestYouTube(SignInContract, YouTubeKit, ChannelContract, SendContract):
	# --- the account -------------------------------------------------------------------------------------

	@responses.activate
	def test_check_says_whose_channel_it_is(self):
		responses.get(f"{API}/channels", json=payload("channels"))
		account = self.channel_class(self.connection(HOST, None)).check()
		assert (account.external_id, account.handle, account.name) == (
			"UCheimwerk0001",
			"heimwerk",
			"Heimwerk",
		)

	@responses.activate
	def test_an_account_without_a_channel_is_the_wrong_one(self):
		responses.get(ANYWHERE, json={"items": []})
		with pytest.raises(AuthFailed) as raised:
			self.offline().check()
		assert raised.value.permission == "no channel"

	@responses.activate
	@pytest.mark.parametrize(
		"told", [{"items": [{}]}, {"items": ["x"]}, {"items": [{"id": 1, "snippet": None}]}]
	)
	def test_check_of_what_is_not_youtube(self, told):
		responses.get(ANYWHERE, json=told)
		with pytest.raises(PayloadInvalid):
			self.offline().check()

	def test_a_stream_that_is_not_there(self):
		with pytest.raises(NotSupported):
			self.offline().fetch(Stream("videos"), None)
		with pytest.raises(NotSupported):
			self.channel_class(self.connection(HOST, None)).fetch(self.stream, None)

	# --- comments ----------------------------------------------------------------------------------------

	def test_what_a_comment_becomes(self):
		thread = payload("thread")
		message = parse(thread["snippet"]["topLevelComment"], OWN, thread_of(thread))
		assert (message.external_id, message.thread_id, message.parent_id) == ("UgxTop", "UgxTop", "")
		assert (message.kind, message.text, message.sent_at) == (
			Kind.COMMENT,
			"The drill smokes & stinks",
			NOW,
		)
		assert message.url == "https://www.youtube.com/watch?v=dQdrill0001&lc=UgxTop"
		assert message.author.handle == "erika" and message.author.external_id == "UCerika"
		assert message.author.url.startswith("https://") and message.is_addressed and not message.is_own

	def test_what_a_reply_becomes(self):
		reply = payload("reply")
		message = parse(reply, OWN, Thread("UgxTop", "dQdrill0001", "UCerika"))
		assert (message.external_id, message.thread_id, message.parent_id) == (
			"UgxTop.9a",
			"UgxTop",
			"UgxTop",
		)
		assert message.url.endswith("watch?v=dQdrill0001&lc=UgxTop.9a")
		assert message.edited_at == datetime(2026, 5, 4, 9, 30, tzinfo=timezone.utc)

	@pytest.mark.parametrize(
		("by", "text", "thread_by", "is_addressed"),
		[
			("UCjonas", "me too", "UCerika", False),
			("UCerika", "it still smokes", "UCerika", True),
			("UCjonas", "@Heimwerk me too", "UCerika", True),
			("UCjonas", "@heimwerk-fan me too", "UCerika", False),
			("UCjonas", "thank you", OWN.external_id, True),
			(OWN.external_id, "@erika we look into it", "UCerika", False),
		],
	)
	def test_which_replies_speak_to_us(self, by, text, thread_by, is_addressed):
		reply = payload("reply")
		reply["snippet"] |= {"authorChannelId": {"value": by}, "textDisplay": text}
		message = parse(reply, OWN, Thread("UgxTop", "", thread_by))
		assert message.is_addressed is is_addressed and message.is_own is (by == OWN.external_id)

	def test_an_account_that_was_deleted_has_a_name_only(self):
		reply = payload("reply")
		del reply["snippet"]["authorChannelId"]
		assert parse(reply, OWN).author.external_id == "name:@jonas"

	def test_a_name_is_a_whole_word(self):
		assert names("hi @Erika.", "erika") is False and names("hi @Erika, so", "@erika")
		assert not names("a@erika", "erika") and not names("@erika2", "erika") and not names("@", "")

	def test_an_edit_is_seen(self, live: Live):
		posted = live.mention("it smokes")
		live.now += timedelta(minutes=5)
		live.network.set_clock(live.now)
		live.network.edit(posted, "it burns")
		message = self.driver(live).get([posted])[posted]
		assert (message.text, message.edited_at) == ("it burns", live.now)

	def test_what_was_said_before_a_reply(self, live: Live):
		top = live.mention("it smokes")
		said = []
		for text in ("mine, too", "and mine", "later"):
			live.now += timedelta(seconds=1)
			live.network.set_clock(live.now)
			said.append(live.network.post(CUSTOMER, text, reply_to=top))
		driver = self.driver(live)
		messages = driver.get([top, *said])
		before = driver.thread(messages[said[1]])
		assert [one.external_id for one in before] == [top, said[0]]
		assert {one.thread_id for one in before} == {top} and driver.thread(messages[top]) == ()

	def test_many_are_asked_in_batches_and_a_broken_one_is_left_out(self):
		with responses.RequestsMock() as mock:
			asked = mock.get(
				f"{API}/comments", json={"items": [{"id": "1", "snippet": {}}, "?", payload("reply")]}
			)
			found = self.offline().get(["1", "2", "UgxTop.9a", *(str(one) for one in range(100, 200))])
		assert asked.call_count == 3 and "1" not in found and found["2"] is None
		assert found["UgxTop.9a"].text == "@erika mine, too"

	# --- answering ---------------------------------------------------------------------------------------

	def to(self, **changes: object):
		author = Author("UCjonas", "jonas", "@jonas")
		url = "https://www.youtube.com/watch?v=dQdrill0001&lc=UgxTop.9a"
		to = replace(self.reply().to, external_id="UgxTop.9a", parent_id="UgxTop", author=author, url=url)
		return replace(self.reply("Which model is it?"), to=replace(to, **changes))

	def test_an_answer_to_a_reply_stands_below_the_comment_and_names_the_person(self):
		with responses.RequestsMock() as mock:
			mock.post(f"{API}/comments", json=payload("sent"))
			sent = self.offline().send(self.to())
			request = mock.calls[0].request
		assert json.loads(request.body) == {
			"snippet": {"parentId": "UgxTop", "textOriginal": "@jonas Which model is it?"}
		}
		assert request.params["part"] == "snippet"
		assert sent == Sent(
			"UgxTop.9b", "https://www.youtube.com/watch?v=dQdrill0001&lc=UgxTop.9b", sent_at=NOW
		)

	def test_the_name_counts_and_is_not_said_twice(self):
		channel, to = self.offline(), self.to().to
		assert channel.measure("hi", to).used == len("@jonas hi")
		assert channel.measure("@Jonas hi", to).used == len("@Jonas hi")
		assert channel.measure("hi", replace(to, parent_id="")).used == 2
		with pytest.raises(Rejected):
			channel.send(replace(self.to(), text="x" * 9_999))

	def test_an_answer_to_a_reply_is_found_again(self, live: Live):
		top = live.mention("it smokes")
		live.network.post(CUSTOMER, "and stinks", reply_to=top)
		page = self.driver(live).fetch(Stream("replies"), None, live.since)
		message = self.driver(live).fetch(Stream("replies"), page.cursor).messages[0]
		reply = replace(self.reply("By us.", started_at=live.now), to=message)
		live.network.fail("timeout_after_write", method="POST", path="/comments")
		with pytest.raises(Ambiguous):
			self.driver(live).send(reply)
		assert isinstance(self.driver(live).reconcile(reply), Sent)
		later = replace(reply, started_at=live.now + timedelta(hours=1))
		assert isinstance(self.driver(live).reconcile(later), NotSent), "an older one with the same words"

	def test_below_a_comment_that_is_gone_there_is_no_answer(self):
		with self.answering("GET", 404, json.dumps(old_refusal(404, "parentCommentNotFound"))):
			assert isinstance(self.offline().reconcile(self.reply()), NotSent)

	def test_what_can_not_be_read_back_stays_unknown(self):
		many = self.answer([payload("reply")]) | {"nextPageToken": "on and on"}
		for told in (self.answer(["?"]), self.answer([{"id": "1"}]), many):
			with self.answering("GET", 200, json.dumps(told)), pytest.raises(Ambiguous):
				self.offline().reconcile(self.reply())

	@responses.activate
	def test_what_is_not_for_everybody_is_not_sent(self):
		with pytest.raises(Rejected) as raised:
			self.offline().send(self.reply(visibility=Visibility.PRIVATE))
		assert raised.value.reason == "not private"

	def test_our_own_comments_are_not_answered(self):
		assert not self.offline().may_reply(replace(self.to().to, is_own=True)).allowed
		assert self.offline().may_reply(self.to().to).allowed

	def test_what_is_held_back_comes_again_and_what_is_rejected_never(self, live: Live):
		message = self.received(live, "rude")
		self.driver(live).hide(message)
		assert self.driver(live).get([message.external_id]) == {message.external_id: None}
		self.driver(live).show(message)
		assert self.driver(live).get([message.external_id])[message.external_id]
		self.driver(live).remove(message)
		with pytest.raises(Rejected):
			self.driver(live).show(message)

	@pytest.mark.parametrize(
		("verb", "asked"),
		[
			("hide", {"moderationStatus": "heldForReview"}),
			("show", {"moderationStatus": "published"}),
			("remove", {"moderationStatus": "rejected"}),
			("block", {"moderationStatus": "rejected", "banAuthor": "true"}),
		],
	)
	def test_what_youtube_is_asked(self, verb, asked):
		message = self.to().to
		with responses.RequestsMock() as mock:
			mock.post(f"{API}/comments/setModerationStatus", status=204)
			getattr(self.offline(), verb)(message)
			assert mock.calls[0].request.params == {"id": message.external_id, **asked}

	def test_who_has_no_channel_any_more_can_not_be_blocked(self):
		message = replace(self.to().to, author=Author("name:Erika"))
		assert not self.offline().may_change(Change.BLOCK, message).allowed
		assert self.offline().may_change(Change.DELETE, message).allowed

	def test_only_our_own_can_be_deleted(self, live: Live):
		with pytest.raises(Rejected):
			self.driver(live).delete(live.mention("not ours"))
