"""What can be changed on a Page: comments and posts of visitors are hidden and deleted, people blocked, our comments edited."""

from __future__ import annotations

from collections.abc import Callable

from social_service.channels.errors import NotSupported, Rejected
from social_service.channels.facebook.answering import WRITES, text_of
from social_service.channels.meta.changing import MetaChanges
from social_service.records import Change, Kind, Message, Outgoing, Permission
from social_service.sentence import _

MESSAGE, UNKNOWN = "m_", "unknown:"


class FacebookChanges(MetaChanges):
	"""A part of ``Facebook``."""

	own_id: str
	refuse_unfit: Callable[[Outgoing], None]
	changes_need = WRITES
	hidden_field = "is_hidden"

	def is_changeable(self, message: Message) -> bool:
		"""What tags the Page stands elsewhere."""
		return message.kind is not Kind.MENTION and not message.external_id.startswith(MESSAGE)

	def require_changeable(self, external_id: str) -> None:
		if external_id.startswith(MESSAGE):
			raise NotSupported(_("{0} takes no direct message back, and hides none.", self.label))

	def permits(self, change: Change, message: Message) -> Permission:
		if change in (Change.BLOCK, Change.UNBLOCK) and message.author.external_id.startswith(UNKNOWN):
			return Permission(
				False, _("Facebook does not say who wrote this. Block them on the Page itself.")
			)
		return super().permits(change, message)

	def block(self, message: Message) -> None:
		author = message.author.external_id
		told = self.graph.post(f"{self.own_id}/blocked", {"user": [author]}, WRITES)
		if told.get(author) is False:
			raise Rejected("refused", _("Facebook did not block this person. Look at the Page's settings."))

	def unblock(self, message: Message) -> None:
		author = message.author.external_id
		self.graph.call("DELETE", f"{self.own_id}/blocked", WRITES, params={"user": author})

	def edit(self, external_id: str, reply: Outgoing) -> None:
		self.require_changeable(external_id)
		self.refuse_unfit(reply)
		self.graph.post(external_id, {"message": text_of(reply)}, WRITES)
