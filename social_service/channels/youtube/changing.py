"""What can be changed on YouTube: comments are held back, shown again or rejected for good; our own edited and deleted."""

from __future__ import annotations

from collections.abc import Callable

from social_service.channels.changing import Changing
from social_service.channels.errors import Rejected
from social_service.channels.youtube.api import YouTubeApi
from social_service.records import Change, Message, Outgoing, Permission

HELD, SHOWN, REJECTED = "heldForReview", "published", "rejected"
DELETED_ACCOUNT = "name:"


class YouTubeChanges(Changing):
	"""A part of ``YouTube``."""

	api: YouTubeApi
	fit_text: Callable[[Outgoing], str]

	def permits(self, change: Change, message: Message) -> Permission:
		if change is Change.BLOCK:
			return Permission(not message.author.external_id.startswith(DELETED_ACCOUNT))
		return Permission(True)

	def hide(self, message: Message) -> None:
		self.api.moderate(message.external_id, HELD)

	def show(self, message: Message) -> None:
		self.api.moderate(message.external_id, SHOWN)

	def remove(self, message: Message) -> None:
		"""Its author alone can delete a comment; the owner of the video rejects it."""
		_unless_gone(lambda: self.api.moderate(message.external_id, REJECTED))

	def block(self, message: Message) -> None:
		self.api.ban(message.external_id)

	def edit(self, external_id: str, reply: Outgoing) -> None:
		self.api.update(external_id, self.fit_text(reply))

	def delete(self, external_id: str) -> None:
		_unless_gone(lambda: self.api.delete(external_id))


def _unless_gone(call: Callable[[], None]) -> None:
	try:
		call()
	except Rejected as refusal:
		if refusal.reason != "gone":
			raise
