"""Conditions of Helpdesk's agreements: for whatever post, the one of its policy is true and no other."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations, product
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from social_service.hosts.helpdesk_conditions import conditions_of, expression
from social_service.records import Kind, Visibility
from social_service.settings import Facts, SocialSLAPolicy, visibility_of
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
		expected = policy_for(Facts(channel, visibility_of(kind), kind), standing)
		assert (
			true_ones(standing, social_channel=channel, social_kind=kind.value)
			== [expected][: bool(expected)]
		)


TEXTS = st.sampled_from(["a", "ä", 'say "b\\n"', "🔥", "c\nd", "doc.x", "'"])
MAYBE = st.just("") | TEXTS
CUSTOMERS = st.lists(TEXTS.filter(lambda name: "\n" not in name), max_size=3).map("\n".join)
CONDITIONS = {
	"channel": MAYBE,
	"visibility": st.none() | st.sampled_from(Visibility),
	"kind": st.none() | st.sampled_from(Kind),
	"topic": MAYBE,
	"ticket_type": MAYBE,
	"language": MAYBE,
	"priority": MAYBE,
	"customers": CUSTOMERS,
}


@st.composite
def a_policy(draw) -> SocialSLAPolicy:
	"""With one to three conditions: with more of them hardly two would ever meet."""
	names = draw(st.sets(st.sampled_from(sorted(CONDITIONS)), max_size=3))
	policy = SocialSLAPolicy("", 60, 60, **{name: draw(CONDITIONS[name]) for name in sorted(names)})
	contradicts = policy.kind and policy.visibility and visibility_of(policy.kind) is not policy.visibility
	return replace(policy, visibility=None) if contradicts else policy  # as `refuse` has it


A_TICKET = st.builds(
	dict,
	social_channel=TEXTS,
	social_kind=st.sampled_from([kind.value for kind in Kind]),
	**{
		field: st.none() | MAYBE
		for field in ("social_topic", "ticket_type", "social_language", "priority", "customer")
	},
)


def facts_of(ticket: dict) -> Facts:
	kind = Kind(ticket["social_kind"])
	return Facts(
		channel=ticket["social_channel"],
		visibility=visibility_of(kind),
		kind=kind,
		topic=ticket["social_topic"] or "",
		ticket_type=ticket["ticket_type"] or "",
		language=ticket["social_language"] or "",
		priority=ticket["priority"] or "",
		customer=ticket["customer"] or "",
	)


@settings(max_examples=300)
@given(st.lists(a_policy(), min_size=1, max_size=6), st.lists(A_TICKET, min_size=1, max_size=8))
def test_for_whatever_policies_and_ticket_exactly_the_one_that_holds_is_true(chosen, tickets):
	standing = [replace(one, title=str(n), name=str(n), sort_order=n) for n, one in enumerate(chosen)]
	for ticket in tickets:
		expected = policy_for(facts_of(ticket), standing)
		assert true_ones(standing, **ticket) == [expected][: bool(expected)]


@settings(max_examples=300)
@given(a_policy(), a_policy(), st.lists(A_TICKET, min_size=1, max_size=8))
def test_who_covers_and_who_overlaps(one, other, tickets):
	"""Of what fits both, and of what fits one, nothing says otherwise."""
	assert one.overlaps(other) == other.overlaps(one)
	assert one.covers(one)
	if one.covers(other):
		assert one.overlaps(other)
	for facts in map(facts_of, tickets):
		if one.fits(facts) and other.fits(facts):
			assert one.overlaps(other)
		if one.covers(other) and other.fits(facts):
			assert one.fits(facts)


@settings(max_examples=300)
@given(a_policy(), a_policy(), TEXTS)
def test_what_overlaps_meets_in_some_ticket(one, other, any_text):
	"""The narrowest ticket of both: `overlaps` says no more than is true."""
	customers = one.customer_names & other.customer_names or one.customer_names or other.customer_names
	kinds = [one.kind or other.kind] if one.kind or other.kind else list(Kind)
	met = [
		Facts(
			channel=one.channel or other.channel or any_text,
			visibility=visibility_of(kind),
			kind=kind,
			topic=one.topic or other.topic,
			ticket_type=one.ticket_type or other.ticket_type,
			language=one.language or other.language,
			priority=one.priority or other.priority,
			customer=min(customers, default=""),
		)
		for kind in kinds
	]
	assert one.overlaps(other) == any(one.fits(facts) and other.fits(facts) for facts in met)


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
