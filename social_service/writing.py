"""An agent writes: what they have so far comes in, what the line above the editor says goes out. Who writes on what is kept."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from social_service.account import Clock
from social_service.guard import Looked, Objection, answered_message, look
from social_service.guard import draft as drafts
from social_service.guard.stops import EMPTY
from social_service.hosts.base import Host
from social_service.ledger import SocialDraft
from social_service.records import AgentReplied, Length, Visibility
from social_service.sentence import Sentence, _


@dataclass(frozen=True)
class Seen:
	"""``beside``: colleagues who began later; they are warned, their elder is told. ``price``: millionths of a US dollar.
	``visibility``: of the answer, as it would go out now."""

	length: Length | None
	price: int
	visibility: Visibility | None
	stops: tuple[Objection, ...]
	warnings: tuple[Objection, ...]
	is_acknowledged: bool
	beside: tuple[Sentence, ...]


def typed(host: Host, replied: AgentReplied, name: str, clock: Clock) -> Seen:
	"""``name``: as colleagues call the agent."""
	with host.transaction():
		draft = _keep(host, replied, name, clock)
	return _seen(host, replied, draft, look(host, replied, clock), clock)


def acknowledge(host: Host, replied: AgentReplied, name: str, keys: Collection[str], clock: Clock) -> Seen:
	"""*Send anyway*: of the warnings that were shown, those that still hold. None of them takes it back."""
	looked = look(host, replied, clock)
	shown = {one.key for one in looked.warnings} & set(keys)
	with host.transaction():
		draft = _keep(host, replied, name, clock)
		if draft:
			draft = drafts.acknowledge(host, draft, replied.text, shown, clock())
	return _seen(host, replied, draft, looked, clock)


def _keep(host: Host, replied: AgentReplied, name: str, clock: Clock) -> SocialDraft | None:
	"""None: nothing is written, or there is nothing to answer."""
	message = answered_message(host, replied.ticket)
	if message is None or not replied.text.strip():
		drafts.forget_draft(host, replied)
		return None
	return drafts.keep_draft(host, replied, name, message, clock())


def _seen(host: Host, replied: AgentReplied, draft: SocialDraft | None, looked: Looked, clock: Clock) -> Seen:
	now = clock()
	keys = [one.key for one in looked.warnings]
	later = (one for one in drafts.writing_beside(host, replied, now) if not drafts.began_before(one, draft))
	return Seen(
		length=looked.length,
		price=looked.price,
		visibility=looked.message and looked.message.visibility,
		stops=tuple(one for one in looked.stops if one.key != EMPTY),
		warnings=looked.warnings,
		is_acknowledged=bool(keys) and drafts.is_acknowledged(draft, replied.text, keys, now),
		beside=tuple(_("{0} is writing here, too.", one.agent_name or one.agent) for one in later),
	)
