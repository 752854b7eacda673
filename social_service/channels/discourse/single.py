"""Single posts as they are now. The list of public posts tells up to 50 in one call, and that they are public; only what is
missing there is asked for by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from social_service.channels.discourse.api import Api
from social_service.channels.discourse.post import id_of, is_gone, is_post, read_post
from social_service.channels.discourse.stream import PUBLIC
from social_service.channels.errors import AuthFailed, Rejected, Throttled
from social_service.channels.reading import read_items
from social_service.records import Account, Message

Found = dict[str, "Message | None"]


class Singles:
	"""Of one account. ``check`` proves that our key is good."""

	def __init__(self, api: Api, us: Account | None, check: Callable[[], object]) -> None:
		self._api, self._us, self._check = api, us, check

	def read(self, external_ids: Sequence[str]) -> Found:
		"""What is hidden by moderators for now, or can't be read, is left out; what is over the forum's limit too."""
		found: Found = {one: None for one in external_ids if not one.isdigit()}
		waiting = sorted({int(one) for one in external_ids if one.isdigit()}, reverse=True)
		try:
			while waiting:
				told, waiting = self._newest_of(waiting)
				found |= told
		except Throttled:
			if not found:
				raise
		return found

	def _newest_of(self, waiting: list[int]) -> tuple[Found, list[int]]:
		path, name = PUBLIC
		posts = self._api.items(path, name, [("before", str(waiting[0] + 1))])
		listed = {
			one["id"]: one for one in posts if isinstance(one, Mapping) and isinstance(one.get("id"), int)
		}
		reach = min(listed, default=0)
		covered = [one for one in waiting if one >= reach] or waiting[:1]
		found: Found = {}
		for number in covered:
			post = listed.get(number)
			found |= self._told(number, post or self._alone(number), is_private=post is None)
		return found, waiting[len(covered) :]

	def _alone(self, number: int) -> Mapping | None:
		try:
			return self._api.record(f"/posts/{number}.json")
		except Rejected as refusal:
			if refusal.reason != "gone":
				raise
		except AuthFailed:
			self._check()  # the key is good: so the post was moved to where we may not look
		return None

	def _told(self, number: int, post: Mapping | None, *, is_private: bool) -> Found:
		if post is None or is_gone(post):
			return {str(number): None}
		read, _broken = read_items(
			[post] if is_post(post) else [],
			lambda one: read_post(one, self._us, self._api.base, is_private=is_private),
			id_of,
		)
		return {one.external_id: one for one in read}
