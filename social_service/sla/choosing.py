"""Which policy a ticket has: chosen by its facts, and kept until a person or the customer changes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

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


def chosen(
	facts: Facts, policies: Sequence[SocialSLAPolicy], clocks: Sequence[SocialSLAClock] = ()
) -> SocialSLAPolicy | None:
	"""The one that the ticket's clocks have, while the ticket says what it was chosen for."""
	whole = next((one for one in clocks if one.milestone is Milestone.RESOLUTION), None)
	if whole and whole.facts == told(facts):
		for policy in policies:
			if policy.name == whole.policy and policy.enabled:
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
