"""What can be changed on Telegram: a bot that is an admin deletes what is written in a group and bans who wrote it; its own
messages it edits and deletes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone

from social_service.channels.changing import OF_ANSWERS, Changing
from social_service.channels.errors import Rejected
from social_service.channels.telegram.api import Api
from social_service.channels.telegram.message import parts_of
from social_service.records import Change, Message, Outgoing, Permission
from social_service.sentence import _

CHANGED_WITHIN = timedelta(hours=48)


def now() -> datetime:
	return datetime.now(timezone.utc)


class TelegramChanges(Changing):
	"""A part of ``Telegram``."""

	api: Api
	refuse_unfit: Callable[[Outgoing], None]

	def permits(self, change: Change, message: Message) -> Permission:
		if change in OF_ANSWERS and now() - message.sent_at > CHANGED_WITHIN:
			return Permission(False, _("Telegram lets a bot change its messages for 48 hours."))
		if change in (Change.BLOCK, Change.UNBLOCK):
			return Permission(message.author.external_id.isdigit())  # a channel that speaks is no member
		return Permission(True)

	def remove(self, message: Message) -> None:
		self._delete(message.external_id)

	def delete(self, external_id: str) -> None:
		self._delete(external_id)

	def _delete(self, external_id: str) -> None:
		chat_id, message_id = parts_of(external_id)
		try:
			self.api.write("deleteMessage", {"chat_id": chat_id, "message_id": message_id})
		except Rejected as refusal:
			if refusal.reason != "gone":
				raise

	def block(self, message: Message) -> None:
		"""Nobody is banned twice."""
		self.api.write("banChatMember", self._member(message))

	def unblock(self, message: Message) -> None:
		"""Who is no longer banned stays in the group."""
		self.api.write("unbanChatMember", {**self._member(message), "only_if_banned": True})

	def _member(self, message: Message) -> dict[str, object]:
		return {"chat_id": parts_of(message.external_id)[0], "user_id": int(message.author.external_id)}

	def edit(self, external_id: str, reply: Outgoing) -> None:
		self.refuse_unfit(reply)
		chat_id, message_id = parts_of(external_id)
		body = {"chat_id": chat_id, "message_id": message_id, "text": reply.text.strip()}
		try:
			self.api.write("editMessageText", body)
		except Rejected as refusal:
			if refusal.reason != "same":
				raise
