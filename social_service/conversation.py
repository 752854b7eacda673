"""Conversations: one person in one thread. Who is it, what was said before, which ticket has it after a split or merge?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from social_service.hosts.base import Before, Host, In
from social_service.ledger import SocialConversation, SocialMessage, SocialProfile, SocialReply
from social_service.listen.intake import network_of
from social_service.records import TicketState, Visibility
from social_service.sentence import _
from social_service.settings import SocialChannel
from social_service.sla import moving

CONTEXT = 5  # earlier posts of others that an agent is shown


def profile_for(host: Host, channel: SocialChannel, message: SocialMessage) -> SocialProfile:
	network = network_of(channel)
	profile = SocialProfile(
		network=network[:140],
		external_id=message.author_id,
		digest=SocialProfile.key(network, message.author_id),
		handle=message.handle,
		display_name=message.author_name,
		profile_url=message.author_url,
		followers=message.followers,
		is_bot=message.is_bot,
	)
	return host.store.add(profile)[0]


def conversation_for(
	host: Host, message: SocialMessage, profile: SocialProfile, ticket: str, team: str
) -> SocialConversation:
	"""The conversation of this person in this thread. Without a ``ticket`` one is to open: its clock starts here."""
	new = SocialConversation(
		channel=message.channel,
		thread_id=message.thread_id,
		profile=profile.name,
		digest=SocialConversation.key(message.channel, message.thread_id, message.author_id),
		visibility=message.visibility,
		team=team,
		ticket=ticket,
		first_post_at=message.sent_at,
		last_customer_at=message.sent_at,
	)
	stored, is_new = host.store.add(new)
	if is_new:
		return stored
	newest = max(filter(None, (stored.last_customer_at, message.sent_at)))
	values: dict[str, object] = {"last_customer_at": newest}
	if ticket:
		values |= {"ticket": ticket}
	else:  # the ticket before may be answered: the new one is not
		values |= {"team": team, "first_post_at": message.sent_at, "first_response_at": None}
	return host.store.change(stored, **values) or stored


def earlier_in_thread(host: Host, message: SocialMessage) -> list[SocialMessage]:
	"""What others wrote in the public thread before, oldest first. Private talk is nobody else's context."""
	if not message.parent_id or message.visibility is Visibility.PRIVATE:
		return []
	wanted = {
		"channel": message.channel,
		"thread_id": message.thread_id,
		"visibility": Visibility.PUBLIC,
		"deleted_at": None,
		"sent_at": Before(message.sent_at),
	}
	found = host.store.find(SocialMessage, wanted, order="-sent_at", limit=CONTEXT * 2)
	others = [one for one in found if one.author_id != message.author_id and not one.is_repost]
	return list(reversed(others[:CONTEXT]))


def add_context(host: Host, message: SocialMessage, ticket: str, follows: str) -> None:
	"""Notes for the agent: the ticket before, and the thread so far."""
	if follows:
		host.desk.note(ticket, _("The same conversation had ticket {0} before.", follows))
	earlier = earlier_in_thread(host, message)
	if earlier:
		lines = "\n".join(f"{one.author_name or one.handle}: {one.text}" for one in earlier)
		host.desk.note(ticket, _("Earlier in this thread:\n{0}", lines))


def note_late(host: Host, message: SocialMessage, ticket: str) -> None:
	if message.is_late:
		hours = int((message.stored_at - message.sent_at).total_seconds() // 3600)
		host.desk.note(ticket, _("This post came late: it was written {0} hours before we got it.", hours))


def ticket_so_far(host: Host, message: SocialMessage) -> TicketState | None:
	"""The ticket of this person in this thread, or of the same post on another of our channels; merges followed."""
	key = SocialConversation.key(message.channel, message.thread_id, message.author_id)
	found = host.store.find(SocialConversation, {"digest": key}, order="name", limit=1)
	name = found[0].ticket if found else ""
	if not name:
		twins = host.store.find(SocialMessage, {"post_digest": message.post_digest}, order="name", limit=10)
		name = next((twin.ticket for twin in twins if twin.ticket), "")
	return after_merges(host, name) if name else None


def after_merges(host: Host, name: str) -> TicketState | None:
	for _step in range(5):
		state = host.desk.tickets([name]).get(name)
		if state is None or not state.merged_into:
			return state
		name = state.merged_into
	return state


def ticket_split(
	host: Host, old_ticket: str, new_ticket: str, ticket_messages: Sequence[str], now: datetime
) -> None:
	"""Messages that moved to the new ticket are answered from there; the person's next post follows the newest one."""
	moved = _messages(host, {"ticket": old_ticket, "ticket_message": In(tuple(ticket_messages))})
	for message in moved:
		host.store.change(message, ticket=new_ticket)
	_move_replies(host, {"ticket": old_ticket, "ticket_message": In(tuple(ticket_messages))}, new_ticket)
	for name in {message.conversation for message in moved}:
		_follow_newest(host, name)
	moving.split(host, old_ticket, new_ticket, moved, now)


def ticket_merged(host: Host, source: str, target: str, now: datetime) -> None:
	for message in _messages(host, {"ticket": source}):
		host.store.change(message, ticket=target)
	for conversation in host.store.find(SocialConversation, {"ticket": source}, order="name", limit=1000):
		host.store.change(conversation, ticket=target)
	_move_replies(host, {"ticket": source}, target)
	moving.merged(host, source, target, now)


def _move_replies(host: Host, where: dict, ticket: str) -> None:
	"""What still waits for approval or can be taken back is found where its words stand."""
	for reply in host.store.find(SocialReply, where, order="queued_at", limit=1000):
		host.store.change(reply, ticket=ticket)


def _follow_newest(host: Host, conversation: str) -> None:
	newest = host.store.find(SocialMessage, {"conversation": conversation}, order="-sent_at", limit=1)
	found = host.store.get(SocialConversation, [conversation]).get(conversation)
	if newest and found:
		host.store.change(found, ticket=newest[0].ticket)


def _messages(host: Host, where: dict) -> list[SocialMessage]:
	return host.store.find(SocialMessage, where, order="sent_at", limit=1000)
