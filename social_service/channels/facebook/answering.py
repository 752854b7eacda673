"""Publishing on Facebook, and finding what was published: below a post in public, or in Messenger."""

from __future__ import annotations

from social_service.channels.errors import Ambiguous
from social_service.channels.facebook.content import SITE
from social_service.channels.facebook.streams import READS_COMMENTS
from social_service.channels.meta.api import PAGE, Graph, next_of
from social_service.channels.meta.cursor import id_of
from social_service.channels.meta.inbox import (
	CLOCK_SKEW,
	PAGES_READ_BACK,
	Inbox,
	is_same,
	not_shown,
	too_much,
	unreadable,
)
from social_service.channels.meta.public import is_private, public_text, require_private_window
from social_service.channels.reading import Broken, moment
from social_service.records import NotSent, Outgoing, Sent, Visibility
from social_service.sentence import _

WRITES = "pages_manage_engagement"
LONGEST_COMMENT, LONGEST_MESSAGE = 8000, 2000


def text_of(reply: Outgoing) -> str:
	return reply.text.strip() if is_private(reply) else public_text(reply.text, reply.to)


def publish(graph: Graph, inbox: Inbox, reply: Outgoing) -> Sent:
	if reply.to.visibility is Visibility.PRIVATE:
		return inbox.send(reply)
	if reply.visibility is Visibility.PRIVATE:
		return _privately(inbox, reply)
	told = graph.post(f"{_top(reply)}/comments", {"message": text_of(reply)}, WRITES)
	if not told.get("id"):
		raise Ambiguous(_("{0} did not confirm our reply; we look whether it is there.", graph.network))
	return Sent(str(told["id"]), f"{SITE}/{told['id']}")


def _privately(inbox: Inbox, reply: Outgoing) -> Sent:
	"""Once for a comment or a post; Facebook keeps count of it."""
	require_private_window(inbox.graph.network, reply)
	return inbox.publish({_recipient(reply): reply.to.external_id}, reply.text)


def _recipient(reply: Outgoing) -> str:
	return "comment_id" if reply.to.reply_hint.get("is_comment") else "post_id"


def _top(reply: Outgoing) -> str:
	return str(reply.to.reply_hint.get("top") or reply.to.external_id)


def find(graph: Graph, inbox: Inbox, reply: Outgoing) -> Sent | NotSent:
	if reply.to.visibility is Visibility.PRIVATE:
		return inbox.find(reply)
	if reply.visibility is Visibility.PRIVATE:
		return _find_privately(graph, inbox, reply)
	return _find_below(graph, inbox.own_id, reply)


def _find_privately(graph: Graph, inbox: Inbox, reply: Outgoing) -> Sent | NotSent:
	"""What was answered privately says in which conversation."""
	if not reply.to.reply_hint.get("is_comment"):  # posts do not say it
		raise not_shown(graph.network)
	told = graph.record(reply.to.external_id, READS_COMMENTS, fields="private_reply_conversation{id}")
	conversation = id_of(told.get("private_reply_conversation"))
	return inbox.find_in(conversation, reply) if conversation else NotSent()


def _find_below(graph: Graph, own_id: str, reply: Outgoing) -> Sent | NotSent:
	"""Our comments below what we answer, newest first, back to when we first tried."""
	after, earliest = "", (reply.started_at or reply.to.sent_at) - CLOCK_SKEW
	for _page in range(PAGES_READ_BACK):
		answer = graph.items(
			f"{_top(reply)}/comments",
			READS_COMMENTS,
			fields="id,from,message,created_time",
			filter="stream",
			order="reverse_chronological",
			limit=PAGE,
			since=int(earliest.timestamp()),
			after=after,
		)
		for item in answer.json["data"]:
			sent = _if_ours(item, own_id, reply, graph.network)
			if sent and sent.sent_at >= earliest:
				return sent
		after = next_of(answer)
		if not after:
			return NotSent()
	raise too_much(graph.network)


def _if_ours(item: object, own_id: str, reply: Outgoing, network: str) -> Sent | None:
	try:
		by_us = str((item.get("from") or {}).get("id")) == own_id
		if not (by_us and is_same(str(item.get("message") or ""), text_of(reply))):
			return None
		return Sent(id_of(item), f"{SITE}/{id_of(item)}", sent_at=moment(item["created_time"]))
	except (Broken, KeyError, AttributeError):
		raise unreadable(network)
