"""The way of a post on a genuine network: written by its author, a ticket here, answered, and the answer seen there once."""

from __future__ import annotations

import pytest

from social_service import account, listen
from social_service.ledger import Duty
from social_service.records import Fate, ReplyState
from tests.bluesky.ours import losing_the_first_write
from tests.bluesky.people import eventually

HELP = "the drill smokes. What can I do?"
ANSWER = "We are sorry, Erika. Please switch it off. Which model is it?"


@pytest.fixture
def opened(desk, company, customer) -> str:
	"""A customer's mention, arrived and decided. The address of the post."""
	uri = customer.post(f"@{company.handle} {HELP}", mention=company)
	eventually(lambda: company.notified_of(uri))
	desk.round(seconds=1)
	return uri


def publish(desk) -> None:
	"""All rounds that could publish once too often."""
	for _round in range(4):
		desk.publish(minutes=1)


def test_a_mention_becomes_a_ticket_and_the_customer_sees_one_answer(desk, opened, customer):
	message = desk.message(opened)
	assert (message.fate, message.text, message.handle) == (Fate.OPENED, message.text, customer.handle)
	assert HELP in message.text
	desk.reply(message.ticket, ANSWER)
	publish(desk)
	(seen,) = eventually(lambda: customer.answers(opened))
	(reply,) = desk.replies()
	assert (reply.state, reply.external_id) == (ReplyState.SENT, seen["uri"])
	assert ANSWER in seen["record"]["text"]
	eventually(lambda: customer.notified_of(seen["uri"]))


def test_our_own_answer_opens_no_ticket_when_it_is_read_back(desk, opened, customer):
	desk.reply(desk.message(opened).ticket, ANSWER)
	publish(desk)
	eventually(lambda: customer.answers(opened))
	desk.round(minutes=20)
	assert [fate for fate in desk.fates().values() if fate == Fate.OPENED] == [Fate.OPENED]


def test_the_customers_answer_to_our_answer_joins_the_ticket(desk, opened, company, customer):
	desk.reply(desk.message(opened).ticket, ANSWER)
	publish(desk)
	(ours,) = eventually(lambda: customer.answers(opened))
	again = customer.post("It is the model 12.", reply=customer.to(ours["uri"]))
	eventually(lambda: company.notified_of(again))
	desk.round(minutes=20)
	joined = desk.message(again)
	assert (joined.fate, joined.ticket) == (Fate.JOINED, desk.message(opened).ticket)


def test_a_reply_whose_answer_got_lost_is_found_and_not_published_again(desk, opened, customer, monkeypatch):
	session = losing_the_first_write()
	monkeypatch.setattr(account, "guarded_session", lambda allowed: session)
	desk.reply(desk.message(opened).ticket, ANSWER)
	desk.publish()
	assert desk.replies()[0].state is ReplyState.UNKNOWN
	publish(desk)
	(seen,) = eventually(lambda: customer.answers(opened))
	(reply,) = desk.replies()
	assert (reply.state, reply.external_id) == (ReplyState.SENT, seen["uri"])


def test_a_post_that_its_author_deleted_is_marked_and_the_answer_stays_here(desk, opened, company, customer):
	customer.delete(opened)
	eventually(lambda: not company.sees(opened))
	desk.clock.forward(minutes=40)
	for row in desk.rows(Duty.RECHECK):
		listen.recheck(desk.host, row.name, desk.clock)
	message = desk.message(opened)
	assert message.deleted_at
	assert company.posts_of(company) == []
