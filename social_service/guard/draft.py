"""Drafts: that somebody writes an answer, to which post, since when, and what they were told and send past."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from social_service.hosts.base import From, Host
from social_service.ledger import SocialDraft, SocialMessage, digest
from social_service.records import AgentReplied

LIVES = timedelta(days=1)
WRITES = timedelta(minutes=3)  # so long after the last letter
HOLDS = timedelta(minutes=10)  # an acknowledgement


def draft_of(host: Host, ticket: str, agent: str, now: datetime) -> SocialDraft | None:
	row = _row(host, ticket, agent)
	return row if row and row.written_at and row.written_at > now - LIVES else None


def keep_draft(
	host: Host, replied: AgentReplied, name: str, message: SocialMessage, now: datetime
) -> SocialDraft:
	"""``name``: as colleagues call the agent. The same text again is no sign that somebody writes."""
	said = text_digest(replied.text)
	there = _row(host, replied.ticket, replied.agent)
	if there and there.written_at and there.written_at > now - LIVES:
		if there.text_digest == said:
			return there
		return host.store.change(there, text_digest=said, written_at=now) or there
	begun = {"message": message.name, "revision": message.revision, "began_at": now, "written_at": now}
	values = _nothing() | begun | {"agent_name": name, "text_digest": said}
	if there is None:
		key = digest(replied.ticket, replied.agent)
		new = replace(SocialDraft(replied.ticket, replied.agent, key), **values)
		there, is_new = host.store.add(new)
		if is_new:
			return there
	return host.store.change(there, **values) or there


def forget_draft(host: Host, replied: AgentReplied) -> None:
	"""It was sent, or thrown away. The agent's name stays."""
	there = _row(host, replied.ticket, replied.agent)
	if there and there.written_at:
		host.store.change(there, **_nothing())


def _nothing() -> dict[str, object]:
	return {
		**{"message": "", "revision": 0, "began_at": None, "written_at": None, "text_digest": ""},
		**{"acknowledged": (), "acknowledged_digest": "", "acknowledged_at": None},
	}


# --- colleagues ---------------------------------------------------------------------------------------------


def writing_beside(host: Host, replied: AgentReplied, now: datetime) -> list[SocialDraft]:
	"""Of others, on the same ticket, at this moment; who began first stands first."""
	where = {"ticket": replied.ticket, "written_at": From(now - WRITES)}
	found = host.store.find(SocialDraft, where, order="began_at,agent", limit=20)
	return [one for one in found if one.agent != replied.agent]


def began_before(one: SocialDraft, mine: SocialDraft | None) -> bool:
	return mine is None or (one.began_at, one.agent) < (mine.began_at, mine.agent)


def name_of(host: Host, ticket: str, agent: str) -> str:
	row = _row(host, ticket, agent)
	return (row and row.agent_name) or agent


# --- send anyway --------------------------------------------------------------------------------------------


def acknowledge(
	host: Host, draft: SocialDraft, text: str, keys: Collection[str], now: datetime
) -> SocialDraft | None:
	"""``keys``: of the warnings that were shown for this text. None takes it back."""
	values = {"acknowledged": tuple(sorted(keys)), "acknowledged_digest": text_digest(text)}
	return host.store.change(draft, **values, acknowledged_at=now)


def is_acknowledged(draft: SocialDraft | None, text: str, keys: Collection[str], now: datetime) -> bool:
	"""All of these, for this very text, a moment ago."""
	if draft is None or draft.acknowledged_at is None or draft.acknowledged_at <= now - HOLDS:
		return False
	return draft.acknowledged_digest == text_digest(text) and set(keys) <= set(draft.acknowledged)


def text_digest(text: str) -> str:
	return digest(" ".join(text.split()))


def _row(host: Host, ticket: str, agent: str) -> SocialDraft | None:
	wanted = {"digest": digest(ticket, agent)}
	return next(iter(host.store.find(SocialDraft, wanted, order="name", limit=1)), None)
