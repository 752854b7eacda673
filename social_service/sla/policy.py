"""Which promise holds for a ticket. In: what is known of it. Out: a policy, and in words why it and no other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from social_service.records import Visibility, Word
from social_service.sentence import Sentence, _
from social_service.settings import Facts, SocialSLAPolicy, in_order

MINUTE, HOUR = 60, 3600

# What a new site promises: on, last in order, so that whatever an admin adds comes first.
DEFAULTS = (
	SocialSLAPolicy(
		title="Crisis",
		priority="Urgent",  # as the seeded rules mark danger to people, lawyers and press
		first_response=15 * MINUTE,
		resolution=24 * HOUR,
		sort_order=900,
		promise="In a crisis we answer within 15 minutes, around the clock.",
	),
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


def policy_for(facts: Facts, policies: Iterable[SocialSLAPolicy]) -> SocialSLAPolicy | None:
	return next((policy for policy in in_order(policies) if policy.fits(facts)), None)


# --- why ----------------------------------------------------------------------------------------------------

CALLED = {
	"channel": _("Channel"),
	"visibility": _("Visibility"),
	"kind": _("Kind"),
	"topic": _("Topic"),
	"ticket_type": _("Ticket type"),
	"language": _("Language"),
	"priority": _("Priority"),
	"customers": _("Customer group"),
}
NO_TITLES: Mapping[str, str] = MappingProxyType({})


def explain(
	facts: Facts, policies: Iterable[SocialSLAPolicy], channels: Mapping[str, str] = NO_TITLES
) -> list[Sentence]:
	"""Why not those that come before, and why the one that holds: as they are asked. ``channels``: their titles."""
	return list(_explained(facts, in_order(policies), channels))


def _explained(
	facts: Facts, policies: list[SocialSLAPolicy], channels: Mapping[str, str]
) -> Iterator[Sentence]:
	for policy in policies:
		name = next(policy.unmet(facts), None)
		asked = _asked(policy, channels)
		if name is None:
			yield _why(policy.title, list(asked.values()))
			return
		found = facts.customer if name == "customers" else getattr(facts, name)
		yield _why_not(policy.title, asked[name], _word(channels.get(found, found)))
	yield _("No policy fits, so nothing is promised.")


def _asked(policy: SocialSLAPolicy, channels: Mapping[str, str]) -> dict[str, Sentence]:
	"""What it asks for, by the name of the field."""
	values = {name: getattr(policy, name) for name in CALLED}
	values["customers"] = ", ".join(sorted(policy.customer_names))
	values["channel"] = channels.get(policy.channel, policy.channel)
	return {name: _("{0} is “{1}”", CALLED[name], _word(value)) for name, value in values.items() if value}


def _why(title: str, asked: list[Sentence]) -> Sentence:
	if not asked:
		return _("“{0}” applies: it is for all posts.", title)
	told = asked[0]
	for one in asked[1:]:
		told = _("{0}, {1}", told, one)
	return _("“{0}” applies: {1}.", title, told)


def _why_not(title: str, asked: Sentence, found: object) -> Sentence:
	if not found:
		return _(
			"“{0}” does not apply: it is only for posts whose {1}, and here nothing of it is known.",
			title,
			asked,
		)
	return _(
		"“{0}” does not apply: it is only for posts whose {1}, and here it is “{2}”.", title, asked, found
	)


def _word(value: object) -> object:
	"""Fixed words are translated where they are shown; names are not."""
	return Sentence(value.value) if isinstance(value, Word) else value
