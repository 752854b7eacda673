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
		post = self.posts.get(number)
		if not post or post.is_deleted:
			raise NOT_FOUND
		if post.by is not us:
			raise refused(403, DENIED, "invalid_access")
		post.is_deleted = True
		self.changed(post)
		return ""
