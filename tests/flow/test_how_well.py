"""How well would it have worked on the last days? Judged again, against what people said, each in one row only."""

from __future__ import annotations

from datetime import timedelta

import pytest

from social_service import blind_sample, corrections
from social_service.evaluate.site import ANSWERED, CORRECTED, SAMPLE, Judged, last_days
from social_service.ledger import SocialArticleSuggestion, SocialBlindSample, SocialMessage
from social_service.lessons import index_of
from social_service.triage.defaults import seeded_rules
from tests.flow.test_blind_sample import BY, post, store

ASKS, CHATS = "Bitte um Hilfe, nichts geht", "Schöner Tag heute am See"


@pytest.fixture
def rules(host):
	with host.transaction():
		for rule in seeded_rules():
			host.store.add(rule)


def said(host, message: SocialMessage, clock, **labels: str) -> None:
	corrections.correct(host, message.name, corrections.Opinion(labels, BY, "list"), clock)


def sampled(host, clock, answer: str, **more) -> SocialMessage:
	(message,) = store(host, post(clock(), "sampled", **more))
	assert blind_sample.draw(host, clock())
	(row,) = host.store.find(SocialBlindSample, {}, order="name", limit=9)
	host.store.change(row, answer=answer, judged_by=BY, judged_at=clock())
	return message


def rows(host, clock, days: int = 90) -> dict[str, Judged]:
	return {str(one.known_from): one for one in last_days(host, days, clock()).triage}


def numbers(one: Judged) -> tuple[int, int, int, int]:
	return one.posts, one.needed, one.missed, one.needless


def test_a_site_where_nobody_said_anything_is_told_so(host, clock):
	found = last_days(host, 90, clock())
	assert [numbers(one) for one in found.triage] == [(0, 0, 0, 0)]
	assert len(found.told) == 2 and "Nobody" in str(found.told[0]) and "No article" in str(found.told[1])


def test_corrections_count_what_is_missed_and_what_is_shown_for_nothing(host, clock, rules):
	some = [ASKS, ASKS, CHATS, CHATS, CHATS]
	needs = ["explicit", "none", "implicit", "none", ""]
	posts = store(host, *(post(clock(), str(number), text=text) for number, text in enumerate(some)))
	for message, need in zip(posts, needs, strict=True):
		said(host, message, clock, **({"need": need} if need else {"tone": "positive"}))
	found = rows(host, clock)
	assert numbers(found[str(CORRECTED)]) == numbers(found["All"]) == (4, 2, 1, 1)
	assert found["All"].right == 2
	told = [str(one) for one in last_days(host, 90, clock()).told]
	assert "2 of 4 posts come out right" in told[0]
	assert "miss 1; of 2 that needed none it would show 1" in told[1]


def test_the_machine_is_judged_and_not_what_agents_said_of_the_same_post(host, clock, rules):
	(message,) = store(host, post(clock(), "1", text=CHATS))
	said(host, message, clock, need="explicit")
	assert rows(host, clock)["All"].missed == 1


@pytest.mark.parametrize(
	("answer", "expected"),
	[
		(blind_sample.NEEDED, (1, 1, 1, 0)),
		(blind_sample.NOT_NEEDED, (1, 0, 0, 0)),
		(blind_sample.CANT_TELL, None),
	],
)
def test_a_blind_answer_counts_more_than_a_correction(host, clock, rules, answer, expected):
	message = sampled(host, clock, answer, text=CHATS)
	said(host, message, clock, concerns="no", need="none")
	found = rows(host, clock)
	assert (numbers(found[str(SAMPLE)]) if str(SAMPLE) in found else None) == expected
	assert found["All"].posts == 1


def test_an_answered_ticket_needed_its_answer(desk):
	desk.world.post(1, f"{ASKS}, wo bleibt mein Paket?")
	desk.round()
	desk.reply(desk.message("p1").ticket, "We look into it.")
	assert str(ANSWERED) not in rows(desk.host, desk.clock), "it is not published yet"
	desk.publish(minutes=1)
	assert numbers(rows(desk.host, desk.clock)[str(ANSWERED)]) == (1, 1, 0, 0)


@pytest.mark.parametrize("gone", [{"deleted_at": True}, {"days": 91}])
def test_what_is_gone_or_too_old_does_not_count(host, clock, rules, gone):
	(message,) = store(host, post(clock(), "1", text=CHATS))
	said(host, message, clock, need="explicit")
	if "days" in gone:
		clock.forward(**gone)
	else:
		host.store.change(message, deleted_at=clock())
	assert rows(host, clock)["All"].posts == 0


def test_the_share_without_a_language(host, clock):
	store(host, *(post(clock(), str(number), language=("de", "")[number == 2]) for number in range(3)))
	store(host, post(clock(), "own", is_own=True, language=""))
	found = last_days(host, 90, clock())
	assert (found.posts, found.without_language) == (3, 1)
	assert "Of 3 posts 1 have no language" in str(found.told[-1])


# --- suggestions ---------------------------------------------------------------------------------------------


@pytest.fixture
def asked(desk):
	"""Two posts: one is found by the article's own words, the other only by what it taught."""
	for number, text in (
		(1, "how do I get a refund?"),
		(2, "refund, Zaster retour bitte, ich warte schon ewig"),
	):
		desk.world.post(number, text, by=f"p{number}")
	desk.round()
	for number in (1, 2):
		row = desk.host.store.find(
			SocialArticleSuggestion, {"message": desk.message(f"p{number}").name}, order="rank", limit=1
		)
		if row:
			desk.host.store.change(row[0], verdict="helped", judged_by=BY, judged_at=desk.clock())
	return desk


def test_posts_are_asked_again_without_what_they_taught(asked):
	before = {name: set(entry.lessons) for name, entry in index_of(asked.host, asked.clock()).entries.items()}
	found = last_days(asked.host, 90, asked.clock()).suggestions
	assert found.posts >= 1
	assert found.first == found.among_three >= 1
	after = index_of(asked.host, asked.clock()).entries
	assert {name: set(entry.lessons) for name, entry in after.items()} == before


def test_what_only_its_own_lesson_finds_is_not_found(desk):
	desk.world.post(1, "how do I get a refund?")
	desk.round()
	message = desk.message("p1")
	(row,) = desk.host.store.find(SocialArticleSuggestion, {"article": "refund"}, order="name", limit=1)
	desk.host.store.change(message, text="Zaster retour aber dalli")
	desk.host.store.change(row, verdict="helped", judged_by=BY, judged_at=desk.clock())
	assert [one.article for one in index_of(desk.host, desk.clock()).suggest("Zaster retour aber dalli")] == [
		"refund"
	]
	found = last_days(desk.host, 90, desk.clock()).suggestions
	assert (found.posts, found.first, found.among_three, found.silent) == (1, 0, 0, 1)


@pytest.mark.parametrize(("verdict", "way", "posts"), [("wrong", "text", 0), ("", "link", 1), ("", "", 0)])
def test_which_article_was_right(desk, verdict, way, posts):
	desk.world.post(1, "how do I get a refund?")
	desk.round()
	(row,) = desk.host.store.find(SocialArticleSuggestion, {"article": "refund"}, order="name", limit=1)
	desk.host.store.change(row, verdict=verdict, inserted_as=way, judged_by=BY, judged_at=desk.clock())
	assert last_days(desk.host, 90, desk.clock()).suggestions.posts == posts
	assert last_days(desk.host, 90, desk.clock() + timedelta(days=91)).suggestions.posts == 0
