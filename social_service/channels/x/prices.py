"""What X charges, in millionths of a US dollar (price list of 2026-08). It charges one thing once a day; we count it
each time, so a sum of these is an upper bound."""

from __future__ import annotations

from collections.abc import Mapping

from social_service.channels.x.read import items_of, read_includes
from social_service.channels.x.text import has_link

OWNED_READ = 1_000  # our own mentions and posts
POST_READ = 5_000
USER = 10_000
DM_READ = 10_000
REPLY = 10_000  # to somebody who summoned us
LINK_POST = 200_000
DM_CREATE = 15_000


def of_answer(body: Mapping, each: int) -> int:
	"""``each`` item, and what came beside them: authors and the posts referred to."""
	items, includes = items_of(body), read_includes(body)
	beside = set(includes.posts) - {item.get("id") for item in items if isinstance(item, Mapping)}
	return each * len(items) + USER * len(includes.users) + POST_READ * len(beside)


def of_reply(text: str) -> int:
	return LINK_POST if has_link(text) else REPLY
