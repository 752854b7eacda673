"""The miss budget: the fewer may be missed the more is read, and what people judge on the site shifts where that begins."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from social_service import blind_sample, miss_budget
from social_service.decider import reader_for
from social_service.ledger import SocialBlindSample, digest
from social_service.settings import SocialServiceSettings
from social_service.triage.budget import STEPS, as_shares, by_language, least_chance, together
from social_service.triage.model import load

EVEN = as_shares([one / 1000 for one in range(1000)])


@pytest.mark.parametrize(
	("missed", "least"), [(0, 0.0), (2, 0.02), (50, 0.5), (100, 0.999), (250, 0.999), (-1, 0.0)]
)
def test_the_least_chance_leaves_as_many_below_as_may_be_missed(missed, least):
	assert least_chance(EVEN, missed) == pytest.approx(least, abs=0.002)


def test_a_heavy_request_stands_for_many():
	shares = as_shares([0.1, 0.9], [98, 2])
	assert least_chance(shares, 40) == pytest.approx(0.1, abs=0.1)
	assert least_chance(shares, 99) > 0.85


def test_the_more_a_site_judges_the_less_the_corpus_counts():
	low = [0.05] * 10
	few, many = together(EVEN, low, [1] * 10), together(EVEN, low, [1000] * 10)
	assert least_chance(many, 20) < least_chance(few, 20) <= least_chance(EVEN, 20)
	assert together(EVEN, [], []) is EVEN


def test_languages_stay_apart():
	found = by_language({"de": EVEN, "en": EVEN}, {"de": [(0.01, 10_000.0)]})
	assert least_chance(found["de"], 50) < 0.1
	assert least_chance(found["en"], 50) == least_chance(EVEN, 50)


def test_the_shipped_model_knows_both_languages():
	requests = load().requests
	assert set(requests) == {"de", "en"}
	for shares in requests.values():
		assert len(shares) == STEPS
		assert (np.diff(shares) >= 0).all()


# --- on a site -----------------------------------------------------------------------------------------------


def judged(desk, answers: list[str], text: str) -> None:
	"""As many posts as answers, drawn on one day from twice as many, and judged."""
	for number, _answer in enumerate(answers, start=1):
		desk.world.post(number, f"{text} {number}", by=f"a{number}")
	desk.round()
	now = desk.clock()
	with desk.host.transaction():
		for number, answer in enumerate(answers, start=1):
			row = SocialBlindSample(
				desk.message(f"p{number}").name,
				digest("sample", str(number)),
				now,
				len(answers),
				2 * len(answers),
				"en",
				answer,
				"anna",
				now,
			)
			desk.host.store.add(row)


def least(desk) -> float:
	settings = desk.host.store.find(SocialServiceSettings, {}, order="name", limit=1)[0]
	return reader_for(desk.host, settings).shows_from("en")


def test_missed_requests_lower_where_reading_begins(desk):
	before = least(desk)
	judged(
		desk, [blind_sample.NEEDED] * 8 + [blind_sample.NOT_NEEDED] * 32, "A walk in the park was nice today"
	)
	settings = desk.host.store.find(SocialServiceSettings, {}, order="name", limit=1)[0]
	assert miss_budget.learn(desk.host, reader_for(desk.host, settings), desk.clock() + timedelta(days=1))
	assert least(desk) < 0.9 * before


def test_too_few_judgements_change_nothing(desk):
	before = least(desk)
	judged(
		desk, [blind_sample.NEEDED] * 5 + [blind_sample.CANT_TELL] * 40, "A walk in the park was nice today"
	)
	settings = desk.host.store.find(SocialServiceSettings, {}, order="name", limit=1)[0]
	assert not miss_budget.learn(desk.host, reader_for(desk.host, settings), desk.clock() + timedelta(days=1))
	assert least(desk) == pytest.approx(before, abs=0.001)


def test_a_broken_file_is_no_budget(desk):
	before = least(desk)
	(desk.host.cache / miss_budget.FILE).write_text("{")
	assert least(desk) == before


def test_the_fewer_may_be_missed_the_more_is_read_and_nothing_is_stored(desk):
	texts = ("My parcel is still not here", "Your shop has nice plants", "App crashes since the update")
	for number, text in enumerate(texts * 5, start=1):
		desk.world.post(number, f"{text} {number}", by=f"a{number}", is_addressed=False)
	desk.round()
	fates = desk.fates()
	settings = desk.host.store.find(SocialServiceSettings, {}, order="name", limit=1)[0]
	reader = reader_for(desk.host, settings)
	told = miss_budget.efforts(desk.host, reader)
	assert [one.missed for one in told] == list(miss_budget.BUDGETS)
	assert [one.shown for one in told] == sorted((one.shown for one in told), reverse=True)
	assert [one.missed for one in told if one.is_current] == [settings.miss_budget]
	assert {one.of for one in told} == {15}
	share = round(100 * told[0].shown / 15)
	assert str(told[0].sentence) == f"At most 1 of 100 requests missed: agents read {share} of 100 posts"
	assert desk.fates() == fates
