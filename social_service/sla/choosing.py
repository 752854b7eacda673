"""Which policy a ticket has: chosen by its facts, and kept until a person or the customer changes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

from social_service.hosts.base import Host
from social_service.ledger import SocialSLAClock
from social_service.records import Milestone, TicketState
from social_service.settings import Facts, SocialSLAPolicy, visibility_of
from social_service.sla.clocks import Terms
from social_service.sla.policy import policy_for


def facts_of(state: TicketState) -> Facts:
	return Facts(
		channel=state.channel,
		visibility=state.kind and visibility_of(state.kind),
		kind=state.kind,
		topic=state.topic,
		ticket_type=state.ticket_type,
		language=state.language,
		priority=state.priority,
		customer=state.customer,
	)


def told(facts: Facts) -> str:
	"""As the clock keeps them, to be read and compared."""
	values = ((field.name, getattr(facts, field.name)) for field in fields(facts))
	return "; ".join(f"{name.replace('_', ' ')}: {value}" for name, value in values if value)


def enabled_policies(host: Host) -> list[SocialSLAPolicy]:
	return host.store.find(SocialSLAPolicy, {"enabled": True}, order="sort_order,title", limit=1000)


@dataclass(frozen=True)
class Chosen:
	"""What a ticket's clocks say: this policy, for these facts."""

	policy: str
	facts: str


def chosen_before(clocks: Sequence[SocialSLAClock]) -> Chosen | None:
	whole = (one for one in clocks if one.milestone is Milestone.RESOLUTION)
	return next((Chosen(one.policy, one.facts) for one in whole), None)


def chosen(
	facts: Facts, policies: Sequence[SocialSLAPolicy], before: Chosen | None = None
) -> SocialSLAPolicy | None:
	"""The same as before, while the ticket says what it was chosen for."""
	if before and before.facts == told(facts):
		for policy in policies:
			if policy.name == before.policy and policy.enabled:
				return policy
	return policy_for(facts, policies)


def terms_of(host: Host, policy: SocialSLAPolicy) -> Terms:
	return Terms(
		first=policy.first_response,
		next=policy.next_response,
		resolution=policy.resolution,
		hours=host.desk.service_hours(policy),
		warn_percent=policy.warn_percent,
	)
