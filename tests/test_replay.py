"""Own history, read from files and played through the flow."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from social_service import archives, cli, hooks, replay, report_figures
from social_service.archives.file import decoded, read_time
from social_service.archives.rows import read_articles
from social_service.hosts.embedded import EmbeddedHost
from social_service.records import Fate, Visibility
from social_service.triage.defaults import seeded_rules

FILES = Path(__file__).parent / "payloads" / "archives"
BERLIN = ZoneInfo("Europe/Berlin")
MORNING = datetime(2025, 3, 3, 8, 0, tzinfo=timezone.utc)


def read(name: str | Path, **told) -> archives.Archive:
	return archives.read(FILES / name, archives.Reading(zone=BERLIN, **told))


def posts_of(archive: archives.Archive) -> dict:
	return {one.external_id: one for posts in archive.by_network.values() for one in posts}


def texts_of(archive: archives.Archive) -> list[str]:
	return [one.text for posts in archive.by_network.values() for one in posts]


@pytest.fixture
def host(tmp_path):
	host = EmbeddedHost(":memory:")
	host.cache = tmp_path
	replay.furnish(host, seeded_rules())
	yield host
	host.close()


def played(host: EmbeddedHost, archive: archives.Archive) -> report_figures.Report:
	return report_figures.of_archive(host, replay.play(host, archive), archive, "file", BERLIN)


def written(folder: Path, name: str, content: str | bytes) -> Path:
	path = folder / name
	path.write_bytes(content if isinstance(content, bytes) else content.encode())
	return path


# --- an account's own archives -------------------------------------------------------------------------------


def test_an_x_archive_has_own_posts_and_tells_how_long_others_waited():
	archive = read("tweets.js")
	posts = list(posts_of(archive).values())
	assert archive.is_own and all(post.is_own for post in posts) and len(posts) == 6
	assert posts[0].text == "Guten Morgen! Ab heute gilt der neue Fahrplan: https://talwind.example/fahrplan"
	assert posts[3].text.endswith("ticket number <3")
	assert [post.is_repost for post in posts] == [False] * 5 + [True]
	waited = [(post.sent_at - archive.asked_at[post.external_id]).total_seconds() for post in posts[2:4]]
	assert waited == [600, 1800]
	assert posts[4].external_id not in archive.asked_at, "an old id carries no time"
	assert posts[1].external_id not in archive.asked_at, "its own thread is no answer"


def test_a_broken_post_of_an_x_archive_costs_only_itself():
	assert [str(one) for one in read("tweets.js").broken] == ["Line 50 begins a post that can't be read."]
	assert (FILES / "tweets.js").read_text().splitlines()[49] == "  {"


def test_an_x_archive_that_breaks_off_keeps_what_came_before(tmp_path):
	whole = (FILES / "tweets.js").read_text()
	archive = archives.read(written(tmp_path, "tweets.js", whole[: int(len(whole) * 0.7)]))
	assert 3 <= archive.size < 6 and archive.broken


def test_a_mastodon_archive_has_own_posts_with_their_width():
	archive = read("outbox.json")
	posts = sorted(posts_of(archive).values(), key=lambda one: one.sent_at)
	assert archive.is_own and [post.is_repost for post in posts] == [False] * 4 + [True]
	assert posts[0].text == "Moin! Heute fährt die RT4 wieder." and posts[0].language == "de"
	assert posts[2].text == "@bo Danke, wir schauen nach."
	assert posts[3].text == "Störung\n\nDas schreiben wir dir lieber privat."
	assert posts[3].visibility is Visibility.PRIVATE and posts[2].visibility is Visibility.PUBLIC
	assert list(archive.asked_at) == [posts[2].external_id], (
		"ids of other servers carry no time that we trust"
	)
	assert [str(one) for one in archive.broken] == ["Entry 6 is no post that can be read."]


@pytest.mark.parametrize(("name", "answers", "p50"), [("tweets.js", 3, 1200.0), ("outbox.json", 2, 2700.0)])
def test_an_own_archive_opens_nothing_and_shows_how_we_answer(host, name, answers, p50):
	report = played(host, read(name))
	assert report.is_own and not report.tickets()
	assert len(report.answers()) == answers and report.p50() == p50
	assert "own archive" in str(report.notes[0])
	assert sum(report.by_hour()[0]) == answers


# --- rows ----------------------------------------------------------------------------------------------------


def test_json_lines_are_read_around_the_broken_ones():
	archive = read("talk.jsonl", account="@Talwind")
	assert [str(one) for one in archive.broken] == [
		"Line 3 is no JSON object.",
		"Line 5 is no JSON object.",
		"Line 12 has no text.",
	]
	posts = posts_of(archive)
	assert posts["4"].author.handle == "joe" and posts["4"].sent_at == datetime(
		2025, 3, 3, 13, 30, tzinfo=timezone.utc
	)
	assert posts["2"].is_own and not posts["1"].is_own
	assert {post.thread_id for post in posts.values() if post.external_id in "123"} == {"1"}
	assert posts["1"].is_addressed and posts["3"].is_addressed and not posts["5"].is_addressed
	assert archive.untimed == 1 and archive.has_times


def test_a_spreadsheet_from_windows_is_read_with_its_own_words():
	archive = read("inbox.csv")
	assert texts_of(archive) == [
		"Mein Abo wurde doppelt abgebucht, bitte um Hilfe",
		"Zwei Zeilen;\r\nund ein Semikolon",
		"Vielen Dank, klappt wieder!",
	]
	first = next(iter(posts_of(archive).values()))
	assert (
		first.author.handle == "jürgen"
		and first.sent_at.astimezone(BERLIN).strftime("%d. %H:%M") == "03. 08:15"
	)
	assert [str(one) for one in archive.broken] == ["Line 6 can't be read as CSV: look at its quotes."]


def test_a_support_dataset_says_itself_which_posts_are_ours(host):
	report = played(host, read("support.csv"))
	assert report.waits == (720.0,) and report.unanswered == 0
	assert report.fates() == {Fate.OPENED: 1, Fate.WATCHED: 1, Fate.IGNORED: 1}


def test_a_text_column_of_another_name_is_named_by_the_person():
	with pytest.raises(archives.NotAHistory) as told:
		read("questions.csv")
	assert "nr, utterance" in str(told.value) and "--text-column" in str(told.value)
	assert texts_of(read("questions.csv", text_column="Utterance")) == [
		"How do I get my money back?",
		"Where is\nmy train?",
	]


@pytest.mark.parametrize(
	("name", "content", "sentence"),
	[
		("empty.csv", b"", "empty.csv is empty."),
		("blank.jsonl", b" \n\n", "blank.jsonl is empty."),
		("x.jsonl", b"{oops", "Line 1 is no JSON object."),
		("list.json", b'[{"text": "a"},\n oops]', "see line 2"),
		("outbox.json", b'{"orderedItems": [\n{]}', "see line 2"),
		("tweets.js", b"window.YTD.tweets.part0 = [\n{]", "see line 2"),
		("header.csv", b"text,author\n", "Nothing in header.csv"),
	],
)
def test_what_cannot_be_read_is_said_in_a_sentence(tmp_path, name, content, sentence):
	with pytest.raises(archives.NotAHistory, match=sentence):
		archives.read(written(tmp_path, name, content))


@pytest.mark.parametrize(
	"body", [b"\xef\xbb\xbftext\n", "\ufefftext\n".encode("utf-16-le"), "\ufefftext\n".encode("utf-16-be")]
)
def test_marks_of_encodings_are_no_letters(body):
	assert decoded(body) == "text\n"


def test_one_bad_byte_does_not_change_the_encoding_of_a_file():
	assert decoded("Straße, Öl, Ärger".encode() + b"\xff") == "Straße, Öl, Ärger\ufffd"
	assert decoded("Straße".encode("cp1252")) == "Straße"


@pytest.mark.parametrize("name", ["long.csv", "long.jsonl"])
def test_a_text_of_100_kb_stays_whole(host, tmp_path, name):
	text = "äöü bitte um Hilfe " * 6000
	content = f'text\n"{text}"\n' if name.endswith("csv") else json.dumps({"text": text})
	report = played(host, archives.read(written(tmp_path, name, content)))
	assert [post.text for post in report.posts] == [text] and report.tickets() == 1


def test_strange_letters_and_values_stop_nothing(host, tmp_path):
	rows = [
		"text,id,author,network",
		"a\u2028b?,,,",
		"nul \0?,,,",
		'"""quoted"" ?",,,',
		f"long id?,{'9' * 400},,",
		"?,7,,n" + "x" * 500,
	]
	report = played(host, archives.read(written(tmp_path, "odd.csv", "\n".join(rows))))
	assert len(report.posts) == 5 and report.fates()[Fate.FAILED] == 1
	assert any(post.text == "a\u2028b?" for post in report.posts)


def test_replies_in_a_ring_end(host, tmp_path):
	rows = [{"id": "1", "reply_to": "2", "text": "Hilfe?"}, {"id": "2", "reply_to": "1", "text": "Hilfe?"}]
	report = played(host, archives.read(written(tmp_path, "ring.json", json.dumps(rows))))
	assert len(report.posts) == 2


@pytest.mark.parametrize(
	("text", "utc"),
	[
		("2025-03-03T08:00:00Z", MORNING),
		("2025-03-03 09:00", MORNING),
		("2025-03-03 08:00:00 UTC", MORNING),
		("Mon Mar 03 08:00:00 +0000 2025", MORNING),
		("Mon, 03 Mar 2025 08:00:00 GMT", MORNING),
		("03.03.2025 09:00", MORNING),
		("1740988800", MORNING),
		("1740988800000", MORNING),
		("yesterday", None),
		("0001-01-01T00:00:00+14:00", None),
		("99999999999999999999", None),
		("17", None),
		("", None),
		(None, None),
	],
)
def test_times_as_people_and_networks_write_them(text, utc):
	assert read_time(text, BERLIN) == utc


# --- the flow ------------------------------------------------------------------------------------------------


def test_history_goes_through_the_flow_at_its_own_times(host):
	report = played(host, read("talk.jsonl", account="talwind"))
	fates = {post.external_id: post.fate for post in report.posts}
	assert fates == {
		"1": Fate.OPENED,
		"2": Fate.IGNORED,
		"3": Fate.JOINED,
		"4": Fate.OPENED,
		"5": Fate.WATCHED,
		"6": Fate.IGNORED,
		"7": Fate.OPENED,
	}
	assert report.waits == (600.0,) and report.unanswered == 2
	assert report.as_json()["broken_lines"] == 3
	notes = [str(note) for note in report.notes]
	assert notes == [
		"1 lines repeat the id of another post and were taken once.",
		"1 posts have no time that we can read. They stand right after the post before them.",
	]
	started = host.connection.execute("SELECT MIN(`started_ms`) FROM `ticket`").fetchone()[0]
	assert started == datetime(2025, 3, 3, 7, 0, tzinfo=timezone.utc).timestamp() * 1000


def test_a_long_history_loses_and_repeats_nothing(host, tmp_path):
	rows = [
		{"id": f"p{n}", "text": f"Frage {n}?", "time": 1740988800 + n // 7, "network": f"n{n % 2}"}
		for n in range(450)
	]
	archive = archives.read(written(tmp_path, "long.json", json.dumps(rows[::-1])))
	progress = []
	labels = replay.play(host, archive, progress.append)
	report = report_figures.of_archive(host, labels, archive, "long", BERLIN)
	assert sorted(post.external_id for post in report.posts) == sorted(row["id"] for row in rows)
	assert report.by_network() == {"n0": {Fate.OPENED: 225}, "n1": {Fate.OPENED: 225}}
	assert sum(progress) == 450 and len(progress) > 2


def test_nobody_is_offered_the_driver_of_histories(host):
	before = dict(hooks.social_channels)
	played(host, read("talk.jsonl"))
	assert hooks.social_channels == before and not replay.History.tape


def test_articles_of_a_file_are_suggested(host, tmp_path):
	known = written(
		tmp_path,
		"kb.csv",
		"titel,inhalt\nAbo doppelt abgebucht,Wir erstatten doppelte Abbuchungen des Abos.\n",
	)
	replay.furnish(host, [], read_articles(known, MORNING))
	assert played(host, read("inbox.csv")).articles == {"Abo doppelt abgebucht": 1}
	with pytest.raises(archives.NotAHistory, match="title"):
		read_articles(FILES / "inbox.csv", MORNING)


def test_a_file_without_times_says_so_and_shows_no_hours(host):
	report = played(host, read("questions.csv", text_column="utterance"))
	assert not report.has_times and report.span() is None
	assert any("no times" in str(note) for note in report.notes)


# --- the command ---------------------------------------------------------------------------------------------


def test_the_command_writes_a_page_and_one_json_object(tmp_path):
	out = tmp_path / "new" / "report.html"
	told = [
		"replay",
		str(FILES / "talk.jsonl"),
		"--account",
		"talwind",
		"--json",
		"--out",
		str(out),
		"--language",
		"de",
	]
	result = CliRunner().invoke(cli.main, told)
	assert result.exit_code == 0, result.output
	assert json.loads(result.stdout)["fates"]["opened"] == 3
	assert 'lang="de"' in out.read_text(encoding="utf-8") and "<script>alert" not in out.read_text(
		encoding="utf-8"
	)
	assert not list(Path().glob("articles.npz")), "the index of articles is kept nowhere"


def test_the_command_shows_tables_and_what_it_could_not_read():
	result = CliRunner().invoke(cli.main, ["replay", str(FILES / "inbox.csv"), "--timezone", "Europe/Berlin"])
	assert result.exit_code == 0
	assert "What became of every post" in result.stdout


@pytest.mark.parametrize(
	("arguments", "sentence"),
	[
		([FILES / "questions.csv"], "--text-column"),
		([FILES / "talk.jsonl", "--timezone", "Mars/Olympus"], "There is no time zone called Mars/Olympus"),
		([FILES / "talk.jsonl", "--articles", FILES / "inbox.csv"], "needs a column title"),
		([FILES / "talk.jsonl", "--out", FILES / "talk.jsonl" / "x.html"], "could not be written"),
	],
)
def test_the_command_says_what_to_change(arguments, sentence):
	result = CliRunner().invoke(cli.main, ["replay", *map(str, arguments)])
	assert result.exit_code == 1 and sentence in result.output
