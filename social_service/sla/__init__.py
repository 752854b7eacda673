"""Which promise holds for a post, until when, and how it stands."""

from social_service.sla.policy import DEFAULTS, HOUR, MINUTE, due, policy_for, refuse

__all__ = ["DEFAULTS", "HOUR", "MINUTE", "due", "policy_for", "refuse"]
