"""What can't be promised. In: a policy as typed, and the others. Out: a sentence that says what to change, or None."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from social_service.sentence import Refused, Sentence, _
from social_service.service_hours import ServiceHours, read_spans
from social_service.settings import SocialSLAPolicy, in_order, visibility_of

TITLE_LIMIT = 130  # the host's agreement is called "Social: " and this
HIGHEST_PERCENT = 99
YEAR = timedelta(days=366)


def refuse(
	policy: SocialSLAPolicy,
	others: Iterable[SocialSLAPolicy],
	opens: bool = True,
	unknown_customers: Sequence[str] = (),
) -> Sentence | None:
	"""``opens``: there is service within a year. ``unknown_customers``: names of the policy that the host has not."""
	others = [other for other in others if other.name != policy.name]
	return (
		_refuse_title(policy, others)
		or _refuse_times(policy)
		or _refuse_hours(policy, others)
		or _refuse_zone(policy.time_zone)
		or (None if opens else _refuse_closed(policy))
		or _refuse_scope(policy, unknown_customers)
		or _refuse_place(policy, others)
	)


def opens_within_a_year(hours: ServiceHours, now: datetime) -> bool:
	return hours.add(now, 1) - now < YEAR


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
	if policy.next_response < 0:
		return _(
			"The next response can't be due before the post. Leave it empty for the time of the first one."
		)
	if policy.resolution <= 0:
		return _(
			"Helpdesk shows a deadline for the resolution of every ticket. Enter one, for example 24 hours."
		)
	if policy.resolution < policy.first_response:
		return _(
			"The resolution can't be due before the first response. Enter a longer time for the resolution."
		)
	if not 0 <= policy.warn_percent <= HIGHEST_PERCENT:
		return _("Enter a warning between 1 and {0} % of the time, or 0 for none.", HIGHEST_PERCENT)
	return None


def _refuse_hours(policy: SocialSLAPolicy, others: list[SocialSLAPolicy]) -> Sentence | None:
	try:
		own_hours = bool(read_spans(policy.hours))
	except Refused as refused:
		return refused.sentence
	if not policy.hours_of:
		return None
	if own_hours:
		return _("Enter the service hours or choose an agreement that has them, not both.")
	if policy.hours_of in {policy.agreement, *(other.agreement for other in others)}:
		return _("{0} is made from a policy. Choose an agreement of your helpdesk.", policy.hours_of)
	return None


def _refuse_closed(policy: SocialSLAPolicy) -> Sentence:
	if policy.hours_of:
		return _("{0} has no service hours. Add a working day to it, or choose another.", policy.hours_of)
	return _("All of these hours are on holidays, for a year. Enter others, or choose other holidays.")


def _refuse_zone(name: str) -> Sentence | None:
	try:
		return ZoneInfo(name) and None if name else None
	except (LookupError, ValueError, OSError):  # not there, no name at all, the name of a folder
		return _("There is no time zone called {0}. Enter one as Europe/Berlin.", name)


def _refuse_scope(policy: SocialSLAPolicy, unknown_customers: Sequence[str]) -> Sentence | None:
	if policy.language and not re.fullmatch("[a-z]{2}", policy.language):
		return _("{0} is no language code. Enter two letters, as de or en.", policy.language)
	if policy.kind and policy.visibility and visibility_of(policy.kind) is not policy.visibility:
		return _(
			"Direct messages are private and all other posts are public. Choose the kind or the visibility."
		)
	if unknown_customers:
		return _("Your helpdesk has no customer called {0}. Enter one name a line.", unknown_customers[0])
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
