"""The invented help articles and the posts that ask for them are what their README says."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from social_service.match import corpus

LANGUAGES = {"de", "en"}
ARTICLE_KEYS, QUESTION_KEYS = {"id", "lang", "topic", "title", "text"}, {"text", "lang", "article"}
pytestmark = pytest.mark.parametrize("company", corpus.COMPANIES)


def same_words(text: str) -> str:
	return " ".join(re.findall(r"\w+", text.lower()))


def test_every_topic_has_one_article_a_language(company):
	rows = corpus.articles(company)
	assert len(rows) == 48
	assert all(row.keys() == ARTICLE_KEYS for row in rows)
	assert len({row["id"] for row in rows}) == len({row["title"] for row in rows}) == 48
	assert len({row["topic"] for row in rows}) == 24
	assert set(Counter((row["topic"], row["lang"]) for row in rows).values()) == {1}
	assert {row["lang"] for row in rows} == LANGUAGES


def test_an_article_has_a_body_with_sections(company):
	for row in corpus.articles(company):
		assert 400 <= len(row["text"]) <= 1200, row["id"]
		assert 2 <= len(re.findall(r"^## \S", row["text"], re.M)) <= 5, row["id"]


def test_a_question_names_an_article_of_its_language(company):
	languages = {row["id"]: row["lang"] for row in corpus.articles(company)}
	for row in corpus.questions(company):
		assert row.keys() == QUESTION_KEYS
		assert row["article"] is None or languages[row["article"]] == row["lang"], row["text"]


def test_the_questions_are_spread_over_languages_and_articles(company):
	rows = corpus.questions(company)
	assert Counter(row["lang"] for row in rows) == {"de": 120, "en": 120}
	for lang in LANGUAGES:
		unanswered = sum(row["article"] is None for row in rows if row["lang"] == lang)
		assert unanswered >= 0.2 * 120, lang
	asked = Counter(row["article"] for row in rows if row["article"])
	assert asked.keys() == {row["id"] for row in corpus.articles(company)}
	assert all(3 <= count <= 5 for count in asked.values())


def test_no_two_questions_are_alike(company):
	texts = [row["text"] for row in corpus.questions(company)]
	assert len({same_words(text) for text in texts}) == len(texts)
	assert all(20 <= len(text) <= 280 for text in texts)
