"""An answer that may go out: a case with all that the checks look at comes out of the host, objections go in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from social_service.account import Clock, connect
from social_service.channels.base import Channel
from social_service.channels.errors import Rejected
from social_service.guard.draft import draft_of
from social_service.hosts.base import Host, In
from social_service.ledger import SocialConversation, SocialDraft, SocialMessage, SocialReply
from social_service.records import AgentReplied, Length, ReplyState
from social_service.sentence import Sentence
from social_service.settings import SocialChannel, SocialServiceSettings
from social_service.site_settings import the_settings

ALIVE = In(
	(
		*(ReplyState.AWAITING_APPROVAL, ReplyState.QUEUED, ReplyState.SENDING),
		*(ReplyState.SENT, ReplyState.UNKNOWN),
	)
)
NEWEST, IN_THREAD = 50, 200
QUOTED = 120  # characters of somebody's text in a sentence


@dataclass(frozen=True)
class Objection:
	"""``key`` names what it is about: who sends past this one does not send past the next."""

	key: str
	sentence: Sentence


@dataclass(frozen=True)
class Looked:
	"""``stops``: it can't go out as it stands. ``warnings``: it goes out when its agent says so. ``price``: what the
	network would charge, in millionths of a US dollar. ``message``: what it answers; None = there is nothing."""

	message: SocialMessage | None
	stops: tuple[Objection, ...] = ()
	warnings: tuple[Objection, ...] = ()
	length: Length | None = None
	price: int = 0


@dataclass(frozen=True)
class Case:
	"""``no_driver``: why the network can't be asked how it counts. ``conversation`` is read before its replies, so that
	``take_turn`` notices a reply that came between."""

	host: Host
	replied: AgentReplied
	message: SocialMessage
	now: datetime
	settings: SocialServiceSettings
	conversation: SocialConversation | None
	channel: SocialChannel | None
	driver: Channel | None
	no_driver: Sentence | None
	draft: SocialDraft | None

	@property
	def text(self) -> str:
		return self.replied.text.strip()

	@cached_property
	def replies(self) -> list[SocialReply]:
		"""Others of this conversation that went out or may, the newest first."""
		where = {"conversation": self.message.conversation, "state": ALIVE}
		found = self.host.store.find(SocialReply, where, order="-queued_at", limit=NEWEST)
		return [one for one in found if one.ticket_message != (self.replied.ticket_message or None)]

	@cached_property
	def said(self) -> list[SocialMessage]:
		"""The customer's newest posts of this conversation."""
		where = {"conversation": self.message.conversation, "deleted_at": None}
		return self.host.store.find(SocialMessage, where, order="-sent_at", limit=5)

	@cached_property
	def thread(self) -> list[SocialMessage]:
		"""Everybody's newest posts there."""
		where = {"channel": self.message.channel, "thread_id": self.message.thread_id}
		return self.host.store.find(SocialMessage, where, order="-sent_at", limit=IN_THREAD)


def case_of(host: Host, replied: AgentReplied, message: SocialMessage, clock: Clock) -> Case:
	now, store = clock(), host.store
	channel = store.get(SocialChannel, [message.channel]).get(message.channel)
	driver, no_driver = _driver_of(host, channel, clock)
	return Case(
		host=host,
		replied=replied,
		message=message,
		now=now,
		settings=the_settings(host),
		conversation=store.get(SocialConversation, [message.conversation]).get(message.conversation),
		channel=channel,
		driver=driver,
		no_driver=no_driver,
		draft=draft_of(host, replied.ticket, replied.agent, now),
	)


def _driver_of(
	host: Host, channel: SocialChannel | None, clock: Clock
) -> tuple[Channel | None, Sentence | None]:
	if channel is None:
		return None, None
	try:
		return connect(host, channel, clock), None
	except Rejected as error:
		return None, error.sentence


def quoted(text: str) -> str:
	"""As much of it as a sentence bears."""
	plain = " ".join(text.split())
	return plain if len(plain) <= QUOTED else f"{plain[: QUOTED - 1].rstrip()}…"
