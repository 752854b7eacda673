"""What can be changed on Instagram: comments below our own posts are hidden and deleted, those of our own among them."""

from __future__ import annotations

from social_service.channels.errors import NotSupported
from social_service.channels.instagram.streams import COMMENTS as WRITES
from social_service.channels.meta.changing import MetaChanges
from social_service.records import Message
from social_service.sentence import _


class InstagramChanges(MetaChanges):
	"""A part of ``Instagram``. Ids of anything but such comments are no numbers."""

	changes_need = WRITES
	hidden_field = "hide"

	def is_changeable(self, message: Message) -> bool:
		return message.external_id.isdigit()

	def require_changeable(self, external_id: str) -> None:
		if not external_id.isdigit():
			raise NotSupported(
				_("{0} lets us hide and delete comments below our own posts only.", self.label)
			)
