"""Hiding and blocking on a genuine network: it takes our records, shows them to others, and a repetition is no second one."""

from __future__ import annotations

import pytest

from social_service.channels.bluesky.blocking import key_for
from social_service.records import Change, Message
from tests.bluesky.people import BLOCK, GATE, eventually


@pytest.fixture
def rude(ours, company, customer) -> Message:
	post = company.post("Our new drill!")
	reply = customer.post("you idiots", reply=customer.to(post))
	eventually(lambda: company.sees(reply))
	return ours.driver().get([reply])[reply]


def hidden_below(company, message: Message) -> list[str]:
	rkey = message.thread_id.rpartition("/")[2]
	told = company.read("com.atproto.repo.getRecord", repo=company.did, collection=GATE, rkey=rkey)
	return (told.get("value") or {}).get("hiddenReplies") or []


def test_a_reply_is_hidden_and_shown_again(ours, company, rude):
	assert ours.driver().may_change(Change.HIDE, rude).allowed
	for _time in range(2):
		ours.driver().hide(rude)
	assert hidden_below(company, rude) == [rude.external_id]
	for _time in range(2):
		ours.driver().show(rude)
	assert hidden_below(company, rude) == []


def test_a_person_is_blocked_once_and_unblocked(ours, company, customer, rude):
	for _time in range(2):  # the second before the network has noticed the first
		ours.driver().block(rude)
	eventually(
		lambda: customer.read("app.bsky.actor.getProfile", actor=company.did)["viewer"].get("blockedBy")
	)
	listed = company.read("com.atproto.repo.listRecords", repo=company.did, collection=BLOCK)["records"]
	assert [one["uri"].rpartition("/")[2] for one in listed] == [key_for(customer.did)]
	ours.driver().block(rude)
	for _time in range(2):
		ours.driver().unblock(rude)
	assert company.read("com.atproto.repo.listRecords", repo=company.did, collection=BLOCK)["records"] == []
	eventually(
		lambda: not customer.read("app.bsky.actor.getProfile", actor=company.did)["viewer"].get("blockedBy")
	)


def test_a_block_that_was_made_in_the_app_is_taken_away(ours, company, customer, rude):
	company.block(customer)
	eventually(
		lambda: company.read("app.bsky.actor.getProfile", actor=customer.did)["viewer"].get("blocking")
	)
	ours.driver().block(rude)  # is done
	ours.driver().unblock(rude)
	assert company.read("com.atproto.repo.listRecords", repo=company.did, collection=BLOCK)["records"] == []
