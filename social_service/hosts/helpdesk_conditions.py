"""The tickets of a policy in the two spellings that a Helpdesk agreement has: rows of its condition builder, and Python.

Helpdesk asks agreements in no order, so a condition leaves out what earlier policies fit: for a ticket, one at most is true.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from social_service.records import Kind, Visibility
from social_service.settings import SocialSLAPolicy

Condition = list  # [field, operator, value], or conditions with "and" / "or" between them
CHANNEL, KIND, CUSTOMER = "social_channel", "social_kind", "customer"
PLAIN = {  # of a policy: field of the ticket
	"channel": CHANNEL,
	"topic": "social_topic",
	"ticket_type": "ticket_type",
	"language": "social_language",
	"priority": "priority",
}
IS_SET = [CHANNEL, "is", "set"]
OPPOSITE = {"==": "!=", "!=": "=="}


def conditions_of(policy: SocialSLAPolicy, earlier: Sequence[SocialSLAPolicy]) -> Condition | None:
	"""None = the earlier ones leave nothing to it."""
	if any(other.covers(policy) for other in earlier):
		return None
	parts = asked_for(policy)
	if not policy.channel:
		parts.insert(0, IS_SET)
	for other in earlier:
		if not other.overlaps(policy):
			continue
		left_out = _not(other, policy)
		if not left_out:
			return None
		if left_out not in parts:
			parts.append(left_out)
	return _joined(parts, "and")


def asked_for(policy: SocialSLAPolicy) -> list[Condition]:
	"""A ticket's kind says whether it is private."""
	parts = [[field, "==", value] for name, field in PLAIN.items() if (value := getattr(policy, name))]
	if policy.kind:
		parts.append([KIND, "==", policy.kind.value])
	elif policy.visibility:
		is_private = policy.visibility is Visibility.PRIVATE
		parts.append([KIND, "==" if is_private else "!=", Kind.DIRECT_MESSAGE.value])
	if names := sorted(policy.customer_names):
		customers = [[CUSTOMER, "==", name] for name in names]
		parts.append(customers[0] if len(names) == 1 else _joined(customers, "or"))
	return parts


def expression(conditions: Condition) -> str:
	"""As Helpdesk's settings page writes it from the same rows."""
	return " ".join(_spelled(part) for part in conditions)


def _not(other: SocialSLAPolicy, policy: SocialSLAPolicy) -> Condition:
	"""Not of the other policy; what both ask for need not be asked again."""
	ours = asked_for(policy)
	parts = [_opposite(part) for part in asked_for(other) if part not in ours]
	return parts[0] if len(parts) == 1 else _joined(parts, "or")


def _opposite(part: Condition) -> Condition:
	if isinstance(part[0], list):  # one customer or another
		return _joined([_opposite(one) for one in part[::2]], "and")
	field, operator, value = part
	return [field, OPPOSITE[operator], value]


def _joined(parts: list, word: str) -> Condition:
	return [one for part in parts for one in (word, part)][1:]


def _spelled(part: str | Condition) -> str:
	if isinstance(part, str):
		return part
	if isinstance(part[0], list):
		return f"({expression(part)})"
	field, operator, value = part
	# as JSON and Python both read it: the escapes of JSON for an emoji are two letters of Python
	return (
		f"doc.{field}"
		if operator == "is"
		else f"doc.{field} {operator} {json.dumps(value, ensure_ascii=False)}"
	)
