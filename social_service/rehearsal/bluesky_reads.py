"""What the simulated Bluesky answers to the company's questions: notifications, searches, posts and threads."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Container, Mapping
from datetime import datetime

from werkzeug.wrappers import Request

from social_service.rehearsal.bluesky_search import Found
from social_service.rehearsal.bluesky_sessions import refused
from social_service.rehearsal.bluesky_view import notification, person_view, post_view, thread_view, written
from social_service.rehearsal.simulated import Person, Post

SEARCH_REACH = 10_000


class BlueskyReads:
	"""A part of ``BlueskyNetwork``."""

	now: datetime
	people: Mapping[str, Person]
	posts: dict[str, Post]
	blocks: Container[tuple[str, str]]  # handles: who does not want to see whom
	our_blocks: Mapping[str, str]  # by the address of the record: whom
	blocked: Container[str]
	told: Mapping[str, list[tuple]]  # by DID of the company: time, number, post, reason, subject
	written_by: Mapping[str, list[tuple]]  # by DID: time, number, post
	searches: dict[str, Found]
	number: Callable[[], int]
	note_served: Callable[..., None]
	find_person: Callable[[str], Person | None]

	def is_blocked(self, post: Post, viewer: Person) -> bool:
		return (post.by.handle, viewer.handle) in self.blocks or post.by.handle in self.blocked

	def get_profile(self, _us: Person, request: Request) -> dict:
		person = self.find_person(request.args.get("actor", ""))
		if not person:
			raise refused(400, "InvalidRequest", "Profile not found")
		told = person_view(person) | {"followersCount": person.followers}
		blocking = next((uri for uri, handle in self.our_blocks.items() if handle == person.handle), None)
		return told | {"viewer": {**told["viewer"], **({"blocking": blocking} if blocking else {})}}

	def resolve(self, _us: Person, request: Request) -> dict:
		person = self.people.get(request.args.get("handle", ""))
		if not person:
			raise refused(400, "InvalidRequest", "Unable to resolve handle")
		return {"did": person.id}

	def list_notifications(self, us: Person, request: Request) -> dict:
		reasons, limit = request.args.getlist("reasons"), _limit(request)
		listed = self.told.get(us.id, [])
		end, page = _before(listed, request.args.get("cursor", "")), []
		while end and len(page) < limit:
			end -= 1
			_at, _number, post, reason, _subject = listed[end]
			hidden = post.is_deleted or self.is_blocked(post, us)
			if not hidden and (not reasons or reason in reasons):
				page.append(listed[end])
		self.note_served(*(post for _at, _number, post, _reason, _subject in page))
		told = [notification(post, reason, subject) for _at, _number, post, reason, subject in page]
		return {"notifications": told, "seenAt": written(self.now)} | _cursor(page, full=len(page) == limit)

	def search_posts(self, us: Person, request: Request) -> dict:
		words, limit = (
			f"{request.args.get('q', '')} #{request.args.get('tag', '')}".removesuffix(" #"),
			_limit(request),
		)
		start = request.args.get("cursor", "0")
		if not start.isdigit() or int(start) + limit > SEARCH_REACH:
			raise refused(400, "InvalidRequest", "Error: Params must have a valid cursor")
		if words not in self.searches:
			self.searches[words] = Found(words, self.posts.values(), self.number)
		page = self.searches[words].page(int(start), limit)
		self.note_served(*page)
		posts = [post_view(post, us) for post in page]
		following = {"cursor": str(int(start) + limit)} if len(page) == limit else {}
		return {"posts": posts, "hitsTotal": len(page), **following}

	def author_feed(self, us: Person, request: Request) -> dict:
		limit, listed = _limit(request), self.written_by.get(request.args.get("actor", ""), [])
		end, page = _before(listed, request.args.get("cursor", "")), []
		while end and len(page) < limit:
			end -= 1
			if not listed[end][2].is_deleted:
				page.append(listed[end])
		self.note_served(*(post for _at, _number, post in page))
		feed = [{"post": post_view(post, us)} for _at, _number, post in page]
		return {"feed": feed} | _cursor(page, full=len(page) == limit)

	def get_posts(self, us: Person, request: Request) -> dict:
		uris = request.args.getlist("uris")
		if len(uris) > 25:
			raise refused(400, "InvalidRequest", "Error: uris must not have more than 25 elements")
		found = (self.posts.get(one) for one in uris)
		seen = [one for one in found if one and not one.is_deleted]
		told = [one for one in seen if not self.is_blocked(one, us)]
		return {"posts": [post_view(one, us) for one in told]}

	def get_thread(self, us: Person, request: Request) -> dict:
		post = self.posts.get(request.args.get("uri", ""))
		if not post or post.is_deleted:
			raise refused(400, "NotFound", f"Post not found: {request.args.get('uri')}")
		height = request.args.get("parentHeight", 80, type=int)
		return {"thread": thread_view(post, us, height, self.is_blocked)}


def _limit(request: Request) -> int:
	limit = request.args.get("limit", 50, type=int)
	if not 1 <= limit <= 100:
		raise refused(400, "InvalidRequest", "Error: limit must be between 1 and 100")
	return limit


def _before(listed: list[tuple], cursor: str) -> int:
	"""By time alone: what belongs to the same moment as the last one of a page is cut off."""
	if not cursor:
		return len(listed)
	try:
		moment = datetime.fromisoformat(cursor.replace("Z", "+00:00"))
	except ValueError:
		raise refused(400, "InvalidRequest", "Malformed cursor") from None
	return bisect_left(listed, (moment,))


def _cursor(page: list[tuple], *, full: bool) -> dict:
	return {"cursor": written(page[-1][0])} if full else {}
