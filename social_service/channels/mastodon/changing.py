"""What can be changed on Mastodon: people are blocked; what we answered is edited or deleted. Other people's posts stay."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import quote

from social_service.channels.changing import Changing
from social_service.channels.errors import AuthFailed, AuthProblem, Rejected
from social_service.channels.mastodon.api import BLOCKING_NEEDS, Api
from social_service.records import Change, Message, Outgoing, Permission
from social_service.sentence import Sentence, _


class MastodonChanges(Changing):
	"""A part of ``Mastodon``."""

	api: Api
	limits: Mapping
	body_of: Callable[[Outgoing], dict]

	def permits(self, change: Change, message: Message) -> Permission:
		if change in (Change.BLOCK, Change.UNBLOCK) and self.limits.get("may_block") is False:
			return Permission(False, self._lacks_blocking())
		return Permission(True)

	def _lacks_blocking(self) -> Sentence:
		return _(
			"The access token for {0} lacks the permission {1}. Make one with it and enter it.",
			self.api.host,
			BLOCKING_NEEDS,
		)

	def block(self, message: Message) -> None:
		self._of_author(message, "block")

	def unblock(self, message: Message) -> None:
		self._of_author(message, "unblock")

	def _of_author(self, message: Message, verb: str) -> None:
		account = quote(message.author.external_id, safe="")
		try:
			self.api.write("POST", f"/api/v1/accounts/{account}/{verb}")
		except (Rejected, AuthFailed) as refusal:
			if refusal.status == 403:
				raise AuthFailed(
					AuthProblem.PERMISSION, self._lacks_blocking(), permission=BLOCKING_NEEDS, status=403
				) from None
			if refusal.status in (404, 410):
				told = _("{0} does not know @{1} any more.", self.api.host, message.author.handle)
				raise Rejected("gone", told, status=refusal.status) from None
			raise

	def edit(self, external_id: str, reply: Outgoing) -> None:
		"""Who reads it stays: the server keeps the width that it was sent with."""
		body = self.body_of(reply)
		del body["in_reply_to_id"], body["visibility"]
		self.api.write("PUT", f"/api/v1/statuses/{quote(external_id, safe='')}", body)

	def delete(self, external_id: str) -> None:
		try:
			self.api.write("DELETE", f"/api/v1/statuses/{quote(external_id, safe='')}")
		except Rejected as refusal:
			if refusal.reason != "gone":
				raise
