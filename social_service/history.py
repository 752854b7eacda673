"""A ticket's history besides posts and answers: what happened, when, by whom and why. Written once, never changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from social_service.hosts.base import Host
from social_service.ledger import SocialTicketEvent, digest
from social_service.records import Happening
from social_service.sentence import Sentence


@dataclass(frozen=True)
class Happened:
	"""``by``: a user of the host, "" = the service itself. ``detail``: why, or to whom, in a person's words."""

	ticket: str
	what: Happening
	at: datetime
	by: str = ""
	detail: str | Sentence = ""
	conversation: str = ""
	message: str = ""


def keep(host: Host, happened: Happened) -> SocialTicketEvent:
	"""The same one kept twice is one row."""
	key = (
		happened.ticket,
		happened.what,
		happened.at.isoformat(),
		happened.by,
		str(happened.detail),
		happened.message,
	)
	row = SocialTicketEvent(**vars(happened), digest=digest(*key))
	return host.store.add(row)[0]


def of_ticket(host: Host, ticket: str) -> list[SocialTicketEvent]:
	"""Oldest first."""
	return host.store.find(SocialTicketEvent, {"ticket": ticket}, order="at,name", limit=1000)
