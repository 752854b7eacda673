"""The benchmarks run, and can fail: a number that could only ever be 0 would prove nothing."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace

import pytest

from benchmarks import faults, faults_count, promises
from benchmarks.__main__ import _seeds
from benchmarks.cost import _on_x, is_cheap
from benchmarks.faults_networks import DIRECT, MENTION, ROWS, Row
from benchmarks.faults_stage import Place, Posted
from benchmarks.understand_curve import Judged, curve
from benchmarks.understand_learning import SPLITS, of_triage
from social_service import hooks
from social_service.triage.learning import Correction
from social_service.triage.model import load

ROW = Row("x", "x", (MENTION,), {})
PUBLISHED = {
	"id": "9",
	"by": "heimwerk",
	"text": "here is answer000001",
	"reply_to": "1",
	"visibility": "public",
}
ASKED = Posted("1", "person1", "case000001", MENTION, "1", needs_answer=True)
OTHER = Posted("2", "person2", "case000002", MENTION, "1", needs_answer=True)


@pytest.fixture
def place() -> Place:
	return Place(ROW, None, "ch", people={"person1": "11"}, posts={"1": ASKED, "2": OTHER})


def test_a_small_storm_leaves_nothing_lost_doubled_or_told_to_somebody_else():
	figures = faults.run(3, posts=40, replies=8, ticks=12, only=["telegram"])
	assert (figures["posts"], figures["replies"]) == (40, 8)
	assert not faults.failed(figures)
	assert sum(figures["faults"].values()) > 10


def test_the_warning_job_tells_what_one_minute_brings_and_the_flood_the_rest():
	figures = promises.measure(200)
	assert (figures["conversations"], figures["rows"]) == (200, 400)
	assert 2 <= figures["alarms"] <= 7, "two hundred in 45 minutes"
	assert figures["flood_alarms"] == 400, "each response and each resolution, once"
	assert promises.is_fast(figures) and not promises.is_fast({**figures, "pass_ms": 2001})


def test_a_channel_without_a_row_is_named(capsys, monkeypatch):
	monkeypatch.setitem(hooks.social_channels, "carrier_pigeon", "nowhere.Pigeon")
	assert {row.driver for row in faults.rows()} <= set(hooks.social_channels)
	assert "NOT TESTED: the channel carrier_pigeon" in capsys.readouterr().err


def test_each_row_has_a_name_of_its_own():
	assert len({row.name for row in ROWS}) == len(ROWS)


def test_an_answer_that_stands_there_twice_is_seen(place):
	assert len(faults_count._double([(place, PUBLISHED), (place, {**PUBLISHED, "id": "10"})])) == 1
	assert faults_count._double([(place, PUBLISHED)]) == []


@pytest.mark.parametrize(
	("change", "asked", "is_wrong"),
	[
		({}, [ASKED], False),
		({"reply_to": "2"}, [ASKED], True),
		({"reply_to": "2", "text": "@person1 here is answer000001"}, [ASKED], False),
		({"reply_to": "gone"}, [ASKED], True),
		({}, [Posted("1", "person1", "case000001", DIRECT, "person1", needs_answer=True)], True),
	],
	ids=[
		"to who asked",
		"to another",
		"below another, and it names who asked",
		"to nobody",
		"public to a secret",
	],
)
def test_an_answer_to_somebody_else_or_wider_than_the_question_is_seen(place, change, asked, is_wrong):
	assert bool(faults_count._problem(place, PUBLISHED | change, asked)) is is_wrong


def test_a_post_that_was_never_stored_or_never_decided_is_seen(place):
	ledger = {"served": ["1", "2", "3"]}
	assert len(faults_count._lost(place, ledger, {"1": None}, {})) == 3
	OTHER_GONE = SimpleNamespace(**{**vars(OTHER), "is_deleted": True})
	place.posts["2"] = OTHER_GONE
	assert len(faults_count._lost(place, ledger, {"1": "watched", "3": "watched"}, {})) == 0


def test_words_that_stand_in_two_tickets_are_seen():
	assert faults_count._twice_in_tickets({"case000001": ["1", "2"], "case000002": ["1"]}) != []


def test_a_post_that_is_read_again_costs_again():
	search = {"path": "/2/tweets/search/recent", "items": ["1", "2"], "users": ["7"], "posts": []}
	figures = _on_x(["1", "2"], [search])
	assert (figures["reads_per_new_post"], figures["reads_of_stored_posts"]) == (1.0, 0)
	figures = _on_x(["1", "2"], [search, search])
	assert (figures["reads_per_new_post"], figures["reads_of_stored_posts"]) == (2.0, 2)
	assert not is_cheap({"x": {"quiet": figures}})


@pytest.mark.parametrize(("text", "seeds"), [("7", [7]), ("1-3", [1, 2, 3]), ("3,5", [3, 5])])
def test_seeds(text, seeds):
	assert _seeds(text) == seeds
	assert Counter(map(type, _seeds("random"))) == {int: 1}


# --- understand: learning -------------------------------------------------------------------------------------

WAS, BETTER, WORSE = [0, 1] * 50, [0] * 40 + [1] * 60, [1] * 60 + [0] * 40


def test_a_learning_curve_says_what_was_gained_and_how_sure_that_is():
	labels, posts = [0] * 50 + [1] * 50, list(range(100))
	found = curve([Judged(posts, labels, [WAS, BETTER, WORSE, WAS])], (10, 20, 30))
	rise, fall, same = (found[name] for name in ("10", "20", "30"))
	assert (found["start"], found["judged"]) == (0.5, 100)
	assert rise["score"] == pytest.approx(0.899, abs=0.001)
	assert 0 < rise["gain_from"] < rise["gain"] < rise["gain_to"] < 0.6
	assert (rise["falls"], fall["falls"], same["falls"]) == (False, True, False)
	assert (same["gain_from"], same["gain_to"]) == (0, 0)


def test_posts_that_stand_in_several_splits_do_not_make_an_interval_narrower():
	labels, posts = [0] * 50 + [1] * 50, list(range(100))
	once = Judged(posts, labels, [WAS, BETTER])
	one, thrice = (curve([once] * times, (10,))["10"] for times in (1, 3))
	assert (one["gain_from"], one["gain_to"]) == (thrice["gain_from"], thrice["gain_to"])


def test_corrections_and_what_they_are_judged_by_are_different_posts():
	said = [
		Correction(f"{word} {number}", {"spam": value})
		for number in range(60)
		for word, value in (("grützwurst", "yes"), ("blutwurst", "no"))
	]
	found = of_triage(load(), said, (), ("spam",), (30, 90))["spam"]
	assert found["judged"] == SPLITS * (len(said) - 90)
	assert found["90"]["score"] >= found["start"]
