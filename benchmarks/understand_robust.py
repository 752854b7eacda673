"""Texts as no person writes them: 10,000 of hypothesis through each room, and what the slowest one takes. The same every time."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from social_service.ledger import SocialMessage
from social_service.match import Index
from social_service.match.groups import Groups
from social_service.match.words import LONGEST as LONGEST_LESSON
from social_service.match.words import asked_words
from social_service.records import Article, Kind, Visibility
from social_service.settings import Outcome, SocialTriageRule
from social_service.triage import corpus, judge
from social_service.triage.defaults import seeded_rules
from social_service.triage.language import Hints, language_of
from social_service.triage.model import load
from social_service.triage.rules import first_match

Room = Callable[[str], object]

TEXTS = 10_000
SWEPT = 1_000  # texts
LONGEST = 100_000  # characters
EVER = datetime(2026, 1, 1, tzinfo=timezone.utc)
SITE = ("de", "en")
BRAND = ("Stromkontor", "@stromkontor")
ARTICLES = 200
NEARLY = "\n".join(
	f"~{one}" for one in ("gasgeruch", "kein strom da", "electric shock", "refund", "kettle") * 4
)

# --- any text ------------------------------------------------------------------------------------------------

ANY = st.text(st.characters(exclude_categories=()))  # lone surrogates and NUL as well
RIGHT_TO_LEFT = st.text("\u200f\u202e\u202bمرحباكيفحالكשלום עולם ", min_size=1)
ZALGO = st.text("Zalgo\u0351\u0344\u0300\u035c\u0489\u20dd ", min_size=1)
EMOJI = st.text("😤🔥🙏👍🏽👨‍👩‍👧‍👦🇩🇪️❤\u200d", min_size=1)
LINKS = st.builds("https://{}.example/{}?{} ".format, *[st.text("abc-._/%&=#@:[]", max_size=9)] * 3)
MARKS = st.text("<>&;#@_*~|!?.,:/\\\"'`()[]{}%$ \t\n\r\0\ufeff\u200b", min_size=1)
PIECES = st.sampled_from(
	[
		*(
			"a",
			"ä",
			"ß",
			"A1",
			"1",
			"x ",
			"aä1",
			"\0",
			"ﷺ",
			"ǆ",
			"ﬃ",
			"😤",
			"@",
			"@a ",
			"#a ",
			"<",
			"<b>",
			"&amp;",
			"&#",
		),
		*(
			"www.",
			"http",
			"https://",
			"a.a.",
			"a'",
			"a-",
			"1:",
			"1,",
			"!?",
			"…",
			"\ud800",
			"\udfff",
			"\u0344",
			"\u202e",
		),
		*("Zug ", "bitte um hilfe ", "kein strom ", "IchBinSauer", "feuer im", "refund ", "not working "),
	]
)
POST = st.one_of(ANY, RIGHT_TO_LEFT, ZALGO, EMOJI, LINKS, MARKS, PIECES)
LONG = st.builds(lambda piece, times: (piece * times)[:LONGEST], POST, st.integers(1, LONGEST))
TEXT = st.one_of(POST, LONG, st.builds("".join, st.lists(st.one_of(POST, LONG), max_size=4))).map(
	lambda text: text[:LONGEST]
)

# --- the rooms ------------------------------------------------------------------------------------------------


def rooms() -> dict[str, Room]:
	"""Each takes a text, as triage and match do."""
	model, index, groups = load(), small_index(), Groups()
	rules = [*seeded_rules(), SocialTriageRule("Typos", Outcome.EXPLICIT, words=NEARLY)]
	return {
		"language": lambda text: language_of(text, Hints(channel="de"), SITE),
		"model": lambda text: model.read(text, BRAND),
		"telling_words": lambda text: model.telling_words(text, "need", BRAND),
		"rules": lambda text: first_match(rules, as_message(text), ""),
		"judge": lambda text: judge(as_message(text), rules, SITE),
		"suggest": index.suggest,
		"taught": taught,
		"groups": groups.add,
	}


def small_index() -> Index:
	rows = corpus.posts(corpus.HELD_OUT)["energy"][: 2 * ARTICLES]
	index = Index()
	index.update(
		Article(
			f"a{number}",
			rows[number]["text"],
			"\n".join(one["text"] for one in rows[number : number + 6]),
			EVER,
		)
		for number in range(ARTICLES)
	)
	index.confirm((row["text"], f"a{number}") for number, row in enumerate(rows[ARTICLES:]))
	return index


def taught(text: str) -> object:
	"""A post that an agent confirmed for an article, asked again. Lessons are kept so long."""
	index = Index()
	index.update([Article("a", text[:140], text[:LONGEST_LESSON], EVER)])
	index.confirm([(text[:LONGEST_LESSON], "a")])
	return index.scores(asked_words(text))


def as_message(text: str) -> SocialMessage:
	ids = dict.fromkeys(("channel", "external_id", "digest", "post_digest", "thread_id"), "1")
	kinds = {"kind": Kind.COMMENT, "visibility": Visibility.PUBLIC}
	return SocialMessage(text=text, sent_at=EVER, stored_at=EVER, **ids, **kinds)


# --- figures --------------------------------------------------------------------------------------------------


def measure(_data: Path) -> dict:
	tried = rooms()
	for room in tried.values():
		room("Guten Tag, warm up")
	millis: dict[str, list[float]] = {name: [] for name in tried}
	worst: dict[str, str] = {}

	@settings(
		max_examples=TEXTS,
		deadline=None,
		derandomize=True,
		database=None,
		phases=[Phase.generate],
		suppress_health_check=list(HealthCheck),
	)
	@given(TEXT)
	def through_all_rooms(text: str) -> None:
		if len(millis["judge"]) % SWEPT == 0:
			gc.collect()
		for name, room in tried.items():
			millis[name].append(_millis(room, text))
			if millis[name][-1] == max(millis[name]):
				worst[name] = f"{len(text)} characters: {text[:30]!a}"

	gc.disable()  # hypothesis keeps much that a worker does not have; to clean that up takes a fifth of a second
	try:
		through_all_rooms()
	finally:
		gc.enable()
	return {"texts": len(millis["judge"])} | {
		name: _figures(some, worst[name]) for name, some in millis.items()
	}


def _millis(room: Room, text: str) -> float:
	"""Of the processor: what else a busy machine does is not counted."""
	start = time.thread_time()
	room(text)
	return 1000 * (time.thread_time() - start)


def _figures(millis: list[float], worst: str) -> dict:
	ordered = sorted(millis)
	return {
		"p99_ms": round(ordered[int(0.99 * len(ordered))], 2),
		"max_ms": round(ordered[-1], 2),
		"slowest": worst,
	}
