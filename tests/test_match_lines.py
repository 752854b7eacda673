"""Lines: how alike a post is to a title and to posts that agents confirmed."""

from __future__ import annotations

import pytest

from social_service.match.entry import Entry, Lesson
from social_service.match.index import Line, line_of
from social_service.match.lines import likeness
from social_service.match.words import asked_words


def post(text: str) -> Line:
	words = asked_words(text)
	return Line(line_of(words), " ".join(words))


def alike(asked: str, title: str, *confirmed: str) -> float:
	entry = Entry(title, "", 0, tuple(Lesson(one) for one in confirmed))
	return likeness(post(asked), entry.compared)


ORDERS = (  # (asked, confirmed for the right article, confirmed for a wrong one)
	("my card was charged twice", "the card was charged twice", "twice I lost the card that was charged"),
	("train to Bern from Basel", "a train to Bern from Basel", "a train from Bern to Basel"),
	("how do I cancel", "how do I cancel it", "I can not do that, so how did the cancel button vanish"),
)


@pytest.mark.parametrize(("asked", "right", "wrong"), ORDERS)
def test_what_is_said_in_the_same_order_and_length_is_more_alike(asked, right, wrong):
	assert alike(asked, "Title", right) > alike(asked, "Title", wrong)


def test_two_lines_that_are_alike_are_more_than_one():
	one, other = "where is my parcel", "my parcel, where is it"
	assert alike(one, "Title", other, other + " now") > alike(one, "Title", other, "thanks for nothing")


def test_an_article_with_its_title_alone_is_not_behind_one_whose_posts_say_something_else():
	asked = "refund for a cancelled trip"
	assert alike(asked, "Refund of a trip") > alike(asked, "Seats", "no seat on the trip", "seats are dirty")


@pytest.mark.parametrize("text", ["", "😤", "\0", "\ud800"])
def test_nothing_is_like_no_words(text):
	assert alike("a post with words", text) == 0
	assert -1 <= alike(text, "Title", "a post with words", text) <= 0.5
