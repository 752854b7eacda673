"""Conditions of Helpdesk's agreements: for whatever post, the one of its policy is true and no other."""

from __future__ import annotations

from itertools import permutations, product
from types import SimpleNamespace

import pytest

from social_service.hosts.helpdesk_conditions import conditions_of, expression
from social_service.records import Kind, Visibility
from social_service.settings import SocialSLAPolicy
from social_service.sla import policy_for

PUBLIC, PRIVATE = Visibility.PUBLIC, Visibility.PRIVATE
SCOPES = tuple(product(("", "x", 'y "z\\'), (None, PUBLIC, PRIVATE)))


def policies(*scopes: tuple[str, Visibility | None]) -> list[SocialSLAPolicy]:
	return [
		SocialSLAPolicy(f"{number}", 60, 60, sort_order=number, channel=channel, visibility=visibility)
		for number, (channel, visibility) in enumerate(scopes)
	]


def true_ones(standing: list[SocialSLAPolicy], **ticket: str | None) -> list[SocialSLAPolicy]:
	found = []
	for number, policy in enumerate(standing):
		conditions = conditions_of(policy, standing[:number])
		if conditions and eval(expression(conditions), {"doc": SimpleNamespace(**ticket)}):
			found.append(policy)
	return found


@pytest.mark.parametrize("scopes", list(permutations(SCOPES, 3)))
def test_exactly_the_policy_of_a_post_is_true(scopes):
	standing = policies(*scopes)
	for channel, kind in product(("x", 'y "z\\', "new"), Kind):
		visibility = PRIVATE if kind is Kind.DIRECT_MESSAGE else PUBLIC
		expected = policy_for(channel, visibility, standing)
		assert (
			true_ones(standing, social_channel=channel, social_kind=kind.value)
			== [expected][: bool(expected)]
		)


def test_a_mail_is_nobodys():
	for social_kind in (None, ""):
		ticket = {"social_channel": None, "social_kind": social_kind}
		assert not any(true_ones(policies(scope), **ticket) for scope in SCOPES)


@pytest.mark.parametrize(
	("scopes", "written"),
	[
		([("", PRIVATE)], 'doc.social_channel and doc.social_kind == "direct message"'),
		([("x", None)], 'doc.social_channel == "x"'),
		(
			[("x", PRIVATE), ("", None)],
			'doc.social_channel and (doc.social_channel != "x" or doc.social_kind != "direct message")',
		),
		([("", PRIVATE), ("x", None)], 'doc.social_channel == "x" and doc.social_kind != "direct message"'),
		(
			[("x", PUBLIC), ("x", PRIVATE), ("", PUBLIC)],
			'doc.social_channel and doc.social_kind != "direct message" and doc.social_channel != "x"',
		),
	],
)
def test_only_what_needs_asking_is_asked(scopes, written):
	*earlier, policy = policies(*scopes)
	assert expression(conditions_of(policy, earlier)) == written


def test_a_policy_to_which_nothing_is_left_has_no_condition():
	everything, x_private = policies(("", None), ("x", PRIVATE))
	assert conditions_of(x_private, [everything]) is None


def test_the_rows_are_what_the_settings_page_reads():
	x_private, everything = policies(("x", PRIVATE), ("", None))
	assert conditions_of(everything, [x_private]) == [
		["social_channel", "is", "set"],
		"and",
		[["social_channel", "!=", "x"], "or", ["social_kind", "!=", "direct message"]],
	]
