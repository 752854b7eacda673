"""Which promise holds for a post and why, and what can't be promised."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from social_service.records import Kind, Visibility
from social_service.sentence import Sentence
from social_service.service_hours import ServiceHours, read_spans
from social_service.settings import Facts, SocialSLAPolicy, in_order
from social_service.sla import DEFAULTS, HOUR, MINUTE, explain, opens_within_a_year, policy_for, refuse
from social_service.triage.defaults import seeded_rules

PUBLIC, PRIVATE = Visibility.PUBLIC, Visibility.PRIVATE


def policy(
	title: str = "new", order: int = 100, channel: str = "", visibility: Visibility | None = None, **more
):
	values = {"first_response": 30 * MINUTE, "resolution": 4 * HOUR, "name": title} | more
	return SocialSLAPolicy(title=title, sort_order=order, channel=channel, visibility=visibility, **values)


ANY = policy("any", 300)
ALL_PRIVATE = policy("all private", 200, visibility=PRIVATE)
X_PUBLIC = policy("x public", 50, "x", PUBLIC)
OFF = policy("off", 1, enabled=False)
SET = (ANY, ALL_PRIVATE, X_PUBLIC, OFF)


# --- which one ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
	("channel", "visibility", "title"),
	[
		("x", PUBLIC, "x public"),
		("x", PRIVATE, "all private"),
		("mastodon", PUBLIC, "any"),
		("mastodon", PRIVATE, "all private"),
	],
)
def test_the_first_that_fits_holds(channel, visibility, title):
	assert policy_for(Facts(channel, visibility), SET).title == title


def test_without_a_policy_that_fits_nothing_is_promised():
	assert policy_for(Facts("mastodon", PUBLIC), (X_PUBLIC, ALL_PRIVATE, OFF)) is None
	assert policy_for(Facts("x", PUBLIC), ()) is None


@pytest.mark.parametrize(
	("asked", "known"),
	[
		({"kind": Kind.REVIEW}, {"kind": Kind.REVIEW}),
		({"topic": "safety"}, {"topic": "safety"}),
		({"ticket_type": "Bug"}, {"ticket_type": "Bug"}),
		({"language": "de"}, {"language": "de"}),
		({"priority": "Urgent"}, {"priority": "Urgent"}),
		({"customers": "ACME\n  Müller GmbH \n"}, {"customer": "Müller GmbH"}),
	],
)
def test_a_condition_holds_for_what_is_known_to_be_so(asked, known):
	narrow, everything = policy("narrow", 1, **asked), policy("everything", 2)
	unlike = {name: Kind.POST if name == "kind" else "another" for name in known}
	assert policy_for(Facts("x", PUBLIC, **known), (narrow, everything)) is narrow
	assert policy_for(Facts("x", PUBLIC, **unlike), (narrow, everything)) is everything
	assert policy_for(Facts("x", PUBLIC), (narrow, everything)) is everything, "not known is not so"


def test_all_conditions_have_to_hold():
	narrow = policy("narrow", 1, "x", PUBLIC, topic="safety", language="de")
	assert policy_for(Facts("x", PUBLIC, topic="safety", language="de"), (narrow,)) is narrow
	assert policy_for(Facts("x", PUBLIC, topic="safety", language="en"), (narrow,)) is None
	assert policy_for(Facts("x", PRIVATE, topic="safety", language="de"), (narrow,)) is None


def test_the_order_is_the_number_and_then_the_title():
	assert [one.title for one in in_order((policy("b"), policy("A"), policy("c", 1)))] == ["c", "A", "b"]


@pytest.mark.parametrize(
	("one", "other", "covers", "overlaps"),
	[
		(policy(), policy(channel="x"), True, True),
		(policy(channel="x"), policy(), False, True),
		(policy(channel="x"), policy(channel="y"), False, False),
		(policy(visibility=PUBLIC), policy(visibility=PRIVATE), False, False),
		(policy(channel="x"), policy(visibility=PRIVATE), False, True),
		(policy(channel="x", visibility=PUBLIC), policy(channel="x", visibility=PUBLIC), True, True),
		(policy(channel="x"), policy(channel="x", visibility=PRIVATE), True, True),
		(policy(visibility=PRIVATE), policy(kind=Kind.DIRECT_MESSAGE), True, True),
		(policy(kind=Kind.DIRECT_MESSAGE), policy(visibility=PRIVATE), False, True),
		(policy(visibility=PUBLIC), policy(kind=Kind.DIRECT_MESSAGE), False, False),
		(policy(topic="safety"), policy(language="de"), False, True),
		(policy(topic="safety"), policy(topic="safety", language="de"), True, True),
		(policy(topic="safety"), policy(topic="press"), False, False),
		(policy(customers="A\nB"), policy(customers="B"), True, True),
		(policy(customers="B"), policy(customers="A\nB"), False, True),
		(policy(customers="A"), policy(customers="B"), False, False),
		(policy(customers="A"), policy(), False, True),
		(policy(), policy(customers="A"), True, True),
	],
)
def test_covering_and_overlapping(one, other, covers, overlaps):
	assert one.covers(other) == covers
	assert one.overlaps(other) == other.overlaps(one) == overlaps


# --- why ----------------------------------------------------------------------------------------------------


def said(facts: Facts, *policies: SocialSLAPolicy, **more) -> list[str]:
	return [str(sentence) for sentence in explain(facts, policies, **more)]


def test_it_says_why_not_those_before_and_why_this_one():
	crisis = policy("Crisis", 1, priority="Urgent")
	vip = policy("VIP", 2, customers="Müller\nACME")
	ours = policy("Ours", 3, "chan1", PUBLIC, language="de")
	facts = Facts("chan1", PUBLIC, language="de", priority="Low")
	assert said(facts, ANY, ours, vip, crisis, OFF, channels={"chan1": "X of ACME"}) == [
		"“Crisis” does not apply: it is only for posts whose Priority is “Urgent”, and here it is “Low”.",
		"“VIP” does not apply: it is only for posts whose Customer group is “ACME, Müller”, and here nothing of it is known.",
		"“Ours” applies: Channel is “X of ACME”, Visibility is “public”, Language is “de”.",
	]


def test_a_channel_is_called_by_its_title():
	titles = {"chan1": "X", "chan2": "Mastodon"}
	told = said(Facts("chan2", PUBLIC), policy("Ours", 1, "chan1"), ANY, channels=titles)
	assert (
		told[0]
		== "“Ours” does not apply: it is only for posts whose Channel is “X”, and here it is “Mastodon”."
	)
	assert told[1] == "“any” applies: it is for all posts."


def test_where_nothing_is_promised_it_says_so():
	assert said(Facts("x", PUBLIC)) == ["No policy fits, so nothing is promised."]
	assert said(Facts("x", PUBLIC), ALL_PRIVATE)[-1] == "No policy fits, so nothing is promised."


def test_fixed_words_can_be_translated_and_names_can_not():
	seen = explain(Facts("x", PRIVATE), (X_PUBLIC,))[0]
	named = explain(Facts("public", PRIVATE), (X_PUBLIC,))[0]
	assert (seen.values[1].values[1], seen.values[2]) == (Sentence("public"), Sentence("private"))
	assert (named.values[1].values[1], named.values[2]) == ("x", "public")


# --- what can't be promised ---------------------------------------------------------------------------------


def test_a_new_site_promises_what_it_may():
	named = [replace(one, name=one.title) for one in DEFAULTS]
	assert [refuse(one, named) for one in named] == [None, None, None]
	assert [one.first_response for one in named if one.enabled] == [900, 1800, 3600]
	assert all(policy_for(Facts("x", seen), named).visibility is seen for seen in Visibility)


def test_a_crisis_is_what_the_seeded_rules_mark():
	rules = [rule for rule in seeded_rules() if rule.topic in ("safety", "legal", "press")]
	assert rules
	for rule, visibility in product(rules, Visibility):
		facts = Facts("x", visibility, topic=rule.topic, priority=rule.priority)
		assert policy_for(facts, DEFAULTS).first_response == 15 * MINUTE


def test_what_an_admin_adds_comes_before_the_defaults():
	added = policy("ours", SocialSLAPolicy("", 1, 1).sort_order, "x", PRIVATE)
	assert refuse(added, DEFAULTS) is None
	assert policy_for(Facts("x", PRIVATE), (*DEFAULTS, added)) is added


@pytest.mark.parametrize(
	("wanted", "said"),
	[
		(policy(first_response=0), "Enter how soon"),
		(policy(first_response=-60), "Enter how soon"),
		(policy(resolution=0), "a deadline for the resolution"),
		(policy(first_response=2 * HOUR, resolution=HOUR), "can't be due before"),
		(policy(" ANY "), "called ANY already"),
		(policy("x" * 131), "130 characters"),
		(policy(order=300, channel="x"), "any fits some of the same posts"),
		(policy(order=200, channel="mastodon"), "all private fits some"),
		(policy(order=50), "x public fits some"),
		(policy(order=301, channel="x"), "any comes first and fits all of them. Enter an order below 300"),
		(policy(order=201, channel="mastodon", visibility=PRIVATE), "below 200"),
		(policy(order=301, customers="ACME", topic="safety"), "any comes first"),
		(policy(order=300, topic="safety"), "any fits some of the same posts"),
		(policy(next_response=-1), "can't be due before the post"),
		(policy(warn_percent=100), "between 1 and 99 %"),
		(policy(warn_percent=-1), "between 1 and 99 %"),
		(policy(hours="Mon-Fri 8-18\nSaturn 10-16"), "“Saturn” is no day of the week"),
		(policy(hours="Mon-Fri"), "“Mon-Fri”: enter the hours"),
		(policy(hours="Mon-Fri 8-18", hours_of="Default"), "not both"),
		(policy(time_zone="Berlin"), "no time zone called Berlin"),
		(policy(time_zone="Europe"), "no time zone called Europe"),
		(policy(time_zone="../etc/passwd"), "no time zone called"),
		(policy(language="German"), "German is no language code"),
		(policy(language="DE"), "DE is no language code"),
		(policy(kind=Kind.DIRECT_MESSAGE, visibility=PUBLIC), "Choose the kind or the visibility"),
		(policy(kind=Kind.REVIEW, visibility=PRIVATE), "Choose the kind or the visibility"),
		(policy(hours_of="Social: any"), "made from a policy"),
		(policy(hours_of="Social: own", agreement="Social: own"), "made from a policy"),
	],
)
def test_refused(wanted, said):
	assert said in str(refuse(wanted, (replace(ANY, agreement="Social: any"), *SET[1:])))


@pytest.mark.parametrize(
	"wanted",
	[
		policy(),
		policy(first_response=HOUR, resolution=HOUR),
		policy(hours_of="Default"),
		policy(order=50, channel="mastodon", visibility=PUBLIC),  # the same number, other posts
		policy(order=50, channel="x", topic="safety", visibility=PRIVATE),
		policy(order=60, channel="x", visibility=PUBLIC, name="x public"),  # itself
		policy(hours="Mon-Fri 8-12, 13-18\nSo 22-6", holidays="Berlin", time_zone="Europe/Berlin"),
		policy(hours=" \n "),
		policy(warn_percent=0),
		policy(warn_percent=99, next_response=60),
		policy(kind=Kind.DIRECT_MESSAGE, visibility=PRIVATE),
		policy(order=400, enabled=False),
		policy(order=1),  # one that is off is in nobody's way
		ANY,  # itself
	],
)
def test_accepted(wanted):
	assert refuse(wanted, SET) is None


def test_hours_that_never_come_are_refused():
	assert "Default has no service hours" in str(refuse(policy(hours_of="Default"), (), opens=False))
	assert "on holidays, for a year" in str(refuse(policy(hours="Sun 8-18"), (), opens=False))
	assert "enter the hours" in str(refuse(policy(hours="Sun"), (), opens=False)), (
		"what is unreadable is said first"
	)


def test_it_opens_if_it_does_within_a_year():
	berlin, now = ZoneInfo("Europe/Berlin"), datetime(2026, 3, 1, tzinfo=timezone.utc)
	sundays = frozenset(date(2026, 3, 1) + timedelta(days=7 * number) for number in range(60))
	assert opens_within_a_year(ServiceHours(berlin, read_spans("Sat-Sun 8-9"), sundays), now)
	assert not opens_within_a_year(ServiceHours(berlin, read_spans("Sun 8-9"), sundays), now)
	assert not opens_within_a_year(ServiceHours(berlin, ()), now)
	assert opens_within_a_year(ServiceHours(berlin), now)


def test_a_customer_whom_the_helpdesk_does_not_know_is_refused():
	wanted = policy(customers="ACME\nAMCE")
	assert "no customer called AMCE" in str(refuse(wanted, (), unknown_customers=["AMCE"]))
