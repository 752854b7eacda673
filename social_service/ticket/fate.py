"""A message's one fate, written once."""

from __future__ import annotations

from social_service.decider import Decider
from social_service.ledger import SocialMessage
from social_service.records import Fate
from social_service.sentence import Sentence
from social_service.triage import Verdict

OF_VERDICT = ("need", "language", "tone", "is_urgent", "topic", "decided_by", "confidence")


class DecidedElsewhere(Exception):
	"""Another worker gave this message its fate; our ticket for it must not stay."""


def give_fate(
	decider: Decider,
	message: SocialMessage,
	fate: Fate,
	reason: Sentence,
	verdict: Verdict | None = None,
	**more: str,
) -> None:
	values: dict[str, object] = {"fate": fate, "fate_reason": reason, "decided_at": decider.now, **more}
	if verdict:
		values |= {
			**{name: getattr(verdict, name) for name in OF_VERDICT},
			"team": verdict.team or decider.channel.team,
			"priority": decider.priority(verdict),
		}
	if decider.host.store.change(message, only_if={"fate": None}, **values) is None:
		raise DecidedElsewhere
