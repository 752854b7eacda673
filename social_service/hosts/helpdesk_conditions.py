"""The posts of a policy in the two spellings that a Helpdesk agreement has: rows of its condition builder, and Python.

Helpdesk asks agreements in no order, so a condition leaves out what earlier policies fit: for a ticket, one at most is true.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from social_service.records import Kind, Visibility
from social_service.settings import SocialSLAPolicy

Condition = list  # [field, operator, value], or conditions with "and" / "or" between them
CHANNEL, KIND = "social_channel", "social_kind"  # a ticket's kind says whether it is private
IS_SET = [CHANNEL, "is", "set"]


def conditions_of(policy: SocialSLAPolicy, earlier: Sequence[SocialSLAPolicy]) -> Condition | None:
	"""None = the earlier ones leave nothing to it."""
	if any(other.covers(policy) for other in earlier):
		return None
	parts = [_channel(policy.channel) if policy.channel else IS_SET]
	if policy.visibility:
		parts.append(_visibility(policy.visibility))
	for other in earlier:
		if other.overlaps(policy) and (left_out := _not(other, policy)) not in parts:
			parts.append(left_out)
	return _joined(parts, "and")


def expression(conditions: Condition) -> str:
	"""As Helpdesk's settings page writes it from the same rows."""
	return " ".join(_spelled(part) for part in conditions)


def _not(other: SocialSLAPolicy, policy: SocialSLAPolicy) -> Condition:
	"""Not of the other policy; what both ask for need not be asked again."""
	parts = []
	if other.channel and not policy.channel:
		parts.append(_channel(other.channel, "!="))
	if other.visibility and not policy.visibility:
		parts.append(_visibility(_opposite(other.visibility)))
	return parts[0] if len(parts) == 1 else _joined(parts, "or")


def _channel(name: str, operator: str = "==") -> Condition:
	return [CHANNEL, operator, name]


def _visibility(visibility: Visibility) -> Condition:
	return [KIND, "==" if visibility is Visibility.PRIVATE else "!=", Kind.DIRECT_MESSAGE.value]


def _opposite(visibility: Visibility) -> Visibility:
	return Visibility.PUBLIC if visibility is Visibility.PRIVATE else Visibility.PRIVATE


def _joined(parts: list, word: str) -> Condition:
	return [one for part in parts for one in (word, part)][1:]


def _spelled(part: str | Condition) -> str:
	if isinstance(part, str):
		return part
	if isinstance(part[0], list):
		return f"({expression(part)})"
	field, operator, value = part
	return f"doc.{field}" if operator == "is" else f"doc.{field} {operator} {json.dumps(value)}"
