"""Match: the right article first, silence when none fits, and an index file that is never half written."""

from __future__ import annotations

import ast
import json
import multiprocessing
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest

from social_service import match
from social_service.match import Index, load, save, words_of
from social_service.records import Article

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=timezone.utc)
ARTICLES = (
	(
		"refund",
		"How do I get a refund?",
		"Send us the ticket number and your bank account. Refunds take two weeks.",
	),
	(
		"erstattung",
		"Wie bekomme ich mein Geld zurück?",
		"Schick uns die Fahrkarte. Die Erstattung dauert zwei Wochen.",
	),
	("login", "I can't log in to the app", "Reset your password in the settings. Check your mail."),
	("automat", "Der Automat gibt keine Karte aus", "Notiere die Nummer des Automaten und ruf uns an."),
	("bicycle", "Taking a bicycle on the train", "A bicycle needs a ticket of its own, not before nine."),
	("tueren", "Die Türen schließen nicht", "Melde uns den Wagen."),
	(
		"lost",
		"Lost something?",
		"Our lost property office keeps everything for six weeks: umbrellas, bags, phones.",
	),
	("wifi", "WiFi on board", "Choose the network FreeTrain and accept the terms."),
	("delay", "Compensation after a delay", "After an hour you get a quarter of the price."),
	("password", "Choosing a good password", "Long is better than strange."),
)


def an_article(name: str, title: str, text: str, **more) -> Article:
	return Article(name, title, text, more.pop("changed_at", NOON), **more)


@pytest.fixture(scope="module")
def index() -> Index:
	index = Index()
	index.update(an_article(*row) for row in ARTICLES)
	return index


def best(index: Index, text: str) -> str:
	found = index.suggest(text)
	return found[0].article if found else ""


FOUND = (
	("How can I get my refund", "refund"),
	("I want a refnud for my ticket", "refund"),  # a typo
	("refunds??", "refund"),
	("can't login to your app", "login"),
	("no wifi on board", "wifi"),
	("lost an umbrella", "lost"),  # only in the text
	("Wann bekomme ich mein Geld zurück", "erstattung"),
	("wo bleibt meine Erstatung", "erstattung"),  # a typo, and only in the text
	("Kartenautomat", "automat"),  # a compound
	("die Tueren gehen nicht zu", "tueren"),  # umlauts written out
	("DIE TÜREN SCHLIEßEN NICHT", "tueren"),
	("#LostProperty where is my bag", "lost"),  # a hashtag, split at its humps
	("@heimwerk https://refund.example/refund my bicycle", "bicycle"),  # handles and addresses do not count
	("ＷＩＦＩ on board?", "wifi"),  # full width
	("choosing a password", "password"),
)


@pytest.mark.parametrize(("text", "article"), FOUND)
def test_the_right_article_comes_first(index, text, article):
	assert best(index, text) == article


SILENT = (
	"",
	"   ",
	"😤🔥",
	"@heimwerk",
	"https://heimwerk.example/refund",
	"Xylophon Quarzuhr Brombeere",
	"my neighbour's cat had five kittens yesterday and the garden looks wonderful in spring",
	"a",
	"?!",
)


@pytest.mark.parametrize("text", SILENT)
def test_when_nothing_fits_it_is_silent(index, text):
	assert index.suggest(text) == []


def test_no_articles_no_suggestions():
	assert Index().suggest("refund") == []


def test_a_word_in_the_title_counts_more_than_one_in_the_text():
	index = Index()
	filler = [an_article(f"f{number}", f"Other thing {number}", "nothing of it") for number in range(8)]
	index.update(
		[
			an_article("text", "Prices", "about the voucher"),
			an_article("title", "Voucher", "about prices"),
			*filler,
		]
	)
	assert index.suggest("voucher")[0].article == "title"
	slots, weights = index.words.of("voucher")
	held = {index.names[slot]: weight for slot, weight in zip(slots, weights, strict=True)}
	assert held["title"] > held["text"]


def test_suggestions_are_few_sorted_and_between_0_and_100(index):
	found = index.suggest("ticket refund password bicycle wifi lost delay", limit=3)
	assert 1 <= len(found) <= 3
	assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
	assert all(match.FITS <= one.score <= 100 and isinstance(one.score, int) for one in found)
	assert all(one.title == {name: title for name, title, _text in ARTICLES}[one.article] for one in found)


def test_the_same_question_gets_the_same_answer_whatever_the_order_of_articles(index):
	other = Index()
	other.update(an_article(*row) for row in reversed(ARTICLES))
	for text, _article in FOUND:
		assert best(other, text) == best(index, text), text


@pytest.mark.parametrize(
	("text", "words"),
	[
		("Straße GRÜSSE Öl", ["strasse", "gruesse", "oel"]),
		("#FahrkartenAutomat", ["fahrkarten", "automat"]),
		("@handle https://a.example/b word", ["word"]),
		("can't a b", ["can"]),
		("ﬁne ＡＢ", ["fine", "ab"]),
		("u\u0308ber", ["ueber"]),
	],
)
def test_words_are_those_that_count(text, words):
	assert words_of(text) == words


# --- changes of articles ------------------------------------------------------------------------------------


def test_a_withdrawn_article_disappears_and_comes_back():
	index = Index()
	index.update(an_article(*row) for row in ARTICLES)
	later = NOON + timedelta(hours=1)
	name, title, text = ARTICLES[0]
	assert index.update([an_article(name, title, text, is_published=False, changed_at=later)])
	assert name not in [one.article for one in index.suggest("How do I get a refund?")]
	assert index.as_of == later
	assert index.update([an_article(name, title, text, changed_at=later)])
	assert best(index, "How do I get a refund?") == name


def test_a_changed_article_is_known_by_its_new_words_only():
	index = Index()
	index.update(an_article(*row) for row in ARTICLES)
	index.suggest("warm up")
	assert index.update([an_article("wifi", "Xylophones on board", "Play softly.", changed_at=NOON)])
	assert best(index, "xylophone") == "wifi"
	assert best(index, "WiFi FreeTrain") != "wifi"


def test_an_article_that_did_not_change_changes_nothing():
	index = Index()
	index.update(an_article(*row) for row in ARTICLES)
	assert not index.update(an_article(*row) for row in ARTICLES)
	assert not index.update([an_article("never", "Never published", "", is_published=False)])
	assert not index.update([])


def test_thousands_of_articles_and_a_post_of_100_kb_take_bounded_time():
	index = Index()
	index.update(
		an_article(
			f"a{number}", f"Topic{number} of thing{number % 97}", f"about word{number} and more{number % 31}"
		)
		for number in range(2000)
	)
	index.suggest("warm up")
	start = time.perf_counter()
	index.suggest("topic77 thingy wrod88 " + "x" * 100_000)
	assert time.perf_counter() - start < 2


# --- the file -----------------------------------------------------------------------------------------------


def test_a_saved_index_loads_equal(index, tmp_path):
	path = tmp_path / "articles.npz"
	save(index, path)
	loaded = load(path)
	assert (loaded.entries, loaded.names, loaded.as_of) == (index.entries, index.names, index.as_of)
	for text, article in FOUND:
		assert best(loaded, text) == article
	assert [one.name for one in tmp_path.iterdir()] == ["articles.npz"], "something was left behind"


@pytest.mark.parametrize(
	"content", [None, "", "{", "[]", "null", '{"version": 1}', b"\xff\xfe", '{"titles": {}}', "12"]
)
def test_a_file_that_is_not_ours_is_made_again(tmp_path, content):
	path = tmp_path / "articles.npz"
	if content is not None:
		path.write_bytes(content if isinstance(content, bytes) else content.encode())
	assert load(path) == Index()


@pytest.mark.parametrize("version", [match.VERSION - 1, match.VERSION + 1, str(match.VERSION), None])
def test_a_file_of_another_version_is_ignored(index, tmp_path, version):
	path = tmp_path / "articles.npz"
	save(index, path)
	with np.load(path) as kept:
		arrays = dict(kept)
	head = json.dumps({**json.loads(arrays["head"].tobytes()), "version": version})
	np.savez(path, **{**arrays, "head": np.frombuffer(head.encode(), np.uint8)})
	assert load(path) == Index()


def test_an_index_without_articles_is_not_written(tmp_path):
	save(Index(), tmp_path / "articles.npz")
	assert list(tmp_path.iterdir()) == []


def write_again_and_again(path: Path, size: int) -> None:
	"""Each waits a little between writing its file and putting it in place, as a busy machine makes it."""
	index, put = Index(), Path.replace

	def put_late(self, goal):
		time.sleep(0.003)
		return put(self, goal)

	Path.replace = put_late
	index.update(an_article(f"a{number}", f"Title {number}", "word " * 20) for number in range(size))
	for _time in range(60):
		save(index, path)


def test_two_processes_that_save_at_once_never_leave_half_a_file(tmp_path):
	path = tmp_path / "articles.npz"
	fork = multiprocessing.get_context("spawn")
	workers = [fork.Process(target=write_again_and_again, args=(path, size)) for size in (50, 2000)]
	for worker in workers:
		worker.start()
	sizes = set()
	while any(worker.is_alive() for worker in workers):
		if path.exists():
			np.load(path)["grams_weights"]  # raises if it is half a file
			sizes.add(len(load(path).entries))
	for worker in workers:
		worker.join(30)
		assert worker.exitcode == 0
	assert sizes - {0} <= {50, 2000} and sizes
	assert [one.name for one in tmp_path.iterdir()] == ["articles.npz"]


# --- how it is done -----------------------------------------------------------------------------------------


def test_no_fuzzy_score_that_loves_short_titles():
	"""WRatio finds a two-letter title in every text; and a fuzzy comparison with a whole corpus takes seconds."""
	sources = (path.read_text() for path in sorted(Path(match.__file__).parent.glob("*.py")))
	tree = ast.parse("\n".join(one.replace("from __future__ import annotations", "") for one in sources))
	used = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
	assert not used & {"WRatio", "QRatio", "partial_ratio", "partial_token_set_ratio", "cdist"}
	assert "default_process" not in used
