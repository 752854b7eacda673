"""What can be changed on a network after the fact: what others wrote, who may write, and what we answered.

Every call may be made again: whoever hides what is hidden changes nothing. So a call whose answer got lost is repeated.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from social_service.channels.errors import NotSupported
from social_service.records import Change, Message, Outgoing, Permission, Visibility
from social_service.sentence import _

if TYPE_CHECKING:
	from social_service.channels.base import Capabilities

CAPABILITY: Mapping[Change, str] = {
	Change.HIDE: "hide",
	Change.SHOW: "show",
	Change.DELETE: "remove",
	Change.BLOCK: "block",
	Change.UNBLOCK: "unblock",
	Change.EDIT_ANSWER: "edit",
	Change.DELETE_ANSWER: "delete",
}
OF_ANSWERS = frozenset({Change.EDIT_ANSWER, Change.DELETE_ANSWER})


class Changing:
	"""A part of ``Channel``. A network fills in what it can do, and says so in its capabilities."""

	label: ClassVar[str]
	capabilities: ClassVar[Capabilities]

	def may_change(self, change: Change, message: Message) -> Permission:
		"""From what is stored, without a network call. ``message``: the post, or our own answer if that is to be changed. No
		reason: there is no such thing here. Our own posts and what is private are never moderated."""
		fits = message.is_own
		if change not in OF_ANSWERS:
			fits = not (message.is_own or message.is_repost) and message.visibility is Visibility.PUBLIC
		if not (fits and getattr(self.capabilities, CAPABILITY[change])):
			return Permission(False)
		return self.permits(change, message)

	def permits(self, change: Change, message: Message) -> Permission:
		"""Of what the network can do at all: may this account do it to this one?"""
		return Permission(True)

	# --- what others wrote ----------------------------------------------------------------------------------

	def hide(self, message: Message) -> None:
		raise NotSupported(_("{0} does not let us hide posts.", self.label))

	def show(self, message: Message) -> None:
		"""What was hidden."""
		raise NotSupported(_("{0} does not let us show hidden posts again.", self.label))

	def remove(self, message: Message) -> None:
		"""For good. What is gone already is done."""
		raise NotSupported(_("{0} does not let us delete what others write.", self.label))

	def block(self, message: Message) -> None:
		"""Its author."""
		raise NotSupported(_("{0} does not let us block people.", self.label))

	def unblock(self, message: Message) -> None:
		raise NotSupported(_("{0} does not let us unblock people.", self.label))

	# --- what we answered -----------------------------------------------------------------------------------

	def edit(self, external_id: str, reply: Outgoing) -> None:
		"""Our answer says ``reply.text`` from now on; the rest of ``reply`` is as it was sent."""
		raise NotSupported(_("{0} does not let us edit replies.", self.label))

	def delete(self, external_id: str) -> None:
		"""Our answer. What is gone already is done."""
		raise NotSupported(_("{0} does not let us delete replies.", self.label))
