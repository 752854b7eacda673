"""Which promise holds for a ticket, until when, and how it stands."""

from social_service.sla.policy import DEFAULTS, HOUR, MINUTE, explain, policy_for
from social_service.sla.refusal import refuse

__all__ = ["DEFAULTS", "HOUR", "MINUTE", "explain", "policy_for", "refuse"]
