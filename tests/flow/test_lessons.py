"""Lessons: a click on a suggestion teaches the next post, in whichever worker it is decided."""

from __future__ import annotations

from datetime import timedelta

import pytest

from social_service.ledger import SocialArticleSuggestion
from social_service.lessons import AFRESH, index_of
from social_service.records import Article
from tests.kit.memory_channel import MORNING

FIRST = "Ich will mein Geld zurueck, how do I get a refund?"
OTHER_WORDS = "Geld zurueck bitte, Ich will mein"  # nothing of it stands in the article


@pytest.fixture
def judged(desk):
	"""A ticket with a suggestion, and a hand that clicks on it."""
	desk.world.post(1, FIRST)
	desk.round()

	def judge(minutes: int = 1, **said) -> None:
		desk.clock.forward(minutes=minutes)
		row = desk.host.store.find(SocialArticleSuggestion, {"article": "refund"}, order="name", limit=1)[0]
		values = {"verdict": "", "inserted_as": "", "judged_by": "agent@example.com"} | said
		desk.host.store.change(row, judged_at=desk.clock(), **values)

	return judge


def told(desk, text=OTHER_WORDS) -> list[str]:
	return [one.article for one in index_of(desk.host, desk.clock()).suggest(text)]


@pytest.mark.parametrize("said", [{"verdict": "helped"}, {"inserted_as": "link"}])
def test_what_helped_or_was_inserted_is_found_by_other_words(desk, judged, said):
	assert told(desk) == []
	judged(**said)
	assert told(desk) == ["refund"]
	judged()
	assert told(desk) == [], "the click was taken back"


def test_the_next_post_is_suggested_what_was_learned(desk, judged):
	judged(verdict="helped")
	desk.world.post(2, f"{OTHER_WORDS} help me", by="bob")
	desk.round()
	message = desk.message("p2").name
	rows = desk.host.store.find(SocialArticleSuggestion, {"message": message}, order="rank", limit=5)
	assert [row.article for row in rows] == ["refund"]


def test_what_was_wrong_is_not_suggested_to_its_like(desk, judged):
	assert told(desk, FIRST) == ["refund"]
	judged(verdict="wrong", inserted_as="text")
	assert told(desk, FIRST) == []
	assert told(desk, "How do I get a refund?") == ["refund"]
	judged(verdict="helped")
	assert told(desk, FIRST) == ["refund"]


@pytest.mark.parametrize("words", [{}, {"text": ""}])  # as the network's terms want it
def test_a_post_that_was_taken_back_teaches_nothing_any_more(desk, judged, words):
	judged(verdict="helped")
	assert told(desk) == ["refund"]
	desk.host.store.change(desk.message("p1"), deleted_at=desk.clock(), **words)
	desk.clock.forward(hours=AFRESH.total_seconds() / 3600)
	assert told(desk) == []
	assert FIRST not in (desk.host.cache / "articles.npz").read_bytes().decode("utf-8", "replace")


def test_a_click_that_was_committed_after_a_later_one_is_not_missed(desk, judged):
	judged(minutes=5, verdict="helped")
	assert told(desk) == ["refund"]
	judged(minutes=-1, verdict="wrong")
	assert told(desk) == []


def test_an_article_that_comes_back_knows_what_it_had_learned(desk, judged):
	judged(verdict="helped")
	assert told(desk) == ["refund"]
	for minute, published in ((1, False), (2, True)):
		changed_at = MORNING + timedelta(minutes=minute)
		with desk.host.transaction():
			desk.host.desk.put_article(
				Article("refund", "How do I get a refund?", "Send it.", changed_at, published)
			)
		assert told(desk) == (["refund"] if published else [])


def test_the_file_is_written_only_when_something_changed(desk, judged):
	told(desk)
	before = (desk.host.cache / "articles.npz").stat().st_mtime_ns
	told(desk)
	assert (desk.host.cache / "articles.npz").stat().st_mtime_ns == before
	judged(verdict="helped")
	told(desk)
	after = (desk.host.cache / "articles.npz").stat().st_mtime_ns
	assert after > before
	told(desk)
	assert (desk.host.cache / "articles.npz").stat().st_mtime_ns == after


def test_synonyms_of_the_desk_are_used_and_given_up(desk, monkeypatch):
	assert told(desk, "Erstattung?") == []
	monkeypatch.setattr(type(desk.host.desk), "synonyms", lambda _self: {"refund": ["Erstattung"]})
	assert told(desk, "Erstattung?") == ["refund"]
	monkeypatch.setattr(type(desk.host.desk), "synonyms", lambda _self: {})
	assert told(desk, "Erstattung?") == []
