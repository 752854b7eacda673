"""*Try it* on the form of a policy: which one applies to a post, why, and until when. Nothing is stored."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from social_service.ledger import SocialMessage
from social_service.records import Kind, Visibility
from social_service.settings import Facts, SocialSLAPolicy
from social_service.sla.trying import LAST, MOST_TEXT, facts_as_typed, last_posts, try_on
from tests.kit.memory_channel import MORNING

MINUTE, HOUR = 60, 3600
FRIDAY = datetime(2026, 3, 6, 16, 30, tzinfo=timezone.utc)  # 17:30 in Berlin
OFFICE = SocialSLAPolicy(
	title="Office hours",
	first_response=60 * MINUTE,
	next_response=20 * MINUTE,
	resolution=4 * HOUR,
	hours="Mon-Fri 8-18",
	time_zone="Europe/Berlin",
	sort_order=200,
)
CRISIS = SocialSLAPolicy(
	title="Crisis", first_response=15 * MINUTE, resolution=HOUR, priority="Urgent", sort_order=100
)


@pytest.fixture
def stored(host):
	with host.transaction():
		return host.store.add(OFFICE)[0]


def said(tried) -> list[str]:
	return [str(reason) for reason in tried.reasons]


def test_the_typed_policy_stands_before_those_that_are_stored(host, stored):
	tried = try_on(host, CRISIS, Facts("x", Visibility.PUBLIC, priority="Urgent"), FRIDAY)
	assert (tried.policy, tried.is_typed) == ("Crisis", True)
	assert said(tried) == ["“Crisis” applies: Priority is “Urgent”."]
	assert str(tried.hours) == "Counted around the clock."


def test_another_one_may_apply_and_it_says_why(host, stored):
	tried = try_on(host, CRISIS, Facts("x", Visibility.PUBLIC, priority="Low"), FRIDAY)
	assert (tried.policy, tried.is_typed) == ("Office hours", False)
	assert said(tried) == [
		"“Crisis” does not apply: it is only for posts whose Priority is “Urgent”, and here it is “Low”.",
		"“Office hours” applies: it is for all posts.",
	]


def test_deadlines_are_those_of_our_own_clock(host, stored):
	tried = try_on(host, CRISIS, Facts("x", Visibility.PUBLIC), FRIDAY)
	monday = datetime(2026, 3, 9, 7, tzinfo=timezone.utc)  # eight o'clock in Berlin
	assert [(one.within_s, one.warn_at, one.due_at) for one in tried.deadlines] == [
		(60 * MINUTE, monday + timedelta(minutes=15), monday + timedelta(minutes=30)),
		(20 * MINUTE, FRIDAY + timedelta(minutes=15), FRIDAY + timedelta(minutes=20)),
		(4 * HOUR, monday + timedelta(hours=2, minutes=30), monday + timedelta(hours=3, minutes=30)),
	]
	assert str(tried.hours) == "Counted in the service hours, by the clocks of Europe/Berlin."


def test_what_is_typed_replaces_what_is_stored_under_its_name(host, stored):
	typed = replace(stored, title="Slower", first_response=2 * HOUR, next_response=0)
	tried = try_on(host, typed, Facts("x", Visibility.PUBLIC), FRIDAY)
	assert (tried.policy, tried.is_typed, len(tried.reasons)) == ("Slower", True, 1)
	assert [one.within_s for one in tried.deadlines] == [2 * HOUR, 2 * HOUR, 4 * HOUR]
	assert host.store.find(SocialSLAPolicy, {}, order="title", limit=10) == [stored]


def test_a_policy_that_is_off_does_not_apply(host):
	tried = try_on(host, replace(OFFICE, enabled=False), Facts("x", Visibility.PUBLIC), FRIDAY)
	assert (tried.policy, tried.deadlines, tried.hours) == ("", [], None)
	assert said(tried) == ["No policy fits, so nothing is promised."]


@pytest.mark.parametrize(
	("typed", "read"),
	[
		({}, Facts("", None)),
		(
			{"kind": "direct message", "topic": " safety "},
			Facts("", Visibility.PRIVATE, Kind.DIRECT_MESSAGE, "safety"),
		),
		({"kind": "review", "channel": None}, Facts("", Visibility.PUBLIC, Kind.REVIEW)),
		({"kind": "carrier pigeon", "customer": "ACME", "odd": 1}, Facts("", None, customer="ACME")),
	],
)
def test_what_is_known_of_a_post_as_a_form_sends_it(typed, read):
	assert facts_as_typed(typed) == read


def test_the_last_posts_are_offered_with_what_is_known_of_them(desk, world):
	world.post(1, f"help {'x' * 200}")
	world.post(2, "help me too", by="ben", kind=Kind.DIRECT_MESSAGE, visibility=Visibility.PRIVATE)
	desk.round()
	samples = last_posts(desk.host, None)
	assert [one.post for one in samples] == [desk.message("p2").name, desk.message("p1").name]
	private, public = samples
	assert len(public.text) == MOST_TEXT and public.sent_at == MORNING + timedelta(minutes=1)
	assert public.facts.channel == desk.channel.name
	assert (public.facts.kind, public.facts.visibility) == (Kind.MENTION, Visibility.PUBLIC)
	assert (private.facts.kind, private.facts.visibility) == (Kind.DIRECT_MESSAGE, Visibility.PRIVATE)


def test_of_a_post_with_a_ticket_the_ticket_is_asked(desk, world):
	world.post(1, "please help me")
	desk.round()
	desk.host.desk.route(desk.message("p1").ticket, team="", priority="Urgent")
	assert last_posts(desk.host, None)[0].facts.priority == "Urgent"


def test_nobody_is_offered_posts_of_other_teams(desk, world):
	world.post(1, "help me please")
	desk.round()
	assert last_posts(desk.host, frozenset({"Care"})) == []
	assert len(last_posts(desk.host, frozenset({"Care", ""}))) == 1


def test_only_so_many(host):
	with host.transaction():
		for number in range(LAST + 5):
			words = {"digest": str(number), "post_digest": str(number), "thread_id": "t", "text": "hello"}
			seen = {
				"kind": Kind.POST,
				"visibility": Visibility.PUBLIC,
				"sent_at": MORNING,
				"stored_at": MORNING,
			}
			host.store.add(SocialMessage(channel="x", external_id=str(number), **words, **seen))
	assert len(last_posts(host, None)) == LAST
