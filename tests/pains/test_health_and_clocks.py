"""Pains of channels that fall silent, and of clocks that lie: sign-ins that end, silences, promises, response times."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from social_service import channel_view, listen
from social_service.channels.base import SIGNED_IN_SINCE, SIGNED_IN_UNTIL
from social_service.channels.errors import AuthFailed, AuthProblem
from social_service.ledger import Duty, SocialMessage
from social_service.listen import backfill, figures
from social_service.records import Account
from social_service.sentence import _
from tests.flow.histories import DAY, HISTORIES, Story
from tests.flow.test_measure import look, shown
from tests.kit.memory_channel import MORNING, Memory

PEOPLE = ("maria", "peter")


def told(desk) -> list[str]:
	return [text for (text,) in desk.table("SELECT text FROM told")]


def hours_pass(desk, number: int) -> None:
	for _hour in range(number):
		desk.clock.forward(hours=1)
		desk.listen()
		listen.watch(desk.host, desk.clock)


def change(desk, **values: object) -> None:
	with desk.host.transaction():
		desk.channel = desk.host.store.change(desk.channel, **values)


# --- a channel that only looks alive --------------------------------------------------------------------------


def test_pain_11_the_check_names_the_permission_that_is_missing(desk, monkeypatch):
	lacking = Account("me", "company", "Company", missing=("pages_read_user_content", "pages_messaging"))
	monkeypatch.setattr(Memory, "check", lambda self: lacking)
	checked = str(channel_view.check(desk.host, desk.channel.name, desk.clock).problem)
	assert "pages_read_user_content" in checked and "pages_messaging" in checked


def test_pain_13_after_two_days_every_missed_post_arrives_once_marked_late_with_one_notice(desk):
	desk.world.post(0, "Thanks")
	desk.round()
	revoked = AuthFailed(AuthProblem.REVOKED, _("Connect the channel again."))
	desk.world.faults["fetch"] = [revoked] * 1000
	for number in range(1, 97):
		desk.world.post(number, "Where is my refund?", by=f"p{number}", minutes=30 * number)
	hours_pass(desk, 48)
	assert len(desk.fates()) == 1
	assert [one for one in told(desk) if "Connect the channel again." in one] == told(desk) != []
	desk.world.faults["fetch"] = []
	hours_pass(desk, 2)
	desk.clock.forward(minutes=1)
	desk.decide()
	assert set(desk.fates()) == {f"p{number}" for number in range(97)}
	late = desk.host.store.find(SocialMessage, {"is_late": True}, order="name", limit=200)
	waited = {one.external_id for one in late if one.stored_at - one.sent_at > timedelta(hours=2)}
	assert len(waited) == len(late) >= 92  # those of the last hours came in time
	assert len([one for one in told(desk) if f"{len(late)} posts" in one and "late" in one]) == 1
	assert len(desk.table("SELECT name FROM ticket")) == 96


def test_pain_16_a_sign_in_is_renewed_from_four_fifths_on_and_a_person_is_asked_from_nine_tenths(
	desk, monkeypatch
):
	renewals: list[float] = []
	start = desk.clock()

	def renew(self) -> None:
		renewals.append((desk.clock() - start) / timedelta(hours=100))
		raise AuthFailed(AuthProblem.REVOKED, _("The network renews nothing."))

	monkeypatch.setattr(Memory, "renew", renew)
	times = {SIGNED_IN_SINCE: start.isoformat(), SIGNED_IN_UNTIL: (start + timedelta(hours=100)).isoformat()}
	desk.host.keep_secrets(desk.channel.name, times)
	asked = None
	while desk.clock() < start + timedelta(hours=99):
		desk.clock.forward(minutes=30)
		desk.listen()
		for row in desk.rows(Duty.ACCOUNT):
			listen.tend(desk.host, row.name, desk.clock)
		listen.watch(desk.host, desk.clock)
		if not asked and any("sign-in ends in" in one for one in told(desk)):
			asked = (desk.clock() - start) / timedelta(hours=100)
	assert 0.8 <= renewals[0] < 0.81
	assert 0.9 <= asked < 0.91
	assert len([one for one in told(desk) if "sign-in ends in" in one]) == 1


def test_pain_17_a_working_sign_in_proves_nothing_where_the_canary_is_silent(desk):
	change(desk, canary="@birdie", poll_max_s=3600)
	desk.world.post(1, "Still here", by="birdie")
	hours_pass(desk, 20)
	assert told(desk) == []
	hours_pass(desk, 10)
	assert len(told(desk)) == 1 and "daily post of birdie" in told(desk)[0]
	assert "fetch" in desk.world.calls[-1:] + desk.world.calls[-2:-1], "it was read all the time"


def test_pain_17_a_stream_quieter_than_its_own_weeks_is_told(desk):
	change(desk, poll_max_s=3600)
	for hour in range(24 * 21):
		desk.world.post(hour, "Thanks, well done", minutes=hour * 60)
	desk.clock.now = MORNING + timedelta(days=21)
	while desk.listen():
		desk.clock.forward(seconds=1)
	hours_pass(desk, 4)
	assert not [one for one in told(desk) if "usual" in one]
	hours_pass(desk, 8)
	assert len([one for one in told(desk) if "posts are usual in that time" in one]) == 1


def test_pain_17_what_the_network_counts_stands_beside_what_we_have(desk, monkeypatch):
	monkeypatch.setattr(Memory, "count", lambda self, stream, since, until: 9, raising=False)
	for number in range(4):
		desk.world.post(number, "Thanks")
	desk.round(hours=3)
	backfill.ask(desk.host, desk.channel.name, "mentions", desk.clock)
	for row in desk.rows(Duty.SCAN):
		listen.scan(desk.host, row.name, desk.clock)
	found = figures.of_channel(desk.host, desk.channel, desk.clock())["mentions"]
	assert (found.counted, found.ours) == (9, 4)


# --- clocks ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(25))
def test_pain_12_nothing_is_overdue_while_the_ball_is_with_the_customer(desk, seed):
	"""Who was answered waits for nothing, however long ago it was; who was not is overdue."""
	rng = random.Random(seed)
	answered = [who for who in PEOPLE if rng.random() < 0.5]
	minute = iter(sorted(rng.sample(range(60), 4)))
	events = [f"09:{next(minute):02} {who} asks" for who in PEOPLE] + ["10:00 read"]
	events += [
		f"10:{next(minute):02} answer {who}" for who in sorted(answered, key=lambda _one: rng.random())
	]
	events += [f"+{rng.randrange(1, 9)} 12:00 look"]
	Story(desk, DAY).play("; ".join(events))
	states = [one.split()[2] for one in shown(look(desk))]
	assert states.count("overdue") == len(PEOPLE) - len(answered)
	assert not states.count("waiting")


STORIES = {
	"a reopened ticket keeps its own minutes (985,492 s elsewhere)": (
		"09:00 maria asks; 09:01 read; 09:20 answer maria; 09:30 close maria; +3 09:00 maria asks; +3 09:01 read; "
		"+3 09:10 answer maria; +4 12:00 look",
		["03 20 in"],
	),
	"an old conversation begins a new wait": (
		"09:00 maria asks; 09:01 read; 09:20 answer maria; 09:30 close maria; +9 09:00 maria asks; +9 09:01 read; "
		"+9 09:05 answer maria; +9 12:00 look",
		["12 5 in"],
	),
	"bots are no first response": (
		"09:00 maria asks; 09:01 read; 09:02 bot maria; 09:03 read; 09:50 answer maria; 12:00 look",
		["03 50 in"],
	),
	"who was never answered is in the figures": (
		"09:00 maria asks; 09:05 peter asks; 09:06 read; 09:20 answer maria; 09:30 close peter; +2 09:05 look",
		["03 20 in", "03 2880 overdue"],
	),
}


@pytest.mark.parametrize("name", STORIES)
def test_pain_24_response_times_are_those_that_a_person_counts(desk, name):
	story, expected = STORIES[name]
	Story(desk, DAY).play(story)
	assert shown(look(desk)) == expected


def test_pain_24_no_history_of_the_golden_table_has_a_wait_longer_than_the_story(desk):
	"""`tests/flow/test_measure.py` plays each of them against minutes that were worked out by hand."""
	longest = max(int(wait.split()[1]) for _day, _story, waits in HISTORIES.values() for wait in waits)
	assert len(HISTORIES) >= 25 and longest <= 10 * 24 * 60


def test_pain_07_posts_that_come_in_any_order_are_decided_by_their_own_times(desk):
	long = "Where is my refund? " * 600
	posts = [desk.world.post(number, f"{number} {long}", thread_id="t") for number in range(1, 7)]
	desk.world.posts = random.Random(7).sample(posts, len(posts))
	desk.round(hours=1)
	assert desk.fates() == {"p1": "opened"} | {f"p{number}": "joined" for number in range(2, 7)}
	kept = desk.table("SELECT text FROM ticket_message ORDER BY name")
	assert [text for (text,) in kept] == [one.text for one in posts]


def test_pain_23_the_sweep_alone_finds_what_was_deleted_and_the_figures_stay(desk, monkeypatch):
	terms = replace(Memory.capabilities, forgets_deleted=True)
	monkeypatch.setattr(Memory, "capabilities", terms)
	desk.world.post(1, "My address is Lindenweg 7, where is my refund?")
	desk.round()
	before = look(desk).total()
	desk.world.gone.add("p1")
	desk.clock.forward(minutes=31)
	for row in desk.rows(Duty.RECHECK):
		listen.recheck(desk.host, row.name, desk.clock)
	assert desk.message("p1").deleted_at
	for (table,) in desk.table("SELECT name FROM sqlite_master WHERE type = 'table'"):
		assert "Lindenweg" not in str(desk.table(f"SELECT * FROM `{table}`")), table
	after = look(desk).total()
	assert (after.posts, after.tickets, after.unanswered) == (before.posts, before.tickets, before.unanswered)
