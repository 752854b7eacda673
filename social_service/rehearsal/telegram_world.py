"""The simulated Telegram as it is: a bot's private chats, a channel and the group of its comments; messages as JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from social_service.rehearsal.simulated import Person, Post

GROUP = {
	"id": -1001700000001,
	"title": "Heimwerk Community",
	"username": "heimwerk_community",
	"type": "supergroup",
}
CHANNEL = {"id": -1001700000002, "title": "Heimwerk", "username": "heimwerk_news", "type": "channel"}
ANONYMOUS_ADMIN = {
	"id": 1087968824,
	"is_bot": True,
	"first_name": "Group",
	"username": "GroupAnonymousBot",
}
TELEGRAM = {"id": 777000, "is_bot": False, "first_name": "Telegram"}
NAME = re.compile(r"@\w{4,32}")


def user(person: Person) -> dict:
	told = {"id": int(person.id), "is_bot": person.is_bot or bool(person.token), "first_name": person.name}
	return told | {"username": person.handle}


def private_chat(person: Person) -> dict:
	told = {"id": int(person.id), "first_name": person.name, "username": person.handle}
	return told | {"type": "private"}


def message(post: Post, posts: Mapping[str, Post]) -> dict:
	"""As an update tells it."""
	told = _alone(post)
	answered = posts.get(post.reply_to)
	if answered and not answered.is_deleted:
		told["reply_to_message"] = _alone(answered)
	if post.facts.get("thread"):
		told["message_thread_id"] = post.facts["thread"]
	if post.edited_at:
		told["edit_date"] = int(post.edited_at.timestamp())
	return told


def _alone(post: Post) -> dict:
	chat = post.facts["chat"]
	told = {"message_id": post.facts["number"], **_sender(post), "chat": chat, "date": _seconds(post.at)}
	if origin := post.facts.get("origin"):
		told["is_automatic_forward"] = True
		told["forward_origin"] = {
			"type": "channel",
			"chat": CHANNEL,
			"message_id": origin,
			"date": _seconds(post.at),
		}
	entities = [_entity(post.text, found) for found in NAME.finditer(post.text)]
	return told | {"text": post.text} | ({"entities": entities} if entities else {})


def _sender(post: Post) -> dict:
	"""A bot's own messages are its own; what the company writes in the app it writes in another name."""
	if post.facts.get("origin"):
		return {"from": TELEGRAM, "sender_chat": CHANNEL}
	if post.facts["chat"] is CHANNEL:
		return {"sender_chat": CHANNEL}
	if post.by.token and not post.facts.get("by_api"):
		return {"from": ANONYMOUS_ADMIN, "sender_chat": GROUP}
	return {"from": user(post.by)}


def _entity(text: str, found: re.Match) -> dict:
	return {"type": "mention", "offset": units(text[: found.start()]), "length": units(found[0])}


def units(text: str) -> int:
	return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _seconds(moment: datetime) -> int:
	return int(moment.timestamp())
