"""Answers that a colleague gave on the network itself, outside of the helpdesk."""

from __future__ import annotations

from social_service.hosts.base import Host, In
from social_service.ledger import SocialConversation, SocialMessage, SocialReply
from social_service.records import ReplyState
from social_service.sentence import _

UNDERWAY = In((ReplyState.QUEUED, ReplyState.SENDING, ReplyState.UNKNOWN))


def note_native_answer(host: Host, own: SocialMessage) -> None:
	"""If our account answered a customer and no reply of ours did it, the ticket says so, and the conversation has its
	first response. The host's own SLA badge is the agent's to settle: only they know whether that answer was one."""
	if not own.parent_id or own.is_repost or _is_our_reply(host, own):
		return
	for answered in _message(host, own.channel, own.parent_id):
		found = host.store.get(SocialConversation, [answered.conversation]).get(answered.conversation)
		if found is None or _may_be_underway(host, found.name):
			continue
		first = found.first_response_at or own.sent_at
		host.store.change(found, first_response_at=first, last_agent_at=own.sent_at)
		if found.ticket:
			host.desk.note(found.ticket, _("Answered on the network itself: {0}", own.text))


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
