"""Pains that each network has in its own way: every driver, over real HTTP, from the post to the ticket and back."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from social_service import account
from social_service.channels import drivers
from social_service.records import Fate, ReplyState
from social_service.sentence import Refused
from tests.kit.send_contract import SendContract
from tests.pains.every_channel import Pain, Place, contracts, for_every_channel


def test_no_channel_of_the_hook_is_left_out():
	assert {one.channel_class.code for one in contracts()} >= set(drivers())


class PowerCut(BaseException):
	"""The worker is gone: nothing below it may catch this."""


class OwnVoice(Pain):
	@pytest.mark.parametrize("when", ["before we noted it down", "after"])
	def test_pain_01_the_echo_of_our_answer_opens_nothing(self, place: Place, monkeypatch, when):
		asked = place.opened()
		place.new_calls()  # those that told of the post came long ago
		place.reply(asked.ticket, "We are looking into it right now.")
		if when == "after":
			place.publish(minutes=1)
		else:
			with monkeypatch.context() as patch:
				patch.setattr("social_service.engage.sending._sent", _cut)
				with pytest.raises(PowerCut):
					place.publish(minutes=1)
		place.deliver(place.new_calls())
		place.rounds()
		for _minute in range(4):
			place.publish(minutes=4)
		place.rounds()
		assert len(place.published(asked)) == 1
		assert place.tickets() == [asked.ticket]
		assert not [one for one in place.messages() if one.is_own and one.fate is not Fate.IGNORED]

	def test_pain_20_our_reply_is_no_new_conversation_and_no_new_person(self, place: Place):
		asked = place.opened()
		before = [place.table(f"SELECT count(*) FROM `{name}`") for name in PEOPLE_AND_TALKS]
		place.new_calls()
		place.reply(asked.ticket, "We are looking into it right now.")
		place.publish(minutes=1)
		place.deliver(place.new_calls())
		place.round(hours=30)
		place.rounds()
		assert place.replies()[0].state is ReplyState.SENT
		assert [place.table(f"SELECT count(*) FROM `{name}`") for name in PEOPLE_AND_TALKS] == before
		(sent,) = place.replies()
		echo = place.message(sent.external_id)
		assert echo is None or echo.is_own


PEOPLE_AND_TALKS = ("tabSocial Conversation", "tabSocial Profile", "ticket")


def _cut(*_arguments: object) -> None:
	raise PowerCut


class People(Pain):
	def test_pain_10_five_authors_are_five_people(self, place: Place):
		people = place.people(5)
		posts = {handle: place.says(by=handle) for handle in people}
		place.rounds(2)
		found = {handle: place.message(post) for handle, post in posts.items()}
		assert all(one.ticket for one in found.values()), [one.fate_reason for one in found.values()]
		assert len({one.author_id for one in found.values()}) == 5
		assert len({one.author_name or one.handle for one in found.values()}) == 5
		addresses = place.table("SELECT DISTINCT raised_by FROM ticket")
		assert len(addresses) == len(place.tickets()) == 5

	def test_pain_25_two_people_in_one_batch_are_never_mixed_up(self, place: Place):
		one, other = place.people(2)
		posts = {place.says(by=by): by for by in (one, other, other, one, other, one)}
		place.rounds(2)
		found = {post: place.message(post) for post in posts}
		authors: dict[str, set[str]] = {}
		for post, message in found.items():
			assert message.ticket, message.fate_reason
			authors.setdefault(message.ticket, set()).add(posts[post])
		assert all(len(of_one) == 1 for of_one in authors.values())
		for number in authors:
			place.reply(number, f"This answer is for ticket {number} alone.")
		for _minute in range(4):
			place.publish(minutes=5)
		reached = {}
		for reply in place.replies():
			assert reply.state is ReplyState.SENT, reply.error
			reached[reply.text] = next(m for m in found.values() if m.name == reply.message).author_id
		for post, message in found.items():
			assert reached[f"This answer is for ticket {message.ticket} alone."] == message.author_id, post


class Words(Pain):
	def test_pain_07_a_long_post_is_kept_whole_and_in_the_order_of_the_network(self, place: Place):
		texts = [f"{number}: " + "Schöne Grüße " * 34 + "END" for number in range(3)]
		posts = [place.says(text) for text in texts]
		place.network.fail("reordered", method="GET", count=30)
		place.rounds(2)
		place.network.recover()
		place.rounds(1)
		for post, text in zip(posts, texts, strict=True):
			assert place.message(post).text.endswith(text)
		ours = [one.external_id for one in place.messages() if one.external_id in posts]
		assert ours == posts

	def test_pain_08_what_fits_is_taken_and_one_more_never_leaves(self, place: Place):
		asked = place.opened()
		driver, served = account.ready(place.host, place.channel, place.clock), asked.as_served()
		one = driver.measure("x", served)
		text = "x" * (one.limit - one.used + 1)
		assert driver.measure(text, served).used == one.limit
		with pytest.raises(Refused, match="by 1: "):
			place.reply(asked.ticket, text + "x")
		place.reply(asked.ticket, text)
		place.publish(minutes=1)
		(reply,) = place.replies()
		assert reply.state is ReplyState.SENT, reply.error
		(entry,) = place.published(asked)
		assert entry["text"].endswith(text)


class Windows(Pain):
	"""How long after a post its author may be answered; where nothing stands here, for ever."""

	windows = {("facebook", "messages"): timedelta(days=7), ("instagram", "messages"): timedelta(days=7)}
	looks = (0, 1, 23, 25, 6 * 24, 7 * 24 - 1, 7 * 24 + 1, 30 * 24)

	def test_pain_22_the_window_is_the_networks_and_a_new_message_opens_it_again(self, place: Place):
		asked = place.opened()
		window = self.windows.get((self.channel_class.code, self.stream.key))
		for hours in self.looks:
			place.live.now = asked.sent_at + timedelta(hours=hours)
			may_answer = place.may_answer(asked.ticket)
			assert may_answer is (window is None or place.live.now <= asked.sent_at + window), hours
		if window:
			place.forward(hours=1)
			place.says("Are you still there? Please help!")
			place.rounds(2)
			assert place.may_answer(asked.ticket)


class Ids(Pain):
	number = 1170020461641641990  # a browser's number makes …2000 of it

	def test_pain_04_ids_are_texts_that_a_browser_leaves_alone(self):
		(message,) = self.page_of([self.item(self.number, "hello")]).messages
		assert message.external_id == self.external_id(self.number)
		told = {"hint": dict(message.reply_hint), "limits": dict(self.account.limits)}
		told |= {
			"ids": [message.external_id, message.thread_id, message.parent_id, message.author.external_id]
		}
		assert all(isinstance(one, str) for one in told["ids"])
		assert in_a_browser(told) == told


def in_a_browser(told: object) -> object:
	"""JavaScript has no numbers but these."""
	return json.loads(json.dumps(told), parse_int=lambda digits: int(float(digits)))


def answers(contract: type) -> bool:
	return issubclass(contract, SendContract)


for_every_channel(globals(), OwnVoice, answers)
for_every_channel(globals(), People, answers)
for_every_channel(globals(), Words, answers)
for_every_channel(globals(), Windows, answers)
for_every_channel(globals(), Ids)
