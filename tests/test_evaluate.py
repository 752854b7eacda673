"""``social-service evaluate``: the formats that are promised, their keys, and a sentence for what can't be read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from social_service.cli import main
from social_service.evaluate.triage import refusal

ASKS = {"text": "Please help, my app is down", "concerns": True, "need": "explicit", "tone": "negative"}
FILES = {
	"language": [{"text": "Wo ist mein Paket?", "lang": "de"}],
	"triage": [{**ASKS, "urgent": True, "spam": False}, {"text": "Danke!", "need": "none", "spam": 0}],
	"groups": [{"text": "the app is down again", "group": 1}, {"text": "the app is down again!", "group": 1}],
	"articles": [{"id": "a1", "title": "Refund", "text": "Send the number."}, {"id": 2, "title": None}],
	"queries": [{"text": "refund, please", "article": "a1"}, {"text": "who won the game", "article": None}],
	"confirmed": [{"text": "money back", "article": "a1"}, {"text": "of another site", "article": "gone"}],
}
KEYS = {
	"language": {"accuracy", "by_length", "und", "wrong_and_sure"},
	"triage": {"concerns", "need", "tone", "urgent", "spam"},
	"groups": {"precision", "recall", "seconds_per_10k"},
	"articles": {"recall_at_1", "recall_at_3", "mrr", "auroc_none_fits", "p95_ms", "index_mb"},
}


@pytest.fixture
def file(tmp_path):
	def write(rows: list) -> str:
		path = tmp_path / f"{len(list(tmp_path.iterdir()))}.jsonl"
		path.write_text("\n".join(one if isinstance(one, str) else json.dumps(one) for one in rows))
		return str(path)

	return write


def evaluate(*words: str) -> tuple[dict, str]:
	told = CliRunner().invoke(main, ["evaluate", *words, "--json"])
	assert not told.exception or isinstance(told.exception, SystemExit), told.exception
	return json.loads(told.stdout.splitlines()[-1]) if told.exit_code == 0 else {}, told.output


@pytest.mark.parametrize("what", ["language", "triage", "groups"])
def test_the_last_line_is_one_object_with_the_promised_keys(file, what):
	figures, _told = evaluate(what, file(FILES[what]))
	assert set(figures) >= KEYS[what]


def test_articles_with_what_agents_confirmed(file):
	known, asked, agreed = (file(FILES[one]) for one in ("articles", "queries", "confirmed"))
	figures, _told = evaluate("articles", "--articles", known, "--queries", asked, "--confirmed", agreed)
	assert set(figures) >= KEYS["articles"] and figures["recall_at_1"] == 1
	asked = file([{"text": "give me back what I paid, money", "article": "a1"}])
	without, _told = evaluate("articles", "--articles", known, "--queries", asked)
	taught, _told = evaluate("articles", "--articles", known, "--queries", asked, "--confirmed", agreed)
	assert (without["recall_at_1"], taught["recall_at_1"]) == (0, 1)


def test_each_label_of_triage_has_its_figures(file):
	figures, _told = evaluate("triage", file(FILES["triage"]))
	for label in KEYS["triage"]:
		assert set(figures[label]) >= {"accuracy", "macro_f1", "auroc"}
	assert set(figures["need"]["missed"]) == {"10%", "20%", "40%"}
	assert "auroc_negative" in figures["tone"] and "topic" not in figures


def test_what_agents_corrected_is_learned_first(file):
	rows = [{"text": f"Grützwurst {number}", "need": "explicit"} for number in range(60)]
	rows += [{"text": f"Blutwurst {number}", "need": "none"} for number in range(60)]
	asked, learn = file([{"text": "Grützwurst", "need": "explicit"}]), file(rows)
	before, _told = evaluate("triage", asked)
	after, _told = evaluate("triage", asked, "--learn", learn, "--brand", "Acme,@acme")
	assert (before["need"]["accuracy"], after["need"]["accuracy"]) == (0, 1)
	assert after["learned_from"] == 120


def test_texts_without_a_group_are_like_no_other(file):
	rows = [{"text": "where is my parcel", "group": None}, {"text": "the lift is broken", "group": None}]
	figures, _told = evaluate("groups", file([*rows, *FILES["groups"]]))
	assert (figures["precision"], figures["recall"]) == (1, 1)


# --- what can't be read --------------------------------------------------------------------------------------

GOOD = {"text": "a", "lang": "de", "group": "1"}
UNREADABLE = (
	("language", "no json", "is no JSON object"),
	("language", "[1]", "is no JSON object"),
	("language", {"text": "a"}, "has no lang"),
	("language", {"text": None, "lang": "de"}, "has no text as text"),
	("language", {"text": "a", "lang": 5}, "has no text as lang"),
	("groups", {"text": "a"}, "has no group"),
	("triage", {"text": 5}, "has no text as text"),
	("triage", {"text": "a", "need": "maybe"}, "has need 'maybe'; it may be none, implicit, explicit"),
	("triage", {"text": "a", "urgent": 7}, "has urgent 7; it may be no, yes"),
)


@pytest.mark.parametrize(("what", "row", "told"), UNREADABLE)
def test_a_line_that_can_not_be_read_is_named(file, what, row, told):
	_figures, output = evaluate(what, file([GOOD, "", row]))
	assert "Line 3 of" in output and f"{told}." in output


def test_so_is_one_of_what_is_learned(file):
	_figures, output = evaluate("triage", file([GOOD]), "--learn", file([{"text": "a", "tone": "happy"}]))
	assert "Line 1 of" in output and "negative, neutral, positive" in output


def test_a_file_that_is_no_text(tmp_path):
	path = Path(tmp_path / "latin.jsonl")
	path.write_bytes(b'{"text": "\xe4"}')
	assert "is no UTF-8 text" in evaluate("language", str(path))[1]


@pytest.mark.parametrize(
	"row", [{}, {"need": None}, {"spam": True}, {"spam": "no"}, {"urgent": 1}, {"topic": "ours"}]
)
def test_labels_that_are_fine(row):
	assert refusal(row) is None


@pytest.mark.parametrize("what", ["language", "triage", "groups"])
def test_a_file_without_rows_has_figures_of_nothing(file, what):
	figures, _told = evaluate(what, file([]))
	assert figures
