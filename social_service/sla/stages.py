"""Where the minutes of a clock went: network → fetched → decided → assigned → written → accepted. In: a row. Out: its stages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from social_service.ledger import SocialSLAClock
from social_service.records import Milestone
from social_service.sentence import Sentence, _
from social_service.service_hours import passed

OF_AN_ANSWER = (
	("fetched_at", _("fetched")),
	("decided_at", _("decided")),
	("assigned_at", _("assigned")),
	("written_at", _("written")),
	("stopped_at", _("accepted")),
)
OF_A_RESOLUTION = (*OF_AN_ANSWER[:3], ("stopped_at", _("resolved")))
OF_A_HAND_OVER = (("stopped_at", _("handed back")),)
STAGES = {Milestone.RESOLUTION: OF_A_RESOLUTION, Milestone.HAND_OVER: OF_A_HAND_OVER}


@dataclass(frozen=True)
class Stage:
	"""``seconds``: that passed until then from what came before. ``is_over``: False while it is waited for."""

	name: Sentence
	seconds: int
	is_over: bool = True


def stages(row: SocialSLAClock, now: datetime) -> tuple[Stage, ...]:
	"""What is not known is left out, and what came after the answer: an answer may come before anybody is assigned."""
	return tuple(_stages(row, now))


def _stages(row: SocialSLAClock, now: datetime) -> Iterator[Stage]:
	steps, since = STAGES.get(row.milestone, OF_AN_ANSWER), row.started_at
	end = row.stopped_at or row.dropped_at or now
	reached = [(name, getattr(row, field)) for field, name in steps]
	for number, (name, at) in enumerate(reached):
		later = [one for _name, one in reached[number + 1 :] if one]
		if at and not (number < len(reached) - 1 and at > min([*later, end])):
			yield Stage(name, passed(since, at))
			since = max(since, at)
		elif not at and not later and not (row.stopped_at or row.dropped_at):
			yield Stage(name, passed(since, now), is_over=False)
			return
