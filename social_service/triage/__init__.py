"""Triage: a message and the site's rules come in; a verdict with its reason goes out. No network, no clock, no store."""

from social_service.triage.verdict import Verdict, judge

__all__ = ["Verdict", "judge"]
