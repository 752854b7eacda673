"""What agents say of suggestions: confirmed posts bring others, wrong ones keep them away, and a click can be taken back."""

from __future__ import annotations

import time
from datetime import datetime, timezone

import numpy as np
import pytest

from social_service.match import Index, background, encoder, load, save
from social_service.match.background import suggest_in_background
from social_service.match.entry import Lesson
from social_service.records import Article

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=timezone.utc)
ROWS = (
	("refund", "How do I get a refund?", "Send us the ticket number.\nRefunds take two weeks."),
	("wifi", "WiFi on board", "## Choosing the network\nChoose FreeTrain and accept the terms."),
	("lost", "Verlorene Sachen", "Das Fundbüro hebt alles sechs Wochen auf: Schirme, Taschen, Telefone."),
)
ASKED = "WiFi on board is broken again"


@pytest.fixture
def index() -> Index:
	index = Index()
	index.update(Article(name, title, text, NOON) for name, title, text in ROWS)
	return index


def best(index: Index, text: str) -> str:
	return next((one.article for one in index.suggest(text)), "")


def wrong(text: str, message: str = "m1") -> Lesson:
	return Lesson(text, message, helped=False)


def test_what_was_wrong_for_a_post_is_not_suggested_for_one_of_nearly_the_same_words(index):
	assert best(index, ASKED) == "wifi"
	assert index.teach([("wifi", wrong(ASKED))])
	for text in (ASKED, f"@firma {ASKED.upper()}!! 😡 https://t.example/1", "wifi on board is brokn again"):
		assert best(index, text) == "", text
	for text in ("WiFi on board", "how does the wifi on board work, which network do I choose?"):
		assert best(index, text) == "wifi", text


def test_a_short_post_that_was_wrong_keeps_nobody_else_away(index):
	index.teach([("wifi", wrong("wifi"))])
	assert best(index, "wifi") == ""
	assert best(index, "WiFi on board of the train") == "wifi"


def test_where_the_first_is_refused_the_second_is_judged_by_itself(index):
	index.update([Article("wlan", "WiFi", "On board.", NOON)])
	first, second = (one.article for one in index.suggest("WiFi on board")[:2])
	index.teach([(first, wrong("WiFi on board"))])
	assert best(index, "WiFi on board") == second


def test_a_click_is_taken_back_and_the_newest_word_counts(index):
	post = "the parcel I sent never came"
	index.teach([("lost", Lesson(post, "m1"))])
	assert best(index, "my parcel never came") == "lost"
	assert index.teach([], {("lost", "m1")})
	assert best(index, "my parcel never came") != "lost"
	index.teach([("lost", Lesson(post, "m1"))])
	index.teach([("lost", wrong(post))])
	assert index.entries["lost"].examples == ()
	index.teach([("lost", Lesson(post, "m2"))])
	assert index.entries["lost"].examples == (post,) and not index.entries["lost"].refused
	index.teach([], {("lost", "m2")})
	assert index.entries["lost"].refused, "what an earlier agent said holds again"


def test_the_same_lesson_twice_and_one_of_an_unknown_article_change_nothing(index):
	told = [("lost", Lesson("the parcel I sent never came", "m1")), ("none", Lesson("what", "m2"))]
	assert index.teach(told)
	assert not index.teach(told)
	assert not index.teach([], {("none", "m2"), ("wifi", "m9")})


def test_all_are_learned_afresh(index):
	index.teach([("lost", Lesson("the parcel I sent never came", "m1")), ("wifi", wrong(ASKED))])
	assert index.teach_afresh([("wifi", Lesson("surfing the web in coach four", "m3"))])
	assert index.entries["lost"].lessons == () and best(index, ASKED) == "wifi"
	assert best(index, "can't go surfing in coach four") == "wifi"


def test_lessons_outlive_the_file_and_a_change_of_the_article(index, tmp_path):
	index.teach([("wifi", wrong(ASKED)), ("lost", Lesson("the parcel I sent never came", "m2"))])
	index.update([Article("wifi", "WiFi on board", "Anders.", NOON)])
	index.taught_until, index.learned_at = NOON, NOON
	save(index, tmp_path / "articles.npz")
	loaded = load(tmp_path / "articles.npz")
	assert loaded.entries == index.entries and loaded.learned_at == loaded.taught_until == NOON
	assert best(loaded, ASKED) == "" and best(loaded, "my parcel never came") == "lost"


def test_an_article_that_is_new_asks_for_its_lessons(index):
	index.learned_at = NOON
	index.update([Article("wifi", "WiFi on board", "Anders.", NOON)])
	assert index.learned_at == NOON
	index.update([Article("new", "New", "", NOON)])
	assert index.learned_at is None


def test_the_background_keeps_away_what_was_wrong_too(index, monkeypatch):
	monkeypatch.setattr(encoder, "is_installed", lambda: True)
	monkeypatch.setattr(background.encoder, "encode", vectors_of)
	assert suggest_in_background(index, [ASKED])[0][0].article == "wifi"
	index.teach([("wifi", wrong(ASKED))])
	told = suggest_in_background(index, [ASKED, "WiFi on board"])
	assert "wifi" not in [one.article for one in told[0]] and told[1][0].article == "wifi"
	for name in index.entries:
		index.teach([(name, wrong(ASKED, f"m-{name}"))])
	assert suggest_in_background(index, [ASKED]) == [[]]


def vectors_of(texts):
	"""As an encoder would, of letters alone."""
	rows = np.zeros((len(texts), encoder.SIZE), np.float32)
	for row, text in zip(rows, texts, strict=True):
		for first, second in zip(text.lower(), text.lower()[1:], strict=False):
			row[(ord(first) * 31 + ord(second)) % encoder.SIZE] += 1
		row /= np.linalg.norm(row) or 1
	return rows


# --- synonyms -----------------------------------------------------------------------------------------------


def test_synonyms_that_come_and_go_are_followed(index):
	assert best(index, "WLAN?") == ""
	assert index.use_synonyms({"WiFi": ["WLAN", "wireless lan"], "Two Words": ["nothing"]})
	assert best(index, "WLAN?") == best(index, "wireless?") == "wifi"
	assert not index.use_synonyms({"WiFi": ["WLAN", "wireless lan"], "Two Words": ["nothing"]})
	assert index.use_synonyms({})
	assert best(index, "WLAN?") == ""


def test_an_index_with_synonyms_is_the_same_whenever_they_came(index, tmp_path):
	index.use_synonyms({"wifi": ["wlan"], "refund": ["money"]})
	other = Index(synonyms={"wifi": ["wlan"], "refund": ["money"]})
	other.update(Article(name, title, text, NOON) for name, title, text in ROWS)
	for word in ("wifi", "wlan", "refund", "money", "weeks"):
		had, has = (
			dict(zip(*(part.tolist() for part in one.words.of(word)), strict=True)) for one in (index, other)
		)
		assert had == has, word
	save(index, tmp_path / "articles.npz")
	assert not load(tmp_path / "articles.npz").use_synonyms({"wifi": ["wlan"], "refund": ["money"]})


# --- in time ------------------------------------------------------------------------------------------------


def test_a_click_costs_little_among_thousands_of_articles():
	index = Index()
	index.update(
		Article(f"a{one}", f"Topic{one} of thing{one % 97}", f"about word{one}", NOON) for one in range(3000)
	)
	index.suggest("warm up topic7")
	start = time.perf_counter()
	index.teach([("a7", Lesson("something that nobody wrote before", "m1"))])
	index.teach([("a8", wrong("something else that nobody wrote before", "m2"))])
	assert time.perf_counter() - start < 0.2
