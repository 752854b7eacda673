"""What the desk is told, and what it tells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from social_service.records.words import Kind, Visibility
from social_service.sentence import Sentence


@dataclass(frozen=True)
class TicketMessage:
	"""A customer's message for a ticket. ``key`` makes adding it twice harmless."""

	key: str
	text: str
	sender_name: str
	sender_address: str  # synthetic, at social.invalid
	sent_at: datetime
	visibility: Visibility
	url: str = ""
	media: tuple[str, ...] = ()
	topic: str | Sentence = ""  # what it is about and in which language, as far as they are known
	language: str = ""


@dataclass(frozen=True)
class NewTicket:
	"""What is known when a ticket opens. ``started_at`` is the post's own time: the clock runs from there."""

	subject: str
	raised_by: str
	started_at: datetime
	channel: str
	network: str  # label, as people say it
	conversation: str
	kind: Kind
	handle: str
	url: str
	team: str = ""
	priority: str = ""
	ticket_type: str = ""
	follows: str = ""  # an earlier, closed ticket of the same conversation
	order: int = 0  # by what is needed; the higher, the sooner
	topic: str | Sentence = ""
	language: str = ""


@dataclass(frozen=True)
class TicketState:
	name: str
	is_open: bool
	closed_at: datetime | None = None
	merged_into: str = ""
	team: str = ""
	is_on_hold: bool = False  # the customer has the ball
	channel: str = ""
	kind: Kind | None = None
	priority: str = ""
	ticket_type: str = ""
	customer: str = ""
	topic: str = ""
	language: str = ""
	assigned: tuple[str, ...] = ()


@dataclass(frozen=True)
class Standing:
	"""How the promises of a ticket stand, as the desk shows them. ``agreement``: the host's own, "" leaves the one it has."""

	response_by: datetime
	resolution_by: datetime
	agreement: str = ""
	responded_at: datetime | None = None
	resolved_at: datetime | None = None
	on_hold_since: datetime | None = None
	held_s: int = 0
	is_missed: bool = False
	is_dropped: bool = False  # nobody answered, and nobody will
	response_s: int | None = None  # of service, as the next three
	response_late_s: int | None = None
	resolution_s: int | None = None
	resolution_late_s: int | None = None


@dataclass(frozen=True)
class Article:
	"""A knowledge-base article. ``is_published`` False means: forget it."""

	name: str
	title: str
	text: str
	changed_at: datetime
	is_published: bool = True
	url: str = ""


@dataclass(frozen=True)
class AgentReplied:
	"""An agent sent this text from the ticket view to the social author."""

	ticket: str
	ticket_message: str
	agent: str
	text: str  # plain, without signature and quoted mail
	agent_since: datetime | None = None  # when they became an agent; None = nobody knows
