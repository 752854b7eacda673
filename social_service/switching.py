"""Switching: what a person began in public goes on in private, in the same ticket. Never the other way round.

Only the network's own id of a person says that it is the same one, and only on the same channel.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from social_service.account import Clock, connect, the_channel
from social_service.audience import answered_message
from social_service.channels.errors import Rejected
from social_service.conversation import after_merges
from social_service.history import Happened, keep
from social_service.hosts.base import Host
from social_service.ledger import SocialConversation, SocialMessage, SocialProfile, SocialReply
from social_service.listen.intake import network_of
from social_service.records import Happening, TicketState, Visibility
from social_service.sentence import Refused, Sentence, _
from social_service.settings import SocialChannel, SocialVoice
from social_service.voice import filled, names_of, spoken_with, voice_for

WE_ASKED, CUSTOMER_DID = _("we asked"), _("the customer did")  # kept in English, as reports count them
STILL_TALKING = timedelta(hours=48)  # since the last word of either side
MOST_TALKS = 50


@dataclass(frozen=True)
class Switch:
	"""A private message that goes on with ``talk``, which is public."""

	ticket: TicketState
	talk: SocialConversation
	is_asked: bool

	@property
	def who(self) -> Sentence:
		return WE_ASKED if self.is_asked else CUSTOMER_DID


# --- asking for one -------------------------------------------------------------------------------------------


def private_link(host: Host, answered: SocialMessage, clock: Clock) -> str:
	"""Where the author of this public post can write to us in private; "" = nowhere that we would hear of."""
	if answered.visibility is Visibility.PRIVATE:
		return ""
	try:
		return connect(host, the_channel(host, answered.channel), clock).private_link(answered.as_served())
	except Rejected:
		return ""


def private_request(host: Host, ticket: str, clock: Clock) -> str:
	"""The prepared sentence with the link, in the customer's language. Raises Refused."""
	post = answered_message(host, ticket)
	link = post and private_link(host, post, clock)
	if not link:
		raise Refused(
			_(
				"There is no address to give for a private message. Answer without, or ask on the network itself."
			)
		)
	rows = host.store.find(SocialVoice, {}, order="name", limit=1000)
	for language in spoken_with(host, post):
		voice = voice_for(rows, post.channel, language, post.visibility)
		if voice.private_request:
			return filled(voice.private_request, {**names_of(post, voice.address), "link": link})
	raise Refused(
		_("No sentence is prepared for it. Write one in Social Voice, with {0} for the address.", "{link}")
	)


# --- where a private message belongs --------------------------------------------------------------------------


def switch_of(
	host: Host, channel: SocialChannel, message: SocialMessage, own: TicketState | None, days: int
) -> Switch | None:
	"""``own``: the ticket of the message's own thread; while it is open, only our asking leads away from it. ``days``: for
	so long we wait for whom we asked."""
	if message.visibility is not Visibility.PRIVATE:
		return None
	talks = _talks(host, channel, message, Visibility.PUBLIC)
	asked = [one for one in talks if _is_asked(one, message.sent_at, timedelta(days=days))]
	if asked:
		return _switch(host, max(asked, key=lambda one: one.switch_asked_at), is_asked=True)
	if own and own.is_open:
		return None
	going = (_switch(host, one, is_asked=False) for one in talks if _goes_on(one, message.sent_at))
	return next((one for one in going if one and one.ticket.is_open), None)


def _talks(
	host: Host, channel: SocialChannel, message: SocialMessage, visibility: Visibility
) -> Sequence[SocialConversation]:
	"""This person's, with whoever has them now; the liveliest first."""
	key = SocialProfile.key(network_of(channel), message.author_id)
	known = host.store.find(SocialProfile, {"digest": key}, order="name", limit=1)
	if not (known and message.author_id):
		return ()
	where = {"profile": known[0].name, "channel": message.channel, "visibility": visibility}
	found = host.store.find(SocialConversation, where, order="-last_customer_at", limit=MOST_TALKS)
	return [one for one in found if one.ticket]


def _is_asked(talk: SocialConversation, at: datetime, wait: timedelta) -> bool:
	return talk.switch_asked_at is not None and timedelta(0) <= at - talk.switch_asked_at <= wait


def _goes_on(talk: SocialConversation, at: datetime) -> bool:
	"""A message from before its first post began something else."""
	last = max(filter(None, (talk.last_customer_at, talk.last_agent_at)), default=None)
	return bool(last and talk.first_post_at and talk.first_post_at <= at <= last + STILL_TALKING)


def _switch(host: Host, talk: SocialConversation, *, is_asked: bool) -> Switch | None:
	state = after_merges(host, talk.ticket)
	return Switch(state, talk, is_asked) if state else None


# --- what is kept of it ---------------------------------------------------------------------------------------


def note_asked(host: Host, reply: SocialReply, at: datetime) -> None:
	"""The network has this answer. If it asks for a private message, or is one, the conversation waits for the customer's."""
	for message in host.store.get(SocialMessage, [reply.message]).values():
		if message.visibility is Visibility.PUBLIC and _asks(host, message, reply, lambda: at):
			for talk in host.store.get(SocialConversation, [message.conversation]).values():
				host.store.change(talk, switch_asked_at=at)
			event = Happening.ASKED_FOR_PRIVATE
			about = {"conversation": message.conversation, "message": message.name}
			keep(host, Happened(message.ticket or reply.ticket, event, at, reply.agent, **about))


def _asks(host: Host, message: SocialMessage, reply: SocialReply, clock: Clock) -> bool:
	if reply.visibility is Visibility.PRIVATE:
		return True
	link = private_link(host, message, clock)
	return bool(link) and link in reply.text


def note_moved(host: Host, switch: Switch, private: SocialConversation, message: SocialMessage) -> None:
	ticket = switch.ticket.name
	about = {"conversation": private.name, "message": message.name}
	keep(host, Happened(ticket, Happening.MOVED_TO_PRIVATE, message.sent_at, detail=str(switch.who), **about))
	if switch.is_asked:
		host.store.change(switch.talk, switch_asked_at=None)  # it came
	host.desk.note(
		ticket,
		_("{0} goes on in private ({1}). Only they read an answer to it.", _name_of(message), switch.who),
	)


def note_beside(host: Host, channel: SocialChannel, message: SocialMessage, ticket: str) -> None:
	"""Somebody who talks to us in private has opened a ticket in public: both say so, and nothing is carried over."""
	if message.visibility is Visibility.PRIVATE:
		return
	talks = _talks(host, channel, message, Visibility.PRIVATE)
	going = (_switch(host, one, is_asked=False) for one in talks if _goes_on(one, message.sent_at))
	beside = next((one for one in going if one and one.ticket.is_open and one.ticket.name != ticket), None)
	if beside is None:
		return
	about = {"conversation": beside.talk.name, "message": message.name}
	event = Happening.MOVED_TO_PUBLIC
	keep(host, Happened(beside.ticket.name, event, message.sent_at, detail=str(CUSTOMER_DID), **about))
	host.desk.note(beside.ticket.name, _("{0} wrote in public, too: ticket {1}.", _name_of(message), ticket))
	told = _(
		"{0} writes to us in private, too: ticket {1}. What was said there must not be told here.",
		_name_of(message),
		beside.ticket.name,
	)
	host.desk.note(ticket, told)


def _name_of(message: SocialMessage) -> str:
	return message.author_name or message.handle or message.author_id
