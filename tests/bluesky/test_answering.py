"""Answering on a genuine network: exactly once, only where the customer lets us, as long as the network allows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from social_service.channels.errors import Ambiguous, Rejected
from social_service.records import NotSent, Sent
from tests.bluesky.ours import losing_the_first_write
from tests.bluesky.people import eventually


@pytest.fixture
def mention(ours, customer) -> str:
	uri = customer.post(f"@{ours.person.handle} the drill smokes", mention=ours.person)
	ours.received(uri)
	return uri


def test_the_same_reply_sent_twice_stays_one_post(ours, customer, mention):
	reply = ours.reply(mention)
	first, second = ours.driver().send(reply), ours.driver().send(reply)
	assert first.external_id == second.external_id
	assert len(customer.posts_of(ours.person)) == 1
	(seen,) = eventually(lambda: customer.answers(mention))
	assert seen["uri"] == first.external_id


def test_two_replies_with_keys_of_their_own_are_two_posts(ours, customer, mention):
	reply = ours.reply(mention)
	ours.driver().send(reply)
	ours.driver().send(replace(reply, key="reply-0002"))
	assert len(customer.posts_of(ours.person)) == 2


def test_a_write_whose_answer_got_lost_is_found(ours, customer, mention):
	reply = ours.reply(mention)
	with pytest.raises(Ambiguous):
		ours.driver(losing_the_first_write()).send(reply)
	found = ours.driver().reconcile(reply)
	assert isinstance(found, Sent)
	assert [one["uri"] for one in customer.posts_of(ours.person)] == [found.external_id]
	assert ours.driver().send(reply).external_id == found.external_id
	assert len(customer.posts_of(ours.person)) == 1


def test_what_was_never_written_is_not_found(ours, mention):
	assert isinstance(ours.driver().reconcile(ours.reply(mention)), NotSent)


def test_links_and_names_in_a_reply_are_marked_where_they_stand(ours, customer, mention):
	link = "https://heimwerk.example/grüße?a=1"
	text = f"Schöne Grüße 👩‍🔧 @{customer.handle}: {link} #bohren"
	ours.driver().send(replace(ours.reply(mention), text=text))
	(seen,) = eventually(lambda: customer.answers(mention))
	raw = seen["record"]["text"].encode()
	marked = {
		facet["features"][0]["$type"].split("#")[1]: raw[
			facet["index"]["byteStart"] : facet["index"]["byteEnd"]
		].decode()
		for facet in seen["record"]["facets"]
	}
	assert marked["link"] == link
	assert marked["mention"] == f"@{customer.handle}"


def test_who_blocked_us_gets_no_answer(ours, customer, mention):
	reply = ours.reply(mention)
	customer.block(ours.person)
	eventually(lambda: not ours.person.sees(mention))
	with pytest.raises(Rejected):
		ours.driver().send(reply)
	assert customer.posts_of(ours.person) == []


def test_a_thread_that_its_author_closed_gets_no_answer(ours, customer, mention):
	reply = ours.reply(mention)
	customer.close_thread(mention)
	eventually(lambda: ours.person.thread(mention)["post"]["viewer"].get("replyDisabled"))
	with pytest.raises(Rejected):
		ours.driver().send(reply)
	assert customer.posts_of(ours.person) == []
	read_again = ours.driver().get([mention])[mention]  # notifications do not tell it
	assert not ours.driver().may_reply(read_again).allowed


def test_a_deleted_post_gets_no_answer(ours, customer, mention):
	reply = ours.reply(mention)
	customer.delete(mention)
	eventually(lambda: not ours.person.sees(mention))
	with pytest.raises(Rejected):
		ours.driver().send(reply)
	assert customer.posts_of(ours.person) == []


def test_our_reply_can_be_taken_back(ours, customer, mention):
	sent = ours.driver().send(ours.reply(mention))
	ours.driver().delete(sent.external_id)
	assert customer.posts_of(ours.person) == []
