"""The model of triage: what it reads, that it never stumbles, that it learns, and that its corpus is what the guideline says."""

from __future__ import annotations

import numpy as np
import pytest

from social_service.evaluate import scores
from social_service.evaluate.triage import as_correction, measure
from social_service.triage import corpus, model
from social_service.triage.learning import Correction, learn, lesson
from social_service.triage.model import HEADS, load

LEARNED, HELD_OUT = corpus.posts(), corpus.posts(corpus.HELD_OUT)
AWKWARD = (
	*("", " ", "\x00", "🙂" * 50, "https://a.example " * 40, "\u202eolleH", "ÄÖÜ" * 400, "?" * 3000),
	*("Z̷͎̓a̴l̵g̶o̷" * 100, "\ud800 half a letter", "⟨brand⟩", "@" * 999, "a" * 100_000),
)


@pytest.mark.parametrize(
	("text", "head", "value"),
	[
		("Can you please help me, my card was charged twice?", "need", "explicit"),
		("Könnt ihr mir bitte helfen? Ich komme nicht in mein Konto.", "need", "explicit"),
		("App stürzt seit dem Update nur noch ab.", "need", "implicit"),
		("thank you so much, great service!", "need", "none"),
		("thank you so much, great service!", "tone", "positive"),
		("Seit drei Stunden kein Netz, eine Unverschämtheit ist das!", "tone", "negative"),
		("Wann öffnet die Filiale am Samstag?", "tone", "neutral"),
		("Free crypto! Double your money, DM me on WhatsApp", "spam", "yes"),
	],
)
def test_plain_posts_are_read_as_a_person_would(text, head, value):
	assert load().read(text).values[head] == value


def test_chances_of_each_head_sum_to_one():
	reading = load().read("Wo bleibt mein Paket?")
	assert set(reading.chances) == set(HEADS)
	for chances in reading.chances.values():
		assert sum(chances.values()) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("text", AWKWARD, ids=range(len(AWKWARD)))
def test_nothing_makes_it_stumble(text):
	reading = load().read(text, ["Nordbahn", "@nord", "("])
	assert all(np.isfinite(list(one.values())).all() for one in reading.chances.values())
	load().telling_words(text, "need")


def test_the_name_of_the_company_makes_no_difference():
	read = load().read
	one = read("@nordbahn der Zug steht, was ist los?", ["Nordbahn", "@nordbahn"])
	other = read("@suedstrom der Zug steht, was ist los?", ["Südstrom", "@suedstrom"])
	assert one == other


def test_a_reason_names_words_of_the_post():
	words = load().telling_words("Könnt ihr mir bitte helfen? Das Paket kam heute.", "need")
	assert words
	assert "bitte" in words
	assert set(" ".join(words).split()) <= {
		"Könnt",
		"ihr",
		"mir",
		"bitte",
		"helfen",
		"Das",
		"Paket",
		"kam",
		"heute",
	}


def test_weights_are_small():
	assert model.WEIGHTS.stat().st_size <= 2_000_000


# --- learning -----------------------------------------------------------------------------------------------


def corrections(count: int) -> list[Correction]:
	"""A site whose customers say „Grützwurst“ when they need help."""
	asks = [
		Correction(f"Grützwurst {number} im Keller", {"need": "explicit"}) for number in range(count // 2)
	]
	tells = [Correction(f"Blutwurst {number} im Keller", {"need": "none"}) for number in range(count // 2)]
	return [*asks, *tells]


def test_it_learns_what_agents_say_and_leaves_the_old_model_alone():
	old = load()
	before = old.weights.copy()
	new = learn(old, corrections(200))
	assert new.read("Grützwurst schon wieder").values["need"] == "explicit"
	assert new.read("Blutwurst schon wieder").values["need"] == "none"
	assert new.read("thank you so much, great service!").values["need"] == "none", "the rest is not forgotten"
	assert (old.weights == before).all()


def test_a_lesson_is_judged_on_corrections_that_it_has_not_seen():
	found = lesson(load(), corrections(200))
	assert found is not None
	assert found.is_better
	assert 20 < found.judged_by < 80


def test_noise_is_no_better():
	noise = [
		Correction(one.text, {"need": ("none", "explicit")[number * 7919 % 13 < 6]})
		for number, one in enumerate(corrections(300))
	]
	found = lesson(load(), noise)
	assert found is not None
	assert found.after < 0.75


def test_too_few_corrections_prove_nothing():
	assert lesson(load(), corrections(20)) is None


# --- the corpus and the figures ------------------------------------------------------------------------------


@pytest.mark.parametrize("industry", [*LEARNED, *HELD_OUT])
def test_the_corpus_is_labelled_by_the_guideline(industry):
	said = set()
	for row in (LEARNED | HELD_OUT)[industry]:
		assert set(row) == {"text", "lang", "concerns", "need", "tone", "urgent", "topic", "spam", "crisis"}
		assert row["lang"] in ("de", "en")
		assert row["crisis"] in ("", "safety", "legal", "press")
		assert all(as_correction(row).labels[head] in HEADS[head] for head in HEADS)
		assert row["text"] not in said, "twice"
		said.add(row["text"])
	assert industry in corpus.brands()


def test_there_are_enough_posts_and_nothing_held_out_is_among_them():
	held = {row["text"] for rows in HELD_OUT.values() for row in rows}
	learned = [row["text"] for rows in LEARNED.values() for row in rows]
	assert len(learned) >= 2000
	assert not held & set(learned)


def test_figures_by_hand():
	assert scores.auroc([True, False, True, False], [0.9, 0.9, 0.8, 0.1]) == pytest.approx(0.625)
	assert scores.auroc([True], [1.0]) is None
	assert scores.macro_f1(["a", "a", "b"], ["a", "b", "b"]) == pytest.approx(2 / 3)
	assert scores.missed_at([True, False, True, True], [0.9, 0.8, 0.7, 0.1], 0.5) == pytest.approx(2 / 3)


def test_measuring_leaves_out_what_is_not_labelled():
	figures = measure([{"text": "Hilfe, bitte!", "need": "explicit"}, {"text": "danke", "tone": "positive"}])
	assert {"need", "tone"} <= set(figures)
	assert "spam" not in figures
	assert figures["need"]["auroc"] is None, "there is no post without a need"


def test_measuring_after_learning_uses_what_was_learned():
	taught = [{"text": one.text, **one.labels} for one in corrections(80)]
	asked = [
		{"text": "Grützwurst im Flur", "need": "explicit"},
		{"text": "Blutwurst im Flur", "need": "none"},
	]
	assert measure(asked, taught)["need"]["accuracy"] == 1.0
