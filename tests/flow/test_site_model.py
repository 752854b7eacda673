"""The site's own model: learned at night, used if it is better on what it has not seen, rolled back by a click."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from social_service import corrections, site_model
from social_service.ledger import SocialCorrection, SocialMessage, SocialTriageModel
from social_service.sentence import Refused
from social_service.settings import SocialServiceSettings
from social_service.triage.learning import Correction, lesson
from social_service.triage.model import load
from tests.flow.test_blind_sample import post

WORD, OTHER = "Grumpelfix", "Schnurbsel"  # nobody has ever seen them: only corrections tell what they mean
MORE = ("sagt", "heute", "wieder", "nichts")


def told(host, clock, count: int, word: str = WORD, need: str = "explicit") -> None:
	"""Posts with the new word, and an agent who says of each what it needs."""
	first = host.store.tally(SocialMessage, (), {}).get((), 0)
	with host.transaction():
		for number in range(first, first + count):
			message, _is_new = host.store.add(post_with(word, number, clock))
			opinion = corrections.Opinion({"need": need}, "ada@example.com", "list")
			corrections.keep(host, message.name, opinion, clock())


def post_with(word: str, number: int, clock) -> SocialMessage:
	return post(clock(), f"m{number}", text=f"{word} {MORE[number % 4]} {number}")


def need_of(model, word: str = WORD) -> str:
	return model.read(f"{word} und sonst nichts").values["need"]


def rows(host) -> list[SocialTriageModel]:
	return host.store.find(SocialTriageModel, {}, order="made_at,name", limit=100)


def night(host, clock, **later: float) -> SocialTriageModel | None:
	clock.forward(**(later or {"days": 1}))
	return site_model.learn(host, clock())


@pytest.fixture
def learned(host, clock):
	told(host, clock, 120)
	row = night(host, clock)
	assert row.state == "In Use", row
	return row


def test_without_corrections_the_shipped_model_is_used(host, clock):
	assert night(host, clock) is None
	assert site_model.model_of(host) is load() and not rows(host)


def test_a_night_learns_what_a_word_means_here(host, clock, learned):
	assert need_of(load()) == "none"
	assert need_of(site_model.model_of(host)) == "explicit"
	assert float(learned.before) < float(learned.after) <= 1
	assert learned.corrections == 120 and 0 < learned.judged_by < 120
	assert (host.cache / f"triage_{learned.name}.npz").stat().st_size < 2_000_000


def test_the_file_says_the_same_as_what_was_learned(host, clock, learned):
	model = site_model.model_of(host)
	assert set(model.requests) == set(load().requests)
	again = lesson(load(), [one.correction for one in site_model._said(host)]).model
	for text in ("Where is my train?", f"{WORD} heute", "Danke für nichts"):
		for head, chances in again.read(text).chances.items():
			for value, chance in chances.items():
				assert model.read(text).chances[head][value] == pytest.approx(chance, abs=0.03)


def test_a_night_without_news_leaves_no_row(host, clock, learned):
	assert night(host, clock) is None and len(rows(host)) == 1


def test_a_model_that_is_not_better_is_not_used(host, clock, learned):
	told(host, clock, 5)
	row = night(host, clock)
	assert row.state == "Not Better"
	assert row.before and float(row.after) <= float(row.before)
	assert site_model._newest(host, "In Use") == learned


def test_the_model_in_use_is_measured_without_what_it_has_seen(host, clock, learned):
	"""It learned from the ones kept back, too: compared as it is, no later model could be better."""
	told(host, clock, 150, OTHER, "implicit")
	row = night(host, clock)
	assert row.state == "In Use"
	assert [one.state for one in rows(host)] == ["Replaced", "In Use"]
	model = site_model.model_of(host)
	assert (need_of(model), need_of(model, OTHER)) == ("explicit", "implicit")


def test_who_learned_from_the_same_corrections_is_as_good(host, clock):
	"""By heart a model knows even what has no rule in it: what is kept back must be new to the one in use as well."""
	said = [
		Correction(
			f"{WORD} {number}{'abcdefg'[number % 7]}", {"need": ("none", "explicit")[number * 7 % 11 % 2]}
		)
		for number in range(300)
	]
	one = lesson(load(), said, known=said)
	assert one.before == one.after < 1


def test_switched_off_nothing_is_learned(host, clock):
	told(host, clock, 120)
	settings = host.store.find(SocialServiceSettings, {}, order="name", limit=1)[0]
	with host.transaction():
		host.store.change(settings, learn_nightly=False)
	assert night(host, clock) is None


def test_what_its_author_deleted_teaches_nothing(host, clock):
	told(host, clock, 120)
	with host.transaction():
		for message in host.store.find(SocialMessage, {}, order="name", limit=1000):
			host.store.change(message, deleted_at=clock())
	assert night(host, clock) is None


@pytest.mark.parametrize("damage", ["gone", "cut"])
def test_where_the_file_is_gone_or_broken_the_shipped_one_is_used(host, clock, learned, damage, caplog):
	path = host.cache / f"triage_{learned.name}.npz"
	load.cache_clear()
	path.unlink() if damage == "gone" else path.write_bytes(path.read_bytes()[:5000])
	assert site_model.model_of(host) is load()
	assert learned.name in caplog.text


def test_rolled_back_to_the_shipped_one_and_it_does_not_come_back(host, clock, learned):
	assert site_model.roll_back(host, learned.name) is None
	assert need_of(site_model.model_of(host)) == "none"
	assert [one.state for one in rows(host)] == ["Rolled Back"]
	told(host, clock, 19)
	assert night(host, clock) is None, "19 new corrections are too few"
	told(host, clock, 1)
	assert night(host, clock).corrections == 140


def test_rolled_back_to_the_one_before_it(host, clock, learned):
	told(host, clock, 150, OTHER, "implicit")
	second = night(host, clock)
	assert site_model.roll_back(host, second.name) == replace(learned, state="In Use")
	assert [one.state for one in rows(host)] == ["In Use", "Rolled Back"]
	assert need_of(site_model.model_of(host)) == "explicit"
	with pytest.raises(Refused):
		site_model.roll_back(host, second.name)


def test_a_model_without_its_file_is_not_rolled_back_to(host, clock, learned):
	told(host, clock, 150, OTHER, "implicit")
	second = night(host, clock)
	(host.cache / f"triage_{learned.name}.npz").unlink()
	assert site_model.roll_back(host, second.name) is None


def test_three_files_are_kept(host, clock, learned):
	for number in range(5):
		made = replace(
			learned, name="", digest=str(number), made_at=learned.made_at + timedelta(minutes=number)
		)
		with host.transaction():
			row, _new = host.store.add(replace(made, state="Replaced" if number < 4 else "In Use"))
		site_model.save(load(), host.cache / f"triage_{row.name}.npz")
	site_model._remove_old_files(host)
	newest = [f"triage_{row.name}.npz" for row in rows(host)][-3:]
	assert sorted(path.name for path in host.cache.glob("triage_*.npz")) == sorted(newest)


def test_all_corrections_are_read_oldest_first(host, clock):
	for start in range(0, 2400, 800):
		clock.forward(minutes=1)
		told_at_once(host, clock, start, 800)
	read = site_model._said(host)
	assert len(read) == 2400
	assert [one.at for one in read] == sorted(one.at for one in read)


def told_at_once(host, clock, first: int, count: int) -> None:
	with host.transaction():
		for number in range(first, first + count):
			message, _new = host.store.add(post_with(WORD, number, clock))
			at = clock() + timedelta(milliseconds=number)
			host.store.add(SocialCorrection(message.name, message.digest, "", "ada", at, need="none"))
