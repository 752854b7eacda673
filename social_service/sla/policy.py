"""Which promise holds for a post, and until when. In: a post's channel, visibility and time. Out: a policy, its deadlines.

The host computes the deadlines that a ticket shows (`hosts/helpdesk_promises.py`); ours are for what no ticket has.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from social_service.records import Visibility
from social_service.sentence import Sentence, _
from social_service.settings import SocialSLAPolicy, in_order

MINUTE, HOUR = 60, 3600
TITLE_LIMIT = 130  # the host's agreement is called "Social: " and this

# What a new site promises: on, last in order, so that whatever an admin adds comes first.
DEFAULTS = (
	SocialSLAPolicy(
		title="Private messages",
		visibility=Visibility.PRIVATE,
		first_response=30 * MINUTE,
		resolution=24 * HOUR,
		sort_order=910,
		promise="We answer private messages within 30 minutes, around the clock.",
	),
	SocialSLAPolicy(
		title="Public posts",
		visibility=Visibility.PUBLIC,
		first_response=60 * MINUTE,
		resolution=24 * HOUR,
		sort_order=920,
		promise="We answer public posts within one hour, around the clock.",
	),
)


@dataclass(frozen=True)
class Due:
	first_response: datetime
	resolution: datetime


def policy_for(
	channel: str, visibility: Visibility, policies: Iterable[SocialSLAPolicy]
) -> SocialSLAPolicy | None:
	return next((policy for policy in in_order(policies) if policy.fits(channel, visibility)), None)


def due(policy: SocialSLAPolicy, started_at: datetime) -> Due | None:
	"""Counted around the clock; None for service hours, which only the host knows."""
	if policy.hours_of:
		return None
	first, whole = timedelta(seconds=policy.first_response), timedelta(seconds=policy.resolution)
	return Due(started_at + first, started_at + whole)


# --- what can't be promised ---------------------------------------------------------------------------------


def refuse(
	policy: SocialSLAPolicy, others: Iterable[SocialSLAPolicy], working_days: int = 7
) -> Sentence | None:
	"""Why a policy can't be saved as it is, or None. ``working_days``: a week's days in the service hours it names."""
	others = [other for other in others if other.name != policy.name]
	return (
		_refuse_title(policy, others)
		or _refuse_times(policy)
		or _refuse_hours(policy, others, working_days)
		or _refuse_place(policy, others)
	)


def _refuse_title(policy: SocialSLAPolicy, others: list[SocialSLAPolicy]) -> Sentence | None:
	title = policy.title.strip()
	if len(title) > TITLE_LIMIT:
		return _("The title is too long. Use {0} characters at most.", TITLE_LIMIT)
	if any(other.title.strip().casefold() == title.casefold() for other in others):
		return _("There is a policy called {0} already. Choose another title.", title)
	return None


def _refuse_times(policy: SocialSLAPolicy) -> Sentence | None:
	if policy.first_response <= 0:
		return _("Enter how soon the first response is promised.")
	if policy.resolution <= 0:
		return _(
			"Helpdesk shows a deadline for the resolution of every ticket. Enter one, for example 24 hours."
		)
	if policy.resolution < policy.first_response:
		return _(
			"The resolution can't be due before the first response. Enter a longer time for the resolution."
		)
	return None


def _refuse_hours(
	policy: SocialSLAPolicy, others: list[SocialSLAPolicy], working_days: int
) -> Sentence | None:
	if not policy.hours_of:
		return None
	if policy.hours_of in {policy.agreement, *(other.agreement for other in others)}:
		return _("{0} is made from a policy. Choose an agreement of your helpdesk.", policy.hours_of)
	if not working_days:
		return _("{0} has no service hours. Add a working day to it, or choose another.", policy.hours_of)
	return None


def _refuse_place(policy: SocialSLAPolicy, others: list[SocialSLAPolicy]) -> Sentence | None:
	"""Two that fit the same posts need an order, and the narrower one has to come first."""
	if not policy.enabled:
		return None
	for other in in_order(others):
		if other.sort_order == policy.sort_order and other.overlaps(policy):
			return _(
				"{0} fits some of the same posts and has the same order. Give the one that goes first a smaller number.",
				other.title,
			)
		if other.sort_order < policy.sort_order and other.covers(policy):
			return _(
				"No post would ever get here: {0} comes first and fits all of them. Enter an order below {1}.",
				other.title,
				other.sort_order,
			)
	return None
