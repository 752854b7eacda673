"""Gaps: what people ask and no article answers, grouped, with what an agent needs to write it next."""

from __future__ import annotations

from datetime import timedelta

import pytest

from social_service.knowledge_gaps import Asked, find_gaps
from social_service.ledger import SocialArticleSuggestion
from social_service.lessons import index_of
from social_service.records import Article
from tests.kit.memory_channel import MORNING

DOGS = [f"Hello, may I take my dog on the {what}?" for what in ("train", "bus", "tram")]
DAY = Asked(MORNING - timedelta(days=1), MORNING + timedelta(days=1))


@pytest.fixture
def asked(desk):
	for number, text in enumerate(
		[*DOGS, "How do I get a refund?", "Wo gibt es bei euch Gutscheine?"], start=1
	):
		desk.world.post(number, text, by=f"person{number}")
	desk.world.post(6, "any update on my dog?", by="person1", thread_id="t1", parent_id="p1")
	desk.world.post(7, "What a lovely day, thank you", by="person7")
	desk.world.post(8, "We answer here", is_own=True)
	desk.round()
	return desk


def find(desk, **more):
	return find_gaps(desk.host.store, Asked(**{**vars(DAY), **more}), index_of(desk.host, desk.clock()))


def test_what_no_article_answers_is_grouped_largest_first(asked):
	found = find(asked)
	assert (found.asked, found.unanswered) == (5, 4)
	dogs, vouchers = found.missing
	assert (len(dogs.messages), len(vouchers.messages)) == (3, 1)
	assert dogs.question in DOGS and "dog" in dogs.words and dogs.languages == ("en",)
	assert dogs.messages[0] == asked.message("p3").name and dogs.last_asked == asked.message("p3").sent_at
	assert dogs.written == ""


def test_a_suggestion_that_was_wrong_answers_nothing(asked):
	row = asked.host.store.find(SocialArticleSuggestion, {"article": "refund"}, order="name", limit=1)[0]
	asked.host.store.change(row, verdict="wrong", judged_at=asked.clock())
	found = find(asked)
	assert found.unanswered == 5 and "How do I get a refund?" in [one.question for one in found.missing]


def test_what_has_been_written_since_is_named(asked):
	with asked.host.transaction():
		article = Article("dogs", "Taking a dog on the train", "Dogs need a ticket.", asked.clock())
		asked.host.desk.put_article(article)
	assert [one.written for one in find(asked).missing] == ["Taking a dog on the train", ""]


def test_other_days_channels_languages_and_teams_are_left_out(asked):
	asked.host.store.change(asked.message("p1"), team="Billing")
	for more, count in (
		({"until": asked.message("p3").sent_at}, 2),
		({"since": asked.message("p3").sent_at}, 3),
		({"channel": "another"}, 0),
		({"channel": asked.channel.name}, 5),
		({"language": "de"}, 1),
		({"teams": frozenset({"Billing"})}, 1),
		({"teams": frozenset()}, 0),
	):
		assert find(asked, **more).asked == count, more


def test_a_post_that_was_taken_back_asks_nothing(asked):
	asked.host.store.change(asked.message("p5"), deleted_at=asked.clock())
	assert find(asked).unanswered == 3
