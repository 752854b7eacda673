"""What can be changed on X: replies below our own posts are hidden, people blocked, our own posts deleted."""

from __future__ import annotations

from collections.abc import Callable

from social_service.channels.base import Connection
from social_service.channels.changing import Changing
from social_service.channels.errors import Ambiguous, NotSupported, Rejected
from social_service.channels.x import read
from social_service.channels.x.client import XClient
from social_service.channels.x.send import target_of
from social_service.records import Account, Change, Message, Permission
from social_service.sentence import _

BLOCKING_PLAN = "enterprise"  # since 2026 X sells it to nobody else


class XChanges(Changing):
	"""A part of ``X``."""

	account: Account | None
	client: XClient
	connection: Connection

	def permits(self, change: Change, message: Message) -> Permission:
		if message.external_id.startswith(read.DM):
			return Permission(False)
		if change in (Change.HIDE, Change.SHOW):
			return Permission(message.thread_id != message.external_id)  # whose the thread is X alone knows
		if change in (Change.BLOCK, Change.UNBLOCK) and self._plan != BLOCKING_PLAN:
			told = _(
				"X lets apps block people on its Enterprise plan only. Block @{0} on x.com.",
				message.author.handle,
			)
			return Permission(False, told)
		return Permission(True)

	@property
	def _plan(self) -> str:
		return (self.connection.options.get("plan") or "").strip().lower()

	def hide(self, message: Message) -> None:
		self._be_hidden(message, True)

	def show(self, message: Message) -> None:
		self._be_hidden(message, False)

	def _be_hidden(self, message: Message, hidden: bool) -> None:
		self._needs_post(message.external_id)
		told = self.client.hidden_reply(target_of(message), hidden)
		self._confirmed(told, "hidden", hidden)

	def block(self, message: Message) -> None:
		self._confirmed(self._of_author(self.client.block_user, message), "blocking", True)

	def unblock(self, message: Message) -> None:
		self._confirmed(self._of_author(self.client.unblock_user, message), "blocking", False)

	def _of_author(self, call: Callable[..., dict], message: Message) -> dict:
		return call(self.account.external_id if self.account else "", message.author.external_id)

	def _confirmed(self, told: dict, name: str, wanted: bool) -> None:
		data = told.get("data")
		if not isinstance(data, dict) or data.get(name) is not wanted:
			raise Ambiguous(_("X did not confirm it. We try again by ourselves."))

	def delete(self, external_id: str) -> None:
		self._needs_post(external_id)
		try:
			self.client.delete_tweet(external_id)
		except Rejected as refusal:
			if refusal.reason != "gone":
				raise

	def _needs_post(self, external_id: str) -> None:
		if external_id.startswith(read.DM):
			raise NotSupported(
				_("X takes no direct message back. Delete it on x.com; the other side keeps it.")
			)
