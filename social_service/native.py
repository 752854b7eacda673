"""Answers that a colleague gave on the network itself, outside of the helpdesk."""

from __future__ import annotations

from social_service.history import Happened
from social_service.hosts.base import Host, In
from social_service.ledger import SocialConversation, SocialMessage, SocialReply
from social_service.records import Happening, ReplyState
from social_service.sentence import _
from social_service.sla.keeping import changed

UNDERWAY = In((ReplyState.QUEUED, ReplyState.SENDING, ReplyState.UNKNOWN))


def note_native_answer(host: Host, own: SocialMessage) -> None:
	"""If our account answered a customer and no reply of ours did it, the ticket says so, and the conversation has its
	first response: a human answered, and the network has it. A bot answers nobody."""
	if not own.parent_id or own.is_repost or _is_our_reply(host, own):
		return
	for answered in _message(host, own.channel, own.parent_id):
		found = host.store.get(SocialConversation, [answered.conversation]).get(answered.conversation)
		if found is None or _may_be_underway(host, found.name):
			continue
		if found.ticket:
			host.desk.note(found.ticket, _("Answered on the network itself: {0}", own.text))
		if not own.is_bot:
			_count(host, found, own)


def _count(host: Host, answered: SocialConversation, own: SocialMessage) -> None:
	first = answered.first_response_at or own.sent_at
	host.store.change(answered, first_response_at=first, last_agent_at=own.sent_at)
	if answered.ticket:
		there = Happened(answered.ticket, Happening.ANSWERED_THERE, own.sent_at, message=own.name)
		changed(host, [there], own.stored_at)


def _is_our_reply(host: Host, own: SocialMessage) -> bool:
	where = {"channel": own.channel, "external_id": own.external_id}
	return bool(host.store.find(SocialReply, where, order="name", limit=1))


def _may_be_underway(host: Host, conversation: str) -> bool:
	"""The echo of a reply can come before our own record of it is committed."""
	where = {"conversation": conversation, "state": UNDERWAY}
	return bool(host.store.find(SocialReply, where, order="name", limit=1))


def _message(host: Host, channel: str, external_id: str) -> list[SocialMessage]:
	key = SocialMessage.key(channel, external_id)
	return [
		one
		for one in host.store.find(SocialMessage, {"digest": key}, order="name", limit=1)
		if one.conversation
	]
