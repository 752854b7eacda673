"""What the company writes into the simulated forum, and what the forum does not take."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from werkzeug.wrappers import Request

from social_service.rehearsal.discourse_view import Topic, post_view
from social_service.rehearsal.simulated import Person, Post, Refused

SHORTEST, LONGEST = 5, 32_000
SIMILAR = timedelta(minutes=5)  # in which a person can't say the same again
REMEMBERED = timedelta(minutes=2)  # in which the API answers the same to the same call
DENIED = "You are not permitted to view the requested resource."


def refused(status: int, words: str, kind: str = "", **extras: object) -> Refused:
	body: dict = {"errors": [words]} | ({"error_type": kind} if kind else {})
	return Refused(status, body | ({"extras": extras} if extras else {}))


NOT_FOUND = refused(404, "The requested URL or resource could not be found.", "not_found")


class DiscourseWrites:
	"""A part of ``DiscourseNetwork``."""

	now: datetime
	people: Mapping[str, Person]
	posts: dict[str, Post]
	topics: Mapping[int, Topic]
	said: deque[tuple[datetime, Person, str, tuple[int, int], Post]]  # through the API, lately
	new_id: Callable[[], str]
	require: Callable[[Person, Topic], None]
	place: Callable[[Post, Topic, Post | None], None]
	changed: Callable[[Post], None]
	note_published: Callable[[Post, str], None]
	moderators: set[str]  # handles
	blocked: set[str]

	def create(self, us: Person, request: Request) -> dict:
		told = request.get_json(silent=True) or {}
		raw, topic = str(told.get("raw", "")).strip(), self.topics.get(int(told.get("topic_id") or 0))
		if not topic:
			raise refused(422, "The requested topic does not exist or is not available.")
		self.require(us, topic)
		number = int(told.get("reply_to_post_number") or 0)
		again = self._said_before(us, raw, topic, number)
		if again:
			return post_view(again, us, self.people, raw=True)
		answered = topic.posts[number - 1] if 0 < number <= len(topic.posts) else None
		post = Post(self.new_id(), us, raw, self.now, reply_to=answered.id if answered else "")
		self.posts[post.id] = post
		self.place(post, topic, answered)
		self.said.append((self.now, us, raw, (topic.id, number), post))
		self.note_published(post, "private" if topic.is_private else "public")
		return post_view(post, us, self.people, raw=True)

	def _said_before(self, us: Person, raw: str, topic: Topic, number: int) -> Post | None:
		if not SHORTEST <= len(raw) <= LONGEST:
			bound = f"short (minimum is {SHORTEST}" if len(raw) < SHORTEST else f"long (maximum is {LONGEST}"
			raise refused(422, f"Body is too {bound} characters)")
		while self.said and self.said[0][0] <= self.now - SIMILAR:
			self.said.popleft()
		for at, by, words, place, post in self.said:
			if by is us and words == raw:
				if place == (topic.id, number) and at > self.now - REMEMBERED:
					return post
				raise refused(422, "Body is too similar to what you recently posted")
		return None

	def destroy(self, us: Person, _request: Request, number: str) -> str:
		post = self._there(number)
		if post.by is not us:
			self._require_moderator(us)
		post.is_deleted = True
		self.changed(post)
		return ""

	def update(self, us: Person, request: Request, number: str) -> dict:
		post, told = self._there(number), (request.get_json(silent=True) or {}).get("post") or {}
		if post.by is not us:
			self._require_moderator(us)
		raw = str(told.get("raw", "")).strip()
		if not SHORTEST <= len(raw) <= LONGEST:
			raise refused(422, f"Body is too short (minimum is {SHORTEST} characters)")
		if raw != post.text:  # the same again is no new version
			post.text, post.edited_at = raw, self.now
			self.changed(post)
		return {"post": post_view(post, us, self.people, raw=True)}

	def _there(self, number: object) -> Post:
		post = self.posts.get(str(number))
		if not post or post.is_deleted:
			raise NOT_FOUND
		return post

	# --- what moderators do ---------------------------------------------------------------------------------

	def _require_moderator(self, us: Person) -> None:
		if us.handle not in self.moderators:
			raise refused(403, DENIED, "invalid_access")

	def flag(self, us: Person, request: Request) -> dict:
		"""A moderator's acts at once where asked to; what is hidden takes no flag."""
		told = request.get_json(silent=True) or {}
		post = self._there(told.get("id"))
		if post.is_hidden or post.by is us:
			raise refused(403, DENIED, "invalid_access")
		post.is_hidden = us.handle in self.moderators and told.get("take_action") == "true"
		return post_view(post, us, self.people, raw=False)

	def unhide(self, us: Person, _request: Request, number: str) -> str:
		post = self._there(number)
		self._require_moderator(us)
		if not post.is_hidden:
			raise refused(403, DENIED, "invalid_access")
		post.is_hidden = False
		return ""

	def suspend(self, us: Person, request: Request, number: str) -> dict:
		person, told = self._as_staff(us, number), request.get_json(silent=True) or {}
		if not told.get("reason") or not told.get("suspend_until"):
			raise refused(400, "Reason can't be blank")
		if person.handle in self.blocked:
			raise Refused(409, {"failed": "FAILED", "message": "User was already suspended"})
		self.blocked.add(person.handle)
		return {
			"suspension": {"suspend_reason": told["reason"], "suspended_till": "3000-01-01T00:00:00.000Z"}
		}

	def unsuspend(self, us: Person, _request: Request, number: str) -> dict:
		self.blocked.discard(self._as_staff(us, number).handle)
		return {"suspension": {"suspended_till": None, "suspended_at": None}}

	def _as_staff(self, us: Person, number: str) -> Person:
		"""For others these addresses do not exist."""
		person = next((one for one in self.people.values() if one.id == number), None)
		if us.handle not in self.moderators or not person:
			raise NOT_FOUND
		return person
