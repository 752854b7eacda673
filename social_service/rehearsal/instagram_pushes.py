"""The webhook calls of the simulated Instagram. Those of comments and mentions tell no time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from social_service.rehearsal.simulated import Person, Post


class InstagramPushes:
	"""A part of ``InstagramNetwork``."""

	now: datetime
	sign: Callable[[dict, Post], None]

	def tell(self, page: Person, field: str, value: dict, post: Post) -> None:
		change = {"field": field, "value": value}
		self.sign({"id": page.id, "time": int(self.now.timestamp()), "changes": [change]}, post)

	def tell_message(self, page: Person, post: Post, message: dict) -> None:
		at = int(self.now.timestamp() * 1000)
		event = {
			"sender": {"id": post.by.id},
			"recipient": {"id": page.id},
			"timestamp": at,
			"message": message,
		}
		self.sign({"id": page.id, "time": at, "messaging": [event]}, post)
