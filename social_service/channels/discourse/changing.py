"""What can be changed on a forum: a moderator hides and deletes posts and suspends people; everybody edits their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from social_service.channels.changing import OF_ANSWERS, Changing
from social_service.channels.discourse.api import Api
from social_service.channels.discourse.post import is_gone
from social_service.channels.errors import AuthFailed, AuthProblem, Rejected
from social_service.records import Change, Message, Outgoing, Permission
from social_service.sentence import Sentence, _

INAPPROPRIATE = 4  # the forum's number for this kind of flag
FOREVER = "3000-01-01"
REASON = "Netiquette"  # the person reads it
MODERATOR = "moderator"
SUSPENDED_ALREADY = 409


class DiscourseChanges(Changing):
	"""A part of ``Discourse``."""

	api: Api
	limits: Mapping
	refuse_unfit: Callable[[Outgoing], None]

	def permits(self, change: Change, message: Message) -> Permission:
		if change not in OF_ANSWERS and self.limits.get("may_moderate") is False:
			return Permission(False, self._needs_moderator())
		return Permission(True)

	def _needs_moderator(self) -> Sentence:
		return _(
			"The forum's user needs the rights of a moderator for this. An admin of {0} can give them.",
			self.api.host,
		)

	@contextmanager
	def _as_moderator(self) -> Iterator[None]:
		try:
			yield
		except Rejected as refusal:
			if refusal.status != 403:
				raise
			raise self._lacking() from None

	def _lacking(self) -> AuthFailed:
		told = self._needs_moderator()
		return AuthFailed(AuthProblem.PERMISSION, told, permission=MODERATOR, status=403)

	# --- posts of others ------------------------------------------------------------------------------------

	def hide(self, message: Message) -> None:
		"""A moderator's flag that acts at once; of anybody else it would only be a flag."""
		if self._post(message).get("hidden") is True:
			return
		body = {
			"id": int(message.external_id),
			"post_action_type_id": INAPPROPRIATE,
			"take_action": "true",  # a word: the forum reads no other truth here
		}
		with self._as_moderator():
			told = self.api.post("/post_actions.json", body)
		if not (isinstance(told, Mapping) and told.get("hidden") is True):
			raise self._lacking()

	def show(self, message: Message) -> None:
		if self._post(message).get("hidden") is True:
			with self._as_moderator():
				self.api.put(f"/posts/{int(message.external_id)}/unhide.json")

	def remove(self, message: Message) -> None:
		"""A forum can restore it for a while."""
		try:
			if is_gone(self._post(message)):
				return
			with self._as_moderator():
				self.api.delete(f"/posts/{int(message.external_id)}.json")
		except Rejected as refusal:
			if refusal.reason != "gone":
				raise

	def _post(self, message: Message) -> Mapping:
		return self.api.record(f"/posts/{int(message.external_id)}.json")

	# --- people ---------------------------------------------------------------------------------------------

	def block(self, message: Message) -> None:
		body = {"suspend_until": FOREVER, "reason": REASON}
		try:
			with self._as_moderator():
				self.api.put(f"/admin/users/{int(message.author.external_id)}/suspend.json", body)
		except Rejected as refusal:
			if refusal.status != SUSPENDED_ALREADY:
				raise self._unless_hidden(refusal) from None

	def unblock(self, message: Message) -> None:
		try:
			with self._as_moderator():
				self.api.put(f"/admin/users/{int(message.author.external_id)}/unsuspend.json")
		except Rejected as refusal:
			raise self._unless_hidden(refusal) from None

	def _unless_hidden(self, refusal: Rejected) -> Rejected | AuthFailed:
		"""The rooms of the staff are not even there for others."""
		return self._lacking() if refusal.status == 404 else refusal

	# --- our own --------------------------------------------------------------------------------------------

	def edit(self, external_id: str, reply: Outgoing) -> None:
		self.refuse_unfit(reply)
		self.api.put(f"/posts/{int(external_id)}.json", {"post": {"raw": reply.text.strip()}})

	def delete(self, external_id: str) -> None:
		try:
			self.api.delete(f"/posts/{int(external_id)}.json")
		except Rejected as refusal:
			if refusal.reason != "gone":
				raise
