"""Writing to X, and reading back what became of a write. X has no idempotency key: the text itself is the proof."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from social_service.channels.errors import Ambiguous
from social_service.channels.x import prices, read
from social_service.channels.x.client import PAGE, XClient
from social_service.channels.x.cursor import id_time, written
from social_service.channels.x.text import acceptable, comparable
from social_service.records import Account, Message, NotSent, Outgoing, Sent, Visibility
from social_service.sentence import _

CLOCK_SKEW = timedelta(minutes=10)
LOOK_BACK_PAGES = 5  # of our own posts, when we look for a reply whose fate is unknown


def send_post(client: XClient, us: Account, reply: Outgoing) -> Sent:
	"""Answers the author alone: the others whom the post names are not called into it."""
	body = client.create_tweet(
		text=acceptable(reply.text),
		reply_in_reply_to_tweet_id=target_of(reply.to),
		reply_exclude_reply_user_ids=reply.to.reply_hint.get("others") or None,
		return_json=True,
	)
	return _sent_post(us, _made(body, "id"), prices.of_reply(reply.text))


def send_dm(client: XClient, reply: Outgoing) -> Sent:
	body = client.create_message_to_conversation(conversation_of(reply.to), text=reply.text, return_json=True)
	return _sent_dm(conversation_of(reply.to), _made(body, "dm_event_id"), prices.DM_CREATE)


def _made(body: dict, name: str) -> str:
	made = body.get("data")
	if not isinstance(made, dict) or not isinstance(made.get(name), str):
		raise Ambiguous(_("X took the reply and did not say under which number; we look for it."))
	return made[name]


def _sent_post(us: Account, post_id: str, cost: int) -> Sent:
	return Sent(post_id, f"{read.SITE}/{us.handle}/status/{post_id}", cost, id_time(post_id))


def _sent_dm(conversation: str, event_id: str, cost: int) -> Sent:
	return Sent(read.DM + event_id, f"{read.SITE}/messages/{conversation}", cost, id_time(event_id))


def target_of(message: Message) -> str:
	"""The newest version of an edited post."""
	return str(message.reply_hint.get("post_id") or message.external_id)


def conversation_of(message: Message) -> str:
	return str(message.reply_hint.get("dm_conversation_id") or message.thread_id)


def find_sent(client: XClient, us: Account, reply: Outgoing) -> Sent | NotSent:
	"""Looks through what this account wrote since the first attempt. Too much to look through: Ambiguous."""
	since = (reply.started_at or reply.to.sent_at) - CLOCK_SKEW
	private = reply.visibility is Visibility.PRIVATE
	written_since = _own_dms(client, us, reply.to, since) if private else _own_posts(client, us, since)
	for message in written_since:
		if _is_ours(message, reply):
			event_id = message.external_id.removeprefix(read.DM)
			return _sent_dm(message.thread_id, event_id, 0) if private else _sent_post(us, event_id, 0)
	return NotSent()


def _is_ours(message: Message, reply: Outgoing) -> bool:
	if reply.visibility is Visibility.PUBLIC and message.parent_id not in (
		target_of(reply.to),
		reply.to.external_id,
	):
		return False
	return message.is_own and comparable(message.text) == comparable(reply.text)


def _own_posts(client: XClient, us: Account, since: datetime) -> Iterator[Message]:
	token = None
	for _page in range(LOOK_BACK_PAGES):
		body = client.get_timelines(
			us.external_id,
			start_time=written(since),
			max_results=PAGE,
			pagination_token=token,
			**client.post_fields,
		)
		yield from _all_readable(body, read.read_posts(body, us))
		token = read.next_token(body)
		if not token:
			return
	raise _too_many()


def _own_dms(client: XClient, us: Account, to: Message, since: datetime) -> Iterator[Message]:
	token = None
	for _page in range(LOOK_BACK_PAGES):
		body = client.get_dm_events_by_conversation(
			conversation_of(to), pagination_token=token, **client.dm_fields
		)
		messages = _all_readable(body, read.read_dms(body, us))
		yield from (message for message in messages if message.sent_at >= since)
		token = read.next_token(body)
		if not token or (messages and messages[-1].sent_at < since):
			return
	raise _too_many()


def _all_readable(body: dict, answer: tuple[list[Message], list]) -> list[Message]:
	messages, broken = answer
	if broken or not read.is_page(body):  # our reply may be in what we can't read
		raise Ambiguous(_("X shows our own posts only in part. Look on x.com whether the reply is there."))
	return messages


def _too_many() -> Ambiguous:
	return Ambiguous(
		_("This account wrote too much since then to look through. Look on x.com whether the reply is there.")
	)
