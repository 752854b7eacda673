"""The day of the demo, once and whole: nothing lost, nothing doubled, nothing said twice, seen from the networks' side."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from social_service.cli import main
from social_service.rehearsal import figures
from social_service.rehearsal.story import load

KEYS = [
	"posts",
	"fates",
	"tickets",
	"replies_sent",
	"lost",
	"duplicates",
	"double_posts",
	"first_response_p50_s",
	"suggestions",
]


@pytest.fixture(scope="module")
def outcome() -> tuple[dict, str]:
	result = CliRunner().invoke(main, ["demo"])
	assert result.exit_code == 0, result.output
	return json.loads(result.stdout.splitlines()[-1]), result.stdout


def test_the_last_line_is_one_object_with_the_promised_keys(outcome):
	assert list(outcome[0]) == KEYS
	assert list(outcome[0]["fates"]) == ["opened", "joined", "watched", "ignored", "failed"]


def test_nothing_is_lost_and_nothing_doubled_on_a_day_with_faults(outcome):
	told = outcome[0]
	assert (told["lost"], told["duplicates"], told["double_posts"]) == (0, 0, 0)


def test_every_post_has_one_fate_and_every_opened_one_a_ticket(outcome):
	told = outcome[0]
	assert sum(told["fates"].values()) == told["posts"] >= 600
	assert told["fates"]["failed"] == 0
	assert told["tickets"] == told["fates"]["opened"] > 100


def test_the_team_answers_in_minutes_and_is_helped(outcome):
	told = outcome[0]
	assert told["replies_sent"] > 200
	assert 60 < told["first_response_p50_s"] < 1800
	assert told["suggestions"] > 100


def test_a_person_reads_tables_above_it(outcome):
	for heading in ("What became of every post", "The day by the hour", "Why", "What we promise"):
		assert heading in outcome[1]


def test_counting_sees_a_post_that_we_do_not_have_and_an_answer_that_stands_twice():
	published = [
		{"reply_to": "1", "text": "a"},
		{"reply_to": "1", "text": "a"},
		{"reply_to": "2", "text": "a"},
	]
	assert figures._doubled(published) == 1
	assert figures._fates({"1": ("opened", 1)}, ["1", "2"]) == {"opened": 1}


def test_a_public_answer_fits_the_networks():
	assert all(len(answer.text) <= 230 for answer in load().answers().values())
