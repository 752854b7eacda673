"""What every driver that answers promises: published once, or known not to be."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

import pytest
import responses

from social_service.channels.errors import Ambiguous, ChannelError, Rejected, Throttled, Unavailable
from social_service.records import NotSent, Outgoing, Sent, Visibility
from tests.kit.driving import (
	HTML,
	DriverKit,
	Failure,
	Live,
	assert_is,
	assert_keeps_secrets,
	assert_speaks,
	closed_address,
)


class SendContract(DriverKit):
	"""Answering."""

	write_failures: Sequence[Failure] = ()
	write_path: str  # part of the path of the call that publishes
	write_method = "POST"
	has_key = False  # the network itself takes the same key once
	answers_privately = False  # a public post too: its author alone reads it
	private_link = ""  # where a customer can write to `account` in private

	def replying(self, live: Live, text: str, key: str = "key-1") -> Outgoing:
		return Outgoing(key, text, self.received(live), Visibility.PUBLIC, started_at=live.now)

	def published(self, live: Live, reply: Outgoing) -> list[dict]:
		entries = live.network.ledger()["published"]
		return [one for one in entries if one["reply_to"] == reply.to.external_id]

	def test_a_reply_is_published_under_the_post_it_answers(self, live: Live):
		reply = self.replying(live, "We are sorry. Which model is it?")
		sent = self.driver(live).send(reply)
		(entry,) = self.published(live, reply)
		assert entry["id"] == sent.external_id and entry["text"].endswith(reply.text)
		assert sent.url.startswith("http")

	def test_the_same_key_publishes_once(self, live: Live):
		if not self.has_key:
			pytest.skip("not supported: keys")
		reply = self.replying(live, "Only once, please.", key="the-same")
		assert self.driver(live).send(reply).external_id == self.driver(live).send(reply).external_id
		assert len(self.published(live, reply)) == 1

	def test_a_write_that_got_lost_on_the_way_back_is_found(self, live: Live):
		reply = self.replying(
			live, "It was published & we did not hear of it: https://heimwerk.example/a?b=1", key="k-2"
		)
		live.network.fail("timeout_after_write", method=self.write_method, path=self.write_path)
		with pytest.raises(Ambiguous) as raised:
			self.driver(live).send(reply)
		assert_speaks(raised.value)
		found = self.driver(live).reconcile(reply)
		assert isinstance(found, Sent)
		assert [found.external_id] == [one["id"] for one in self.published(live, reply)]

	def test_a_write_that_never_arrived_is_not_found(self, live: Live):
		reply = self.replying(live, "This one did not arrive.", key="k-3")
		earlier = self.driver(live).send(
			Outgoing("k-4", "An earlier answer.", reply.to, reply.visibility, live.now)
		)
		live.network.fail("html", method=self.write_method, path=self.write_path)
		with pytest.raises(Ambiguous):
			self.driver(live).send(reply)
		assert isinstance(self.driver(live).reconcile(reply), NotSent)
		again = self.driver(live).send(reply)
		assert [one["id"] for one in self.published(live, reply)] == [earlier.external_id, again.external_id]

	def test_our_own_reply_is_known_as_ours(self, live: Live):
		if not self.channel_class.capabilities.reads_single:
			pytest.skip("not supported: single posts")
		sent = self.driver(live).send(self.replying(live, "By us.", key="k-5"))
		assert self.driver(live).get([sent.external_id])[sent.external_id].is_own

	def test_a_reply_can_be_taken_back(self, live: Live):
		if not self.channel_class.capabilities.delete:
			pytest.skip("not supported: deleting")
		sent = self.driver(live).send(self.replying(live, "A mistake.", key="k-6"))
		self.driver(live).delete(sent.external_id)
		assert self.driver(live).get([sent.external_id]) == {sent.external_id: None}

	# --- in private ----------------------------------------------------------------------------------------

	def test_it_tells_where_a_customer_can_write_in_private(self):
		to = self.reply().to
		assert self.offline().private_link(to) == self.private_link
		unchecked = self.channel_class(self.connection("https://network.example", None))
		assert unchecked.private_link(to) == ""

	def test_a_private_answer_to_a_public_post_is_read_by_its_author_alone(self, live: Live):
		reply = replace(self.replying(live, "Which number is it?", key="k-7"), visibility=Visibility.PRIVATE)
		if reply.to.visibility is Visibility.PRIVATE:
			pytest.skip("not supported: public posts")
		assert self.driver(live).may_reply_privately(reply.to).allowed is self.answers_privately
		if self.answers_privately:
			self.driver(live).send(reply)
			(entry,) = self.published(live, reply)
			assert entry["visibility"] in ("private", "direct")  # as its network calls it
			return
		with pytest.raises(Rejected) as raised:
			self.driver(live).send(reply)
		assert_speaks(raised.value)
		assert self.published(live, reply) == []

	def test_what_was_said_in_private_is_answered_in_private_whoever_asks_for_more(self):
		to = replace(self.reply().to, visibility=Visibility.PRIVATE)
		assert Outgoing("key-1", "x", to, Visibility.PUBLIC).visibility is Visibility.PRIVATE

	@responses.activate
	def test_what_does_not_fit_is_not_sent(self):
		limit = self.offline().measure("x").limit
		for text in ("", "   ", "x" * (limit + 1)):
			with pytest.raises(Rejected) as raised:
				self.offline().send(self.reply(text))
			assert_speaks(raised.value)
		assert len(responses.calls) == 0

	def test_each_failure_of_a_write_is_the_right_error(self, caplog):
		caplog.set_level(logging.DEBUG)
		for row in (*COMMON_WRITE_FAILURES, *self.write_failures):
			with (
				self.answering(self.write_method, row.status, row.text, row.headers),
				pytest.raises(ChannelError) as raised,
			):
				self.offline().send(self.reply())
			assert_is(raised.value, row)
			assert_keeps_secrets(raised.value, caplog.text, self.secrets)

	def test_a_network_that_is_not_there_surely_did_not_get_it(self):
		driver = self.channel_class(self.connection(closed_address(), self.account, internal=["127.0.0.1"]))
		with pytest.raises(Unavailable):
			driver.send(self.reply())


COMMON_WRITE_FAILURES = (
	Failure(500, HTML, Ambiguous, {"retryable": False}),
	Failure(503, HTML, Ambiguous),
	Failure(200, HTML, Ambiguous),
	Failure(200, "{}", Ambiguous),
	Failure(200, "", Ambiguous),
	Failure(429, "{}", Throttled, {"retry_after": 17.0}, {"Retry-After": "17"}),
)
