"""A draft from a ticket: the question, the answer that was published, and nobody's name."""

from __future__ import annotations

import pytest

from social_service.article_draft import draft_from
from social_service.sentence import Refused

ASKED = "Hallo @company, my order 4711-0815-22 never came. Where is it? Maria, maria@example.org"
ANSWER = "Hi Maria! Track it at https://shop.example/track?customer=77 <now>. Viele Grüße, Anna"


def names_of(agents):
	return ["Anna Berger" for _agent in agents]


def draft(desk, ticket="1"):
	return draft_from(desk.host, ticket, names_of)


@pytest.fixture
def answered(desk):
	desk.world.limit = 1000
	desk.world.post(1, ASKED, thread_id="t")
	desk.round()
	desk.reply("1", ANSWER)
	desk.publish(minutes=1)
	desk.world.post(2, "Danke Anna, das hilft!", thread_id="t", parent_id="p1", minutes=40)
	desk.round(hours=1)
	return desk


def test_the_question_and_the_published_answer_without_the_people(answered):
	found = draft(answered)
	assert found.title == "Where is it?"
	assert found.question == ("my order … never came. Where is it? …, …",)
	assert found.answer == ("Track it at https://shop.example/track <now>.",)
	assert "&lt;now&gt;" in found.html and "<now>" not in found.html
	for gone in ("Maria", "maria", "Anna", "4711", "company", "example.org", "customer=77", "Danke"):
		assert gone not in found.title + found.html, gone


def test_what_was_not_published_is_no_answer(desk):
	desk.world.post(1, ASKED)
	desk.round()
	with pytest.raises(Refused, match="Nothing was answered"):
		draft(desk)
	desk.reply("1", "On its way.")
	with pytest.raises(Refused, match="Nothing was answered"):
		draft(desk)
	with pytest.raises(Refused):
		draft(desk, "404")


def test_a_question_that_was_taken_back_is_not_written_down(answered):
	for name in ("p1", "p2"):
		answered.host.store.change(answered.message(name), deleted_at=answered.clock())
	with pytest.raises(Refused, match="Write the article by hand"):
		draft(answered)
