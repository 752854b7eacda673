"""The page of a report: whole, safe, in both languages, and nothing is loaded from anywhere."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from html.parser import HTMLParser
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import social_service
from social_service import report_charts as charts
from social_service.preview import Previewed
from social_service.records import Fate
from social_service.report_figures import Report, of_preview
from social_service.report_page import FATES, page
from social_service.report_words import GERMAN, REASONS, duration, number, percent, say
from social_service.sentence import Sentence, _
from social_service.triage.defaults import seeded_rules

PACKAGE = Path(social_service.__file__).parent
NOON = datetime(2025, 3, 3, 11, 0, tzinfo=timezone.utc)
EVIL = '<script>alert("1")</script><img src=https://evil.example/x.png onerror=a()>'
VOID = {"meta", "br", "img", "link", "input", "hr"}


def post(number: int, fate: Fate = Fate.OPENED, **more) -> Previewed:
	values = {
		"network": "X",
		"external_id": f"p{number}",
		"parent_id": "",
		"author": "maria",
		"text": f"Question {number}?",
		"url": f"https://x.com/i/status/{number}",
		"sent_at": NOON + timedelta(minutes=number),
		"is_own": False,
		"fate": fate,
		"reason": "It asks a question",
		"language": "en",
		"ticket": "",
	}
	return Previewed(**(values | more))


def report(*posts: Previewed, **more) -> Report:
	values = {
		"title": _("What your history would have become"),
		"source": "talk.jsonl",
		"zone": ZoneInfo("Europe/Berlin"),
	}
	return Report(posts=posts, **(values | more))


FULL = report(
	*(post(number, fate) for number, fate in enumerate(list(Fate) * 3)),
	post(
		90, network="Mastodon", reason="Rule “Asks for help (German)” says needs a reply (“bitte um Hilfe”)"
	),
	notes=(_("{0} posts have no time that we can read. They stand right after the post before them.", 2),),
	broken=tuple(_("Line {0} is no JSON object.", line) for line in range(60)),
	waits=(30.0, 600.0, 7200.0, 90_000.0),
	unanswered=3,
	articles={"How do I get a refund?": 4, "Wi-Fi": 1},
)


class Reader(HTMLParser):
	"""Every tag is closed in its order; remembers tags, texts and addresses."""

	def __init__(self, html: str) -> None:
		super().__init__()
		self.open: list[str] = []
		self.tags: list[tuple[str, dict]] = []
		self.texts: list[str] = []
		self.feed(html)
		self.close()
		assert not self.open, f"left open: {self.open}"

	def handle_starttag(self, tag, attrs) -> None:
		self.tags.append((tag, dict(attrs)))
		if tag not in VOID:
			self.open.append(tag)

	def handle_startendtag(self, tag, attrs) -> None:
		self.tags.append((tag, dict(attrs)))

	def handle_endtag(self, tag) -> None:
		assert self.open and self.open.pop() == tag, f"</{tag}>"

	def handle_data(self, data) -> None:
		if "style" not in self.open:
			self.texts.append(data)

	@property
	def text(self) -> str:
		return " ".join(" ".join(self.texts).split())


def svg_of(reader: Reader, tag: str, kind: str) -> list[dict]:
	return [
		attrs for name, attrs in reader.tags if name == tag and kind in (attrs.get("class") or "").split()
	]


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize(
	"shown", [FULL, replace(FULL, is_own=True), replace(FULL, has_times=False), of_preview([], "X")]
)
def test_the_page_is_balanced_and_loads_nothing(shown, language):
	html = page(shown, language)
	reader = Reader(html)
	tags = {tag for tag, _attrs in reader.tags}
	assert not tags & {
		"script",
		"link",
		"img",
		"iframe",
		"object",
		"embed",
		"base",
		"form",
		"use",
		"image",
		"font",
	}
	for tag, attrs in reader.tags:
		assert not any(name.startswith("on") or name in ("src", "srcset", "style") for name in attrs), tag
		assert "href" not in attrs or tag == "a"
	assert not re.search(r"url\(|@import", html) and "default-src 'none'" in html
	assert ("html", {"lang": language}) in reader.tags
	assert "$" not in reader.text and "{0}" not in html


@pytest.mark.parametrize("field", ["text", "author", "network", "reason"])
def test_what_people_wrote_is_text_and_nothing_else(field):
	reader = Reader(
		page(report(post(1, **{field: EVIL}), source=EVIL, articles={EVIL: 1}, broken=(_(EVIL),)))
	)
	assert EVIL in reader.text
	assert not {"script", "img"} & {tag for tag, _attrs in reader.tags}


@pytest.mark.parametrize(
	("url", "linked"),
	[
		("https://x.com/1", 1),
		('https://x.com/"onclick="a()', 1),
		("javascript:alert(1)", 0),
		("data:text/html,x", 0),
		("", 0),
	],
)
def test_only_web_addresses_become_links(url, linked):
	reader = Reader(page(report(post(1, url=url))))
	links = [attrs for tag, attrs in reader.tags if tag == "a"]
	assert [link["href"] for link in links] == [url] * linked
	assert all("noopener" in link["rel"] and set(link) == {"href", "rel"} for link in links)


def test_every_section_shows_its_figures_and_what_they_mean():
	text = Reader(page(FULL)).text
	for expected in (
		"talk.jsonl · 19 posts · 2025-03-03",
		"19 posts read",
		"4 tickets opened",
		"32% needed nobody",
		"65.0 min median until the first answer",
		"Every post has exactly one fate.",
		"Mastodon 1",
		"no answer 3",
		"How do I get a refund? 4",
		"Rule “Asks for help (German)” says needs a reply 1",
		"All days together, by the hour in which the post was written (Europe/Berlin).",
		"Lines or entries that could not be read: 60",
		"and 10 more",
	):
		assert expected in text, expected


def test_a_part_without_figures_is_left_out():
	text = Reader(page(report(post(1), has_times=False))).text
	assert "by hour" not in text and "waited" not in text and "Articles" not in text and "2025" not in text
	own = Reader(page(replace(FULL, is_own=True))).text
	assert "What became" not in own and "needed nobody" not in own and "no answer" not in own


def test_a_long_text_is_cut_and_the_examples_are_few():
	posts = [post(number, text="long " * 20_000, reason=f"reason {number % 9}") for number in range(300)]
	html = page(report(*posts))
	assert len(html) < 60_000 and html.count('class="post"') == 6
	assert page(report(*posts[::-1])) == html, "the same every time"


def test_examples_show_the_frequent_reasons_first():
	posts = [post(number, reason="rare" if number == 5 else "frequent") for number in range(30)]
	shown = report(*posts).samples(Fate.OPENED)
	assert len(shown) == 6 and [one.reason for one in shown].count("rare") == 1


def test_the_median_is_of_answered_conversations_and_never_beyond_the_longest():
	assert report(waits=(600.0, 1800.0)).p50() == 1200.0
	assert report(waits=(600.0, 1800.0)).p90() <= 1800.0
	assert report().p90() == report().p50() == 0.0


def test_hours_are_those_of_the_zone():
	chosen, others = report(post(0), post(1, Fate.WATCHED), post(60)).by_hour()
	assert (chosen[12], others[12], chosen[13], sum(chosen + others)) == (1, 1, 1, 3)


def test_our_answers_are_those_to_others():
	thread = [post(1, is_own=True), post(2, is_own=True, parent_id="p1"), post(3, is_own=True, parent_id="q")]
	assert [one.external_id for one in report(*thread, post(4, parent_id="q")).answers()] == ["p3"]


# --- charts --------------------------------------------------------------------------------------------------


def test_a_stacked_bar_is_as_wide_as_its_parts():
	reader = Reader(
		charts.stacked_bar([("opened", 3, "opened"), ("failed", 0, "failed"), ("watched", 1, "watched")], "X")
	)
	rects = [attrs for tag, attrs in reader.tags if tag == "rect"]
	assert [(one["x"], one["width"]) for one in rects] == [("0.000%", "75.000%"), ("75.000%", "25.000%")]
	assert "opened: 3" in reader.text


def test_columns_stand_on_each_other():
	reader = Reader(charts.columns([5, 0], [5, 0], ["00", ""], ("a", "b"), "hours"))
	lower, upper = svg_of(reader, "rect", "chosen")[0], svg_of(reader, "rect", "others")[0]
	assert float(upper["y"]) + float(upper["height"]) == float(lower["y"])
	assert float(upper["height"]) == float(lower["height"]) == charts.PLOT / 2


@pytest.mark.parametrize(
	("value", "top"), [(0, 2), (1, 2), (3, 4), (10, 10), (11, 12), (110, 120), (199, 200), (1001, 1200)]
)
def test_scales_end_at_round_numbers(value, top):
	assert charts._round_up(value) == top


def test_nothing_to_show_is_drawn_too():
	Reader(
		charts.stacked_bar([], "X")
		+ charts.columns([0] * 24, [0] * 24, [""] * 24, ("a", "b"), "")
		+ charts.bar("x", 0, "")
	)


# --- words ---------------------------------------------------------------------------------------------------


def sentences(*names: str) -> set[str]:
	"""Every text inside of ``_("…")``."""
	calls = (
		node
		for name in names
		for node in ast.walk(ast.parse((PACKAGE / name).read_text(encoding="utf-8")))
		if isinstance(node, ast.Call)
		and ast.unparse(node.func) == "_"
		and isinstance(node.args[0], ast.Constant)
	)
	return {call.args[0].value for call in calls}


def fate_sentences(name: str) -> set[str]:
	"""The reasons that a module of the flow may write beside a post."""
	found = sentences(name)
	return {
		one
		for one in found
		if not re.search(r"ticket \{0\} before|Earlier in this thread|nothing to decide", one)
	}


def test_everything_on_the_page_has_its_german():
	said = sentences("report_page.py", "report_figures.py")
	lines = {
		one
		for name in ("rows", "x", "mastodon")
		for one in sentences(f"archives/{name}.py")
		if one[:4] in ("Line", "Entr")
	}
	assert lines and not (said | lines) - set(GERMAN)


@pytest.mark.parametrize(
	"name", ["ticket/deciding.py", "ticket/settling.py", "ticket/opening.py", "triage/verdict.py"]
)
def test_every_reason_of_the_flow_has_its_german(name):
	"""A new reason? Add its German to REASONS in report_words.py."""
	assert fate_sentences(name) and not fate_sentences(name) - set(REASONS)


def test_seeded_rules_and_their_outcomes_have_their_german():
	rules = seeded_rules()
	assert not {rule.title for rule in rules} - set(REASONS) and not {rule.outcome for rule in rules} - set(
		REASONS
	)


def test_german_has_the_same_places():
	for english, german in GERMAN.items():
		assert sorted(re.findall(r"\{\d\}", english)) == sorted(re.findall(r"\{\d\}", german)), english
	assert set(FATES) == set(Fate)


@pytest.mark.parametrize(
	("stored", "german"),
	[
		("It asks a question", "Stellt eine Frage"),
		(
			"Same person, same thread. Rule “Asks for help (German)” says needs a reply (“bitte um Hilfe”)",
			"Dieselbe Person im selben Gespräch. Regel „Bittet um Hilfe (deutsch)“: braucht eine Antwort („bitte um Hilfe“)",
		),
		("Rule “Spam and bait” says spam", "Regel „Spam und Köder“: Spam"),
		("Rule “Our {0} words”", "Regel „Our {0} words“"),
		("Something of a network", "Something of a network"),
	],
)
def test_a_stored_reason_is_said_in_german(stored, german):
	assert say(stored, "de") == german and say(stored, "en") == stored


def test_a_german_page_is_german():
	text = Reader(page(FULL, "de")).text
	assert "Was aus Ihren bisherigen Beiträgen geworden wäre" in text and "4 eröffnete Tickets" in text
	assert "Regel „Bittet um Hilfe (deutsch)“: braucht eine Antwort" in text
	assert not re.search(r"\b(the|posts|Every|opened)\b", text.replace("Question", ""))


def test_numbers_as_each_language_writes_them():
	assert [number(12345, one) for one in ("en", "de")] == ["12,345", "12.345"]
	assert [percent(1, 3, one) for one in ("en", "de")] == ["33%", "33 %"] and percent(0, 0, "en") == "0%"
	assert [duration(seconds, "en") for seconds in (45, 336, 9000, 400_000)] == [
		"45.0 s",
		"5.6 min",
		"2.5 h",
		"4.6 days",
	]
	assert duration(9000, "de") == "2,5 Std."
	assert say(Sentence("{0} posts", (3,)), "de") == "3 Beiträge"
