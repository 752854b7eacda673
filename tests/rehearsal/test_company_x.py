"""The company of the rehearsal and its scripted day, checked mechanically: a broken reference there looks like a bug elsewhere."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path

import pytest
from rapidfuzz import fuzz

import social_service.rehearsal

COMPANY = Path(social_service.rehearsal.__file__).parent / "company"
NEAR_COPY = 80
MEANT_COPY = 55
FIELDS = {
	"key", "at", "by", "do", "text", "lang", "reply_to", "quote_of", "repost_of",
	"target", "fate", "why", "article", "similar_to",
}  # fmt: skip
FATES = {"opened", "joined", "watched", "ignored"}
WRITES = ("post", "direct")
REAL_BRANDS = (
	"bahncard",
	"iphone",
	"android",
	"paypal",
	"deutschlandticket",
	"twitter",
	"whatsapp",
	"flixbus",
)


def read(name: str) -> list[dict]:
	with (COMPANY / name).open(encoding="utf-8") as file:
		return [json.loads(line) for line in file]


def x_length(text: str) -> int:
	"""As X counts, on the safe side: a link counts 23 or its own length, whichever is more."""
	text = unicodedata.normalize("NFC", text)
	length = sum(max(23, len(link)) for link in re.findall(r"https?://\S+", text))
	for letter in re.sub(r"https?://\S+", "", text):
		code = ord(letter)
		light = code <= 4351 or 8192 <= code <= 8205 or 8208 <= code <= 8223 or 8242 <= code <= 8247
		length += 1 if light else 2
	return length


class Day:
	def __init__(self, network: str) -> None:
		self.network = network
		self.company = json.loads((COMPANY / "company.json").read_text(encoding="utf-8"))
		self.own = self.company["accounts"][network]["handle"]
		self.events = read(f"day_{network}.jsonl")
		self.people = {person["handle"]: person for person in read(f"people_{network}.jsonl")}
		self.by_key = {event["key"]: event for event in self.events}
		words = "|".join(re.escape(word) for word in self.company["keywords"])
		tags = "|".join(re.escape(tag) for tag in self.company["hashtags"])
		self.keyword = re.compile(rf"(?<!\w)(?:{words})(?!\w)|#(?:{tags})(?!\w)", re.IGNORECASE)
		self.mention = re.compile(rf"@{re.escape(self.own)}(?!\w)", re.IGNORECASE)

	def of(self, *kinds: str) -> list[dict]:
		return [event for event in self.events if event["do"] in kinds]

	def thread(self, event: dict) -> str:
		"""The first post of the reply chain; direct messages without a chain are one conversation per person."""
		while event["reply_to"]:
			event = self.by_key[event["reply_to"]]
		return f"direct {event['by']}" if event["do"] == "direct" else event["key"]

	def is_found(self, event: dict) -> bool:
		if event["do"] == "direct" or event["by"] == self.own:
			return True
		if self.mention.search(event["text"]) or self.keyword.search(event["text"]):
			return True
		above = event["reply_to"] or event["quote_of"]
		return bool(above) and self.is_found(self.by_key[above])

	def copies(self) -> dict[str, str]:
		"""For each key the first of its group of meant copies."""
		first: dict[str, str] = {}
		for event in self.events:
			similar = event["similar_to"]
			first[event["key"]] = first[similar] if similar else event["key"]
		return first


@pytest.fixture(scope="module", params=["x", "mastodon"])
def day(request: pytest.FixtureRequest) -> Day:
	if request.param == "mastodon" and not (COMPANY / "day_mastodon.jsonl").exists():
		pytest.skip("the day on Mastodon is not written yet")
	return Day(request.param)


@pytest.fixture(scope="module")
def articles() -> dict[str, dict]:
	return {article["id"]: article for article in read("articles.jsonl")}


def test_company_names_everything_the_rehearsal_needs():
	company = json.loads((COMPANY / "company.json").read_text(encoding="utf-8"))
	assert set(company) == {"name", "accounts", "keywords", "hashtags", "teams", "timezone", "day"}
	assert company["name"] == "Talwind Bahn"
	assert {network: set(account) for network, account in company["accounts"].items()} == {
		"x": {"handle", "name"},
		"mastodon": {"handle", "name"},
	}
	assert (company["timezone"], company["day"]) == ("Europe/Berlin", "2026-03-03")
	assert company["teams"] == ["Fahrgastservice", "Tickets & App"]
	assert "Talwind" in company["keywords"] and company["hashtags"] == ["TalwindBahn"]


def test_articles_are_complete_in_both_languages(articles):
	assert len(articles) == len(read("articles.jsonl")) >= 44
	languages = Counter(article["lang"] for article in articles.values())
	assert set(languages) == {"de", "en"} and min(languages.values()) >= 20
	topics = defaultdict(set)
	for key, article in articles.items():
		assert set(article) == {"id", "lang", "title", "text", "answer"}
		assert re.fullmatch(r"a-[a-z-]+", key)
		topics[key.rsplit("-", 1)[0]].add(article["lang"])
		assert 80 <= len(article["text"].split()) <= 200, key
		assert 60 <= len(article["answer"]) <= 230, key
		assert "## " in article["text"] and not re.search(r"<[a-z/]", article["text"]), key
		assert not re.search(r"https?://|www\.", article["answer"]), key
	assert sum(len(both) == 2 for both in topics.values()) >= len(topics) * 0.7


def test_article_answers_differ(articles):
	answers = [article["answer"] for article in articles.values()]
	assert [(a, b) for a, b in combinations(answers, 2) if fuzz.token_sort_ratio(a, b) > NEAR_COPY] == []


def test_people_exist_once_and_all_of_them_speak(day):
	assert len(day.people) == len(read(f"people_{day.network}.jsonl"))
	if day.network == "x":
		assert len(day.people) >= 180
	for handle, person in day.people.items():
		assert {"handle", "name", "lang", "followers", "is_bot"} <= set(person), handle
		if day.network == "x":
			assert re.fullmatch(r"[a-z0-9_]{3,15}", handle), handle
		assert person["lang"] in ("de", "en") and person["name"].strip(), handle
		assert isinstance(person["followers"], int) and isinstance(person["is_bot"], bool), handle
	authors = {event["by"] for event in day.events}
	assert authors - set(day.people) - {day.own} == set()
	assert len(set(day.people) - authors) <= len(day.people) * 0.1


def test_counts_of_the_day(day):
	do, fate = (Counter(event[field] for event in day.events) for field in ("do", "fate"))
	total = len(day.events)
	if day.network == "x":
		assert total >= 390
		assert do["post"] + do["direct"] >= 360
		assert (do["edit"], do["delete"]) == (12, 10)
		assert do["repost"] >= 20 and do["direct"] >= 8
		assert sum(event["by"] == day.own for event in day.events) >= 15
	else:
		assert total >= 260
	for name, low, high in (
		("opened", 0.28, 0.42),
		("joined", 0.06, 0.16),
		("watched", 0.28, 0.42),
		("ignored", 0.13, 0.25),
	):
		assert low <= fate[name] / total <= high, (name, fate[name] / total)
	languages = Counter(event["lang"] for event in day.events)
	assert set(languages) == {"de", "en"} and languages["en"] / total >= 0.15


def test_every_event_is_well_formed_and_in_order(day):
	assert len(day.by_key) == len(day.events)
	times = [event["at"] for event in day.events]
	assert all(re.fullmatch(r"([01]\d|2[0-3])(:[0-5]\d){2}", time) for time in times)
	assert times == sorted(times)
	for event in day.events:
		key = event["key"]
		assert set(event) >= FIELDS, key
		if day.network == "x":
			assert set(event) == FIELDS and re.fullmatch(r"x\d{3}", key), key
		assert event["do"] in {*WRITES, "edit", "delete", "repost"}, key
		assert event["fate"] in FATES, key
		assert 3 <= len(event["why"].split()) <= 8, (key, event["why"])
		assert bool(event["text"].strip()) == (event["do"] in (*WRITES, "edit")), key
		assert (event["do"] == "repost") == bool(event["repost_of"]), key
		assert (event["do"] in ("edit", "delete")) == bool(event["target"]), key
		if event["do"] not in WRITES:
			assert not event["reply_to"] and not event["quote_of"], key


def test_texts_fit_the_network(day):
	for event in day.events:
		length = x_length(event["text"]) if day.network == "x" else len(event["text"])
		assert length <= (280 if day.network == "x" else 500), event["key"]
		assert not any(brand in event["text"].lower() for brand in REAL_BRANDS), event["key"]
		for link in re.findall(r"https?://([^/\s]+)", event["text"]):
			assert link.endswith((".example", "example.com")), event["key"]


def test_references_point_to_earlier_living_posts(day):
	living: dict[str, dict] = {}
	for event in day.events:
		for field in ("reply_to", "quote_of", "repost_of", "target"):
			key = event[field]
			assert not key or key in living, (event["key"], field, key)
		if event["similar_to"]:
			assert day.by_key[event["similar_to"]]["at"] < event["at"], event["key"]
		if event["repost_of"]:
			assert living[event["repost_of"]]["do"] == "post", event["key"]
		if event["target"]:
			assert living[event["target"]]["by"] == event["by"], event["key"]
		if event["do"] == "delete":
			del living[event["target"]]
		elif event["do"] in WRITES:
			living[event["key"]] = event


def test_edits_change_something_within_half_an_hour(day):
	def seconds(event: dict) -> int:
		hours, minutes, rest = map(int, event["at"].split(":"))
		return hours * 3600 + minutes * 60 + rest

	texts = {event["key"]: event["text"] for event in day.of(*WRITES)}
	for event in day.of("edit"):
		assert event["text"] != texts[event["target"]], event["key"]
		if day.network == "x":
			assert seconds(event) - seconds(day.by_key[event["target"]]) <= 1800, event["key"]
			assert event["fate"] == day.by_key[event["target"]]["fate"], event["key"]


def test_no_near_copies_unless_meant(day):
	posts = day.of(*WRITES)
	first = day.copies()
	unmeant = [
		(a["key"], b["key"])
		for a, b in combinations(posts, 2)
		if first[a["key"]] != first[b["key"]] and fuzz.token_sort_ratio(a["text"], b["text"]) > NEAR_COPY
	]
	assert unmeant == []


def test_meant_copies_are_copies(day):
	meant = [event for event in day.events if event["similar_to"]]
	if day.network == "x":
		assert len(meant) >= 6
	for event in meant:
		other = day.by_key[event["similar_to"]]
		assert fuzz.token_sort_ratio(event["text"], other["text"]) >= MEANT_COPY, event["key"]


def test_fates_follow_from_person_and_thread(day):
	opened: set[tuple[str, str]] = set()
	for event in day.events:
		if event["by"] == day.own or event["do"] == "repost":
			assert event["fate"] == "ignored", event["key"]
		if event["do"] not in WRITES:
			continue
		place = (event["by"], day.thread(event))
		if event["fate"] == "opened":
			assert place not in opened, event["key"]
			opened.add(place)
		elif event["fate"] == "joined":
			assert place in opened, event["key"]
		else:
			assert place not in opened, event["key"]


def test_articles_belong_to_posts_that_need_an_answer(day, articles):
	for event in day.events:
		if event["article"]:
			assert articles[event["article"]]["lang"] == event["lang"], event["key"]
			assert event["fate"] in ("opened", "joined"), event["key"]
	opened = [event for event in day.of(*WRITES) if event["fate"] == "opened"]
	assert sum(bool(event["article"]) for event in opened) >= len(opened) * 0.7
	if day.network == "x":
		assert len({event["article"] for event in opened if event["article"]}) >= 35


def test_every_post_is_found_by_a_stream(day):
	assert [event["key"] for event in day.of(*WRITES) if not day.is_found(event)] == []
	by_keyword = [
		event
		for event in day.of("post")
		if event["by"] != day.own and "@" not in event["text"] and day.keyword.search(event["text"])
	]
	if day.network == "x":
		assert 0.25 <= len(by_keyword) / len(day.events) <= 0.4


def test_the_day_has_its_colours(day):
	posts = day.of(*WRITES)
	talkers = defaultdict(set)
	for event in posts:
		talkers[day.thread(event)].add(event["by"])
	long_threads = [thread for thread, people in talkers.items() if len(people - {day.own}) >= 6]
	assert len(long_threads) >= 3
	if day.network == "x":
		assert max(len(people) for people in talkers.values()) >= 12
		assert sum("https://" in event["text"] for event in posts) >= 10
		assert sum("#TalwindBahn" in event["text"] for event in posts) >= 8
		assert sum(bool(event["quote_of"]) for event in posts) >= 10
		assert sum(not re.search(r"[^\W\d_]", event["text"]) for event in posts) >= 4
	in_hours = Counter(event["at"][:2] for event in posts)
	assert in_hours["08"] > in_hours["10"] and in_hours["15"] > in_hours["14"]
