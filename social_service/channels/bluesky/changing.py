"""What can be changed on Bluesky: replies below our own posts are hidden, people blocked, our own posts deleted."""

from __future__ import annotations

from datetime import datetime, timezone

from social_service.channels.bluesky import blocking, hiding
from social_service.channels.bluesky.answering import delete_post
from social_service.channels.bluesky.api import Api
from social_service.channels.changing import Changing
from social_service.records import Account, Change, Message, Permission


def now() -> datetime:
	return datetime.now(timezone.utc)


class BlueskyChanges(Changing):
	"""A part of ``Bluesky``."""

	api: Api
	account: Account | None
	us: Account

	def permits(self, change: Change, message: Message) -> Permission:
		if change in (Change.HIDE, Change.SHOW):
			return Permission(hiding.is_below_ours(self.account, message))
		return Permission(True)

	def hide(self, message: Message) -> None:
		hiding.hide_reply(self.api, self.us, message, now())

	def show(self, message: Message) -> None:
		hiding.show_reply(self.api, self.us, message)

	def block(self, message: Message) -> None:
		blocking.block(self.api, self.us, message.author.external_id, now())

	def unblock(self, message: Message) -> None:
		blocking.unblock(self.api, self.us, message.author.external_id)

	def delete(self, external_id: str) -> None:
		delete_post(self.api, self.us, external_id)
