"""Answering on Telegram: where it goes, what it holds, what stops it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import responses

from social_service.channels.errors import Rejected, Throttled
from social_service.records import Sent, Visibility
from tests.channels.telegram_kit import GROUP, METHODS, TelegramKit, parsed, payload
from tests.kit.driving import CUSTOMER, NOW, Live


class TestSend(TelegramKit):
	def body_of(self, reply) -> dict:
		with responses.RequestsMock() as mock:
			mock.post(f"{METHODS}/sendMessage", json=payload("sent"))
			self.sent = self.offline().send(reply)
			return json.loads(mock.calls[0].request.body)

	def test_what_is_sent_into_a_group(self):
		body = self.body_of(replace(self.reply(" Which model is it?\n"), to=parsed("mention")))
		assert body == {
			"chat_id": GROUP,
			"text": "Which model is it?",
			"reply_parameters": {"message_id": 311},
		}
		at = NOW.replace(minute=5, second=10)
		assert self.sent == Sent(f"{GROUP}:330", "https://t.me/heimwerk_community/330", sent_at=at)

	def test_a_private_answer_arrives_although_the_question_was_deleted(self, live: Live):
		asked = live.network.post(CUSTOMER, "my order", direct_to=self.company)
		(message,) = self.driver(live).fetch(self.stream, None, live.since).messages[-1:]
		assert message.external_id == asked and message.visibility is Visibility.PRIVATE
		live.network.delete(asked)
		self.driver(live).send(replace(self.reply("It is on its way."), to=message))
		entry = live.network.ledger()["published"][-1]
		assert entry["text"] == "It is on its way." and entry["visibility"] == "private"

	def test_a_public_answer_to_what_is_gone_is_refused(self, live: Live):
		message = self.driver(live).fetch(self.stream, None, live.since)
		posted = live.mention()
		message = self.driver(live).fetch(self.stream, message.cursor).messages[0]
		live.network.delete(posted)
		with pytest.raises(Rejected) as raised:
			self.driver(live).send(replace(self.reply(), to=message))
		assert raised.value.reason == "refused" and "message to be replied not found" in str(raised.value)

	def test_a_private_answer_never_goes_into_the_group(self):
		with pytest.raises(Rejected) as raised:
			self.offline().send(replace(self.reply(), visibility=Visibility.PRIVATE))
		assert raised.value.reason == "not private"

	def test_a_group_takes_so_many_messages_in_a_minute(self, live: Live):
		live.mention()
		message = self.driver(live).fetch(self.stream, None, live.since).messages[-1]
		with pytest.raises(Throttled) as raised:
			for number in range(30):
				self.driver(live).send(replace(self.reply(f"answer {number}"), to=message))
		assert 0 < raised.value.retry_after <= 60

	def test_our_own_messages_are_not_answered(self):
		assert not self.offline().may_reply(parsed("channel_post")).allowed
		assert self.offline().may_reply(parsed("comment")).allowed

	def test_an_answer_to_a_comment_stays_in_its_thread(self, live: Live):
		post = live.network.post(self.company, "New: the cordless hammer drill")
		live.network.post(CUSTOMER, "Does it fit?", reply_to=post)
		own, opening, comment = self.driver(live).fetch(self.stream, None, live.since).messages[-3:]
		assert (own.is_own, opening.is_own, comment.is_own) == (True, True, False)
		assert own.external_id == post and comment.thread_id == opening.external_id
		assert comment.is_addressed and comment.parent_id == opening.external_id
		sent = self.driver(live).send(replace(self.reply("It does."), to=comment))
		entry = live.network.ledger()["published"][-1]
		assert (entry["id"], entry["reply_to"]) == (sent.external_id, comment.external_id)

	def test_what_the_company_answers_by_hand_is_ours(self, live: Live):
		asked = live.mention()
		live.network.post(self.company, "We are on it", reply_to=asked)
		*_more, by_hand = self.driver(live).fetch(self.stream, None, live.since).messages
		assert by_hand.is_own and by_hand.parent_id == asked

	def test_an_edit_is_told(self, live: Live):
		posted = live.mention("it smokes")
		live.network.edit(posted, f"@{self.company} it burns")
		first, again = self.driver(live).fetch(self.stream, None, live.since).messages[-2:]
		assert first.external_id == again.external_id == posted
		assert again.text.endswith("it burns") and again.edited_at == live.now and first.edited_at is None
