"""Which promise holds for a ticket, until when, and how it stands."""

from social_service.sla.policy import DEFAULTS, HOUR, MINUTE, explain, policy_for
from social_service.sla.refusal import opens_within_a_year, refuse

__all__ = ["DEFAULTS", "HOUR", "MINUTE", "explain", "opens_within_a_year", "policy_for", "refuse"]
