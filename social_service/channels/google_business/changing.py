"""What can be changed on Google: our one answer to a review. What others wrote stays; Google alone takes a review away."""

from __future__ import annotations

from collections.abc import Callable

from social_service.channels.changing import Changing
from social_service.channels.errors import Rejected
from social_service.channels.google.api import GoogleApi
from social_service.channels.google_business.review import REPLY, REVIEWS
from social_service.records import Outgoing, Sent


class GoogleBusinessChanges(Changing):
	"""A part of ``GoogleBusiness``."""

	api: GoogleApi
	path_of: Callable[[str], str]
	send: Callable[[Outgoing], Sent]

	def edit(self, external_id: str, reply: Outgoing) -> None:
		"""A new answer replaces the old one."""
		self.send(reply)

	def delete(self, external_id: str) -> None:
		try:
			self.api.call("DELETE", REVIEWS, self.path_of(external_id.removesuffix(REPLY)) + REPLY)
		except Rejected as refusal:
			if refusal.reason != "gone":
				raise
