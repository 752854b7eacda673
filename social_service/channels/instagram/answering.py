"""Publishing on Instagram, and finding what was published: below a comment, to a mention, or as a direct message."""

from __future__ import annotations

from collections.abc import Mapping

from social_service.channels.errors import Ambiguous, Rejected
from social_service.channels.instagram.content import MENTION
from social_service.channels.instagram.streams import COMMENTS
from social_service.channels.meta.api import PAGE, Graph, next_of
from social_service.channels.meta.cursor import id_of
from social_service.channels.meta.inbox import (
	CLOCK_SKEW,
	PAGES_READ_BACK,
	Inbox,
	is_same,
	too_much,
	unreadable,
)
from social_service.channels.meta.public import is_private, public_text, require_private_window
from social_service.channels.reading import Broken, moment
from social_service.records import Account, Length, Message, NotSent, Outgoing, Sent, Visibility
from social_service.sentence import _

LONGEST_COMMENT, LONGEST_MESSAGE = 2200, 1000  # characters; bytes


def length_of(text: str, to: Message | None, *, in_private: bool) -> Length:
	if in_private:
		return Length(len(text.strip().encode()), LONGEST_MESSAGE, "bytes")
	return Length(len(public_text(text, to)), LONGEST_COMMENT)


def require_length(reply: Outgoing) -> None:
	length = length_of(reply.text, reply.to, in_private=is_private(reply))
	if length.fits:
		return
	told = _("The reply has {0} of {1} characters, the name included. Shorten it.", length.used, length.limit)
	if length.unit == "bytes":
		told = _("The reply has {0} of {1} bytes. Shorten it.", length.used, length.limit)
	raise Rejected("too long", told)


def publish(graph: Graph, inbox: Inbox, us: Account, reply: Outgoing) -> Sent:
	if reply.to.visibility is Visibility.PRIVATE:
		return inbox.send(reply)
	if reply.visibility is Visibility.PRIVATE:
		return _privately(inbox, reply)
	path, body = _where(us, reply)
	told = graph.post(path, {**body, "message": public_text(reply.text, reply.to)}, COMMENTS)
	if not told.get("id"):
		raise Ambiguous(_("{0} did not confirm our reply; we look whether it is there.", graph.network))
	return Sent(str(told["id"]), reply.to.url)


def _where(us: Account, reply: Outgoing) -> tuple[str, Mapping[str, str]]:
	hint = reply.to.reply_hint
	if reply.to.external_id.startswith(MENTION):
		known = {key: str(hint[key]) for key in ("media_id", "comment_id") if hint.get(key)}
		return f"{us.external_id}/mentions", known
	return f"{hint.get('top') or reply.to.external_id}/replies", {}


def _privately(inbox: Inbox, reply: Outgoing) -> Sent:
	"""Once for a comment below our own posts; Instagram keeps count of it."""
	if reply.to.external_id.startswith(MENTION):
		told = _("{0} takes no private reply to this comment. Answer in public.", inbox.graph.network)
		raise Rejected("not allowed", told)
	require_private_window(inbox.graph.network, reply)
	return inbox.publish({"comment_id": reply.to.external_id}, reply.text)


def find(graph: Graph, inbox: Inbox, us: Account, reply: Outgoing) -> Sent | NotSent:
	if reply.to.visibility is Visibility.PRIVATE:
		return inbox.find(reply)
	if reply.visibility is Visibility.PRIVATE:
		return _find_privately(inbox, reply)
	if reply.to.external_id.startswith(MENTION):  # Instagram shows no comments below the posts of others
		raise Ambiguous(
			_(
				"{0} does not show whether our reply is there. Look there before you send again.",
				graph.network,
			)
		)
	return _find_below(graph, us, reply)


def _find_privately(inbox: Inbox, reply: Outgoing) -> Sent | NotSent:
	"""The conversation with whom we answered, if there is one by now."""
	if not reply.to.author.external_id.isdigit():  # only a name: we can't tell whose conversation it is
		raise unreadable(inbox.graph.network)
	conversation = inbox.conversation_with(reply.to.author.external_id)
	return inbox.find_in(conversation, reply) if conversation else NotSent()


def _find_below(graph: Graph, us: Account, reply: Outgoing) -> Sent | NotSent:
	"""All replies to the comment: Instagram gives no order to rely on."""
	after, earliest = "", (reply.started_at or reply.to.sent_at) - CLOCK_SKEW
	path, _body = _where(us, reply)
	for _page in range(PAGES_READ_BACK):
		answer = graph.items(path, COMMENTS, fields="id,text,timestamp,username", limit=PAGE, after=after)
		for item in answer.json["data"]:
			sent = _if_ours(item, us, reply, graph.network)
			if sent and sent.sent_at >= earliest:
				return sent
		after = next_of(answer)
		if not after:
			return NotSent()
	raise too_much(graph.network)


def _if_ours(item: object, us: Account, reply: Outgoing, network: str) -> Sent | None:
	try:
		text = public_text(reply.text, reply.to)
		if item.get("username") != us.handle or not is_same(str(item.get("text") or ""), text):
			return None
		return Sent(id_of(item), reply.to.url, sent_at=moment(item["timestamp"]))
	except (Broken, KeyError, AttributeError):
		raise unreadable(network)
