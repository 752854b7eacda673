"""Webhook calls of our own forum. The body is signed, the name of the event is not: so a deletion is only a hint."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from social_service.channels.discourse.post import id_of, is_gone, is_post, read_post
from social_service.channels.errors import PayloadInvalid
from social_service.channels.reading import json_of, read_items
from social_service.channels.signature import header
from social_service.records import Account, Message, Page
from social_service.sentence import _

SIGNATURE, EVENT = "X-Discourse-Event-Signature", "X-Discourse-Event"


def read_call(
	body: bytes,
	headers: Mapping[str, str],
	us: Account | None,
	base: str,
	is_for_us: Callable[[Message], bool],
) -> Page:
	told = json_of(body)
	if not isinstance(told, Mapping):
		raise _unknown(told)
	post = told.get("post")
	if not isinstance(post, Mapping):
		return Page((), None)  # a ping, or an event that nobody asked for
	try:
		number = id_of(post)
	except (KeyError, ValueError):
		raise _unknown(told)
	if is_gone(post) or header(headers, EVENT) == "post_destroyed":
		return Page((), None, due=(f"post:{number}",))
	if post.get("topic_archetype") != "regular":
		return Page((), None, due=("messages",))  # the forum pushes those of everybody: ours are fetched
	if not is_post(post):
		return Page((), None)
	messages, unreadable = read_items([post], lambda one: read_post(one, us, base, is_private=False), id_of)
	return Page(tuple(one for one in messages if is_for_us(one)), None, unreadable=unreadable)


def _unknown(told: object) -> PayloadInvalid:
	return PayloadInvalid(
		_("The call is signed, and it is no event of a Discourse forum."), raw=str(told)[:500]
	)
