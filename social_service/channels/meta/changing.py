"""What Facebook and Instagram share in changing things: comments are hidden, shown again and deleted under their id."""

from __future__ import annotations

from typing import ClassVar

from social_service.channels.changing import Changing
from social_service.channels.errors import Rejected
from social_service.channels.meta.api import Graph
from social_service.channels.meta.errors import lacks
from social_service.records import Account, Change, Message, Permission


class MetaChanges(Changing):
	"""A part of ``Facebook`` and ``Instagram``."""

	account: Account | None
	graph: Graph
	changes_need: ClassVar[str]  # the permission
	hidden_field: ClassVar[str]

	def require_changeable(self, external_id: str) -> None:
		"""Raises NotSupported for what can only be read or answered."""
		raise NotImplementedError

	def is_changeable(self, message: Message) -> bool:
		raise NotImplementedError

	def permits(self, change: Change, message: Message) -> Permission:
		if not self.is_changeable(message):
			return Permission(False)
		if self.account and self.changes_need in self.account.missing:
			return Permission(False, lacks(self.label, self.changes_need))
		return Permission(True)

	def hide(self, message: Message) -> None:
		self._be_hidden(message.external_id, True)

	def show(self, message: Message) -> None:
		self._be_hidden(message.external_id, False)

	def _be_hidden(self, external_id: str, hidden: bool) -> None:
		self.require_changeable(external_id)
		self.graph.post(external_id, {self.hidden_field: hidden}, self.changes_need)

	def remove(self, message: Message) -> None:
		self.delete(message.external_id)

	def delete(self, external_id: str) -> None:
		self.require_changeable(external_id)
		try:
			self.graph.delete(external_id, self.changes_need)
		except Rejected as refusal:
			if refusal.reason != "gone":
				raise
