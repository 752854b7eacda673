"""The webhook calls of the simulated Facebook: what happens on the Page, and messages to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from social_service.rehearsal.simulated import Person, Post


class FacebookPushes:
	"""A part of ``FacebookNetwork``."""

	now: datetime
	sign: Callable[[dict, Post], None]

	def tell_message(self, post: Post, page: Person, person: Person) -> None:
		event = {
			"sender": {"id": post.by.id},
			"recipient": {"id": page.id if post.by is person else person.id},
			"timestamp": int(self.now.timestamp() * 1000),
			"message": {
				"mid": post.id,
				"text": post.text,
				**({} if post.by is person else {"is_echo": True}),
			},
		}
		self.sign({"id": page.id, "time": event["timestamp"], "messaging": [event]}, post)

	def tell_tag(self, post: Post, page: Person) -> None:
		value = {"item": "post", "verb": "add", "post_id": post.id}
		self.sign(self._entry(page, "mention", value), post)

	def tell(self, post: Post, verb: str) -> None:
		if post.facts.get("is_hidden_author"):
			return
		root, page = post.facts.get("root"), post.facts["page"]
		value = {
			"from": {"id": post.by.id, "name": post.by.name},
			"item": "comment" if root else "status",
			"verb": verb,
			"post_id": (root or post).id,
			"created_time": int(post.at.timestamp()),
		}
		if root:
			value |= {"comment_id": post.id, "parent_id": post.facts.get("top", root).id}
		if verb != "remove":
			value["message"] = post.text
		self.sign(self._entry(page, "feed", value), post)

	def _entry(self, page: Person, field: str, value: dict) -> dict:
		return {
			"id": page.id,
			"time": int(self.now.timestamp()),
			"changes": [{"field": field, "value": value}],
		}
