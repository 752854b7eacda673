"""A simulated Discourse forum: ``python -m social_service.rehearsal.discourse_network --clock ISO``.

Who posts without an answer begins a topic; a direct message is a private one. What the author deletes stays for a day, with
other words. Calls of the webhook are signed with ``HOOK_SECRET``.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from werkzeug.wrappers import Request, Response

from social_service.rehearsal.discourse_view import (
	Topic,
	basic_user,
	concerns,
	in_topic,
	post_view,
	titled,
	topic_view,
)
from social_service.rehearsal.discourse_writes import (
	DENIED,
	LONGEST,
	NOT_FOUND,
	SHORTEST,
	DiscourseWrites,
	refused,
)
from social_service.rehearsal.simulated import Person, Post, SimulatedNetwork, answer, serve

HOOK_SECRET = "hook-secret-of-the-forum"
PAGE, IN_TOPIC = 50, 20
A_DAY = timedelta(days=1)


class DiscourseNetwork(DiscourseWrites, SimulatedNetwork):
	"""A simulated Discourse forum."""

	refusals = {
		"unauthorized": refused(403, f"{DENIED} The API username or key is invalid.", "invalid_access"),
		"forbidden": refused(403, DENIED, "invalid_access"),
		"throttled": refused(
			429,
			"You've performed this action too many times.",
			"rate_limit",
			wait_seconds=30,
			time_left="30 seconds",
		),
	}

	def __init__(self, now: datetime) -> None:
		super().__init__(now)
		self.topics: dict[int, Topic] = {}
		self.public: list[Post] = []  # by id
		self.private: list[Post] = []
		self.said = deque()
		self.moderators: set[str] = set()

	def _put_people(self, handle: str, told: dict) -> None:
		if told.get("is_moderator"):
			self.moderators.add(self.people[handle].handle)

	def new_id(self) -> str:
		"""Forums simply count."""
		self._last_id += 1
		return str(self._last_id)

	def expire(self) -> None:
		for person in self.people.values():
			person.token = ""

	# --- what people do -------------------------------------------------------------------------------------

	def posted(self, post: Post, told: Mapping[str, object]) -> None:
		answered = self.posts.get(post.reply_to)
		quoted = self.posts.get(str(told.get("quote_of") or ""))
		topic = (answered or quoted).facts["topic"] if answered or quoted else self._topic(post)
		self.place(post, topic, answered, quoted)

	def _topic(self, post: Post) -> Topic:
		allowed = frozenset({post.by.handle, post.direct_to}) if post.direct_to else frozenset()
		title = " ".join(post.text.split()[:6])[:80]
		topic = Topic(int(self.new_id()), title, post.by, allowed=allowed)
		self.topics[topic.id] = topic
		return topic

	def place(self, post: Post, topic: Topic, answered: Post | None, quoted: Post | None = None) -> None:
		post.facts |= {"topic": topic, "number": len(topic.posts) + 1, "answered": answered, "quoted": quoted}
		topic.posts.append(post)
		(self.private if topic.is_private else self.public).append(post)
		self._tell("post_created", post)

	def changed(self, post: Post) -> None:
		post.facts["gone"] = self.now + A_DAY if post.is_deleted else None
		post.facts["version"] = post.facts.get("version", 1) + 1
		self._tell("post_destroyed" if post.is_deleted else "post_edited", post)

	def _tell(self, event: str, post: Post) -> None:
		told = post_view(post, None, self.people, raw=True) | titled(post)
		told |= {"topic_archetype": post.facts["topic"].archetype}
		body = json.dumps({"post": told})
		digest = hmac.new(HOOK_SECRET.encode(), body.encode(), hashlib.sha256).hexdigest()
		kind = {"X-Discourse-Event-Type": "post", "X-Discourse-Event": event}
		self.push(body, {"X-Discourse-Event-Signature": f"sha256={digest}", **kind}, post)

	# --- the API --------------------------------------------------------------------------------------------

	def api(self, request: Request) -> Response:
		us = self.company_of(request.headers.get("Api-Key", ""))
		if request.headers.get("Api-Username", "").lower() != us.handle.lower():
			raise self.refusals["unauthorized"]
		for method, pattern, call in ROUTES:
			found = re.fullmatch(pattern, request.path)
			if found and request.method == method:
				return answer(call(self, us, request, *found.groups()))
		raise NOT_FOUND

	def get_user(self, us: Person, _request: Request, handle: str) -> dict:
		person = next((one for one in self.people.values() if one.handle.lower() == handle.lower()), None)
		if not person:
			raise NOT_FOUND
		groups = [{"id": 10, "name": "trust_level_0"}]
		is_moderator = person.handle in self.moderators
		return {"user": basic_user(person) | {"admin": False, "moderator": is_moderator, "groups": groups}}

	def get_settings(self, _us: Person, _request: Request) -> dict:
		limits = {"min_post_length": SHORTEST, "max_post_length": LONGEST}
		return limits | {"min_personal_message_post_length": SHORTEST, "title": "Heimwerk Forum"}

	def get_public(self, us: Person, request: Request) -> dict:
		page = self._before(request, self.public, lambda post: True)
		self.note_served(*(post for post in page if concerns(post, us)))
		return {"latest_posts": [self._listed(post, us) for post in page]}

	def get_private(self, us: Person, request: Request) -> dict:
		page = self._before(request, self.private, lambda post: us.handle in post.facts["topic"].allowed)
		self.note_served(*page)
		return {"private_posts": [self._listed(post, us) for post in page]}

	def _before(self, request: Request, posts: list[Post], may_see: Callable[[Post], bool]) -> list[Post]:
		before = request.args.get("before", type=int) or 0
		end = bisect_left(posts, before, key=lambda post: int(post.id)) if before > 0 else len(posts)
		page = []
		while end and len(page) < PAGE:
			end -= 1
			if not self._is_gone(posts[end]) and may_see(posts[end]):
				page.append(posts[end])
		return page

	def _listed(self, post: Post, us: Person) -> dict:
		return post_view(post, us, self.people, raw=True) | titled(post)

	def _is_gone(self, post: Post) -> bool:
		return bool(post.facts.get("gone") and post.facts["gone"] <= self.now)

	def get_post(self, us: Person, _request: Request, number: str) -> dict:
		post = self.posts.get(number)
		if not post or self._is_gone(post):
			raise NOT_FOUND
		self.require(us, post.facts["topic"])
		return post_view(post, us, self.people, raw=True)

	def require(self, us: Person, topic: Topic) -> None:
		if topic.is_private and us.handle not in topic.allowed:
			raise refused(403, DENIED, "invalid_access")

	def _of(self, us: Person, number: str) -> Topic:
		topic = self.topics.get(int(number))
		if not topic:
			raise NOT_FOUND
		self.require(us, topic)
		return topic

	def get_topic(self, us: Person, _request: Request, number: str) -> dict:
		topic = self._of(us, number)
		posts = [in_topic(post, us, self.people, raw=False) for post in topic.posts[:IN_TOPIC]]
		return topic_view(topic, posts, self.people)

	def get_posts(self, us: Person, request: Request, number: str) -> dict:
		topic = self._of(us, number)
		asked = (self.posts.get(one) for one in request.args.getlist("post_ids[]"))
		posts = [one for one in asked if one and one.facts["topic"] is topic and not self._is_gone(one)]
		raw = request.args.get("include_raw") == "true"
		told = [in_topic(post, us, self.people, raw=raw) for post in posts]
		return {"post_stream": {"posts": told}, "id": topic.id}

	def get_topics_by(self, _us: Person, _request: Request, handle: str) -> dict:
		ours = [one for one in self.topics.values() if one.by.handle == handle and not one.is_private]
		return {"topic_list": {"topics": [{"id": one.id, "title": one.title} for one in ours[:-31:-1]]}}


ROUTES: tuple[tuple[str, str, Callable], ...] = (
	("GET", r"/u/([^/]+)\.json", DiscourseNetwork.get_user),
	("GET", r"/site/settings\.json", DiscourseNetwork.get_settings),
	("GET", r"/posts\.json", DiscourseNetwork.get_public),
	("GET", r"/private-posts\.json", DiscourseNetwork.get_private),
	("GET", r"/posts/(\d+)\.json", DiscourseNetwork.get_post),
	("GET", r"/t/(\d+)\.json", DiscourseNetwork.get_topic),
	("GET", r"/t/(\d+)/posts\.json", DiscourseNetwork.get_posts),
	("GET", r"/topics/created-by/([^/]+)\.json", DiscourseNetwork.get_topics_by),
	("POST", r"/posts\.json", DiscourseNetwork.create),
	("PUT", r"/posts/(\d+)\.json", DiscourseNetwork.update),
	("DELETE", r"/posts/(\d+)\.json", DiscourseNetwork.destroy),
	("POST", r"/post_actions\.json", DiscourseNetwork.flag),
	("PUT", r"/posts/(\d+)/unhide\.json", DiscourseNetwork.unhide),
	("PUT", r"/admin/users/(\d+)/suspend\.json", DiscourseNetwork.suspend),
	("PUT", r"/admin/users/(\d+)/unsuspend\.json", DiscourseNetwork.unsuspend),
)


if __name__ == "__main__":
	serve(DiscourseNetwork)
