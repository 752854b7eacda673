"""Which promise holds for a post, until when, and what can't be promised."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone

import pytest

from social_service.records import Visibility
from social_service.settings import SocialSLAPolicy, in_order
from social_service.sla import DEFAULTS, HOUR, MINUTE, due, policy_for, refuse

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
	assert policy_for(channel, visibility, SET).title == title


def test_without_a_policy_that_fits_nothing_is_promised():
	assert policy_for("mastodon", PUBLIC, (X_PUBLIC, ALL_PRIVATE, OFF)) is None
	assert policy_for("x", PUBLIC, ()) is None


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
	],
)
def test_covering_and_overlapping(one, other, covers, overlaps):
	assert one.covers(other) == covers
	assert one.overlaps(other) == other.overlaps(one) == overlaps


# --- until when ---------------------------------------------------------------------------------------------


def test_deadlines_run_from_the_post_itself():
	posted = datetime(2026, 11, 21, 23, 45, tzinfo=timezone.utc)
	assert due(policy(), posted).first_response == datetime(2026, 11, 22, 0, 15, tzinfo=timezone.utc)
	assert due(policy(), posted).resolution == datetime(2026, 11, 22, 3, 45, tzinfo=timezone.utc)


def test_the_hour_that_a_clock_change_repeats_is_counted_once():
	posted = datetime(2026, 10, 25, 0, 45, tzinfo=timezone.utc)  # 02:45 in Berlin, for the first time
	assert due(policy(), posted).first_response == datetime(2026, 10, 25, 1, 15, tzinfo=timezone.utc)


def test_service_hours_are_the_hosts_to_count():
	assert due(policy(hours_of="Default"), datetime(2026, 11, 21, tzinfo=timezone.utc)) is None


# --- what can't be promised ---------------------------------------------------------------------------------


def test_a_new_site_promises_what_it_may():
	named = [replace(one, name=one.title) for one in DEFAULTS]
	assert [refuse(one, named) for one in named] == [None, None]
	assert [one.first_response for one in named if one.enabled] == [1800, 3600]
	assert all(policy_for("x", visibility, named).visibility is visibility for visibility in Visibility)


def test_what_an_admin_adds_comes_before_the_defaults():
	added = policy("ours", SocialSLAPolicy("", 1, 1).sort_order, "x", PRIVATE)
	assert refuse(added, DEFAULTS) is None
	assert policy_for("x", PRIVATE, (*DEFAULTS, added)) is added


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
		policy(order=400, enabled=False),
		policy(order=1),  # one that is off is in nobody's way
		ANY,  # itself
	],
)
def test_accepted(wanted):
	assert refuse(wanted, SET) is None


def test_service_hours_without_a_day_are_refused():
	"""Helpdesk would look for the next working day for ever."""
	assert "Default has no service hours" in str(refuse(policy(hours_of="Default"), (), working_days=0))
