"""A simulated Bluesky: ``python -m social_service.rehearsal.bluesky_network --clock ISO``.

A company's ``token`` is its app password. Posts take more than usual: ``at`` (the time that they claim), ``plain`` (names are
typed by hand and are no mentions), ``closed`` (nobody may answer in the thread) and ``blocks`` (a handle, by the author).
"""

from __future__ import annotations

import hashlib
from bisect import insort
from collections.abc import Callable, Mapping
from datetime import datetime

from werkzeug.wrappers import Request, Response

from social_service.rehearsal.bluesky_reads import BlueskyReads
from social_service.rehearsal.bluesky_search import Found, fits
from social_service.rehearsal.bluesky_sessions import BlueskySessions, refused
from social_service.rehearsal.bluesky_view import facets, root_of, sorted_at, written
from social_service.rehearsal.bluesky_writes import BlueskyWrites
from social_service.rehearsal.simulated import Person, Post, SimulatedNetwork, answer, serve

BASE32 = "abcdefghijklmnopqrstuvwxyz234567"
KEY_DIGITS = "234567abcdefghijklmnopqrstuvwxyz"
CALLS, WINDOW = 3000, 300  # calls, seconds


class BlueskyNetwork(BlueskyReads, BlueskyWrites, BlueskySessions, SimulatedNetwork):
	"""A simulated Bluesky."""

	page_params = ("cursor",)
	refusals = {
		"cursor_refused": refused(400, "InvalidRequest", "Error: Params must have a valid cursor"),
		"unauthorized": refused(401, "AuthMissing", "Authentication Required"),
		"forbidden": refused(403, "Forbidden", "Not allowed"),
		"throttled": refused(429, "RateLimitExceeded", "Rate Limit Exceeded", {"Retry-After": "30"}),
	}

	def __init__(self, now: datetime) -> None:
		super().__init__(now)
		self.access, self.refresh, self.sign_ins, self.issued = {}, {}, [], 0
		self.gates: dict[str, dict] = {}
		self.blocks: set[tuple[str, str]] = set()
		self.our_blocks: dict[str, str] = {}
		self.by_did: dict[str, Person] = {}
		self.told: dict[str, list[tuple]] = {}  # by DID of the company: time, number, post, reason, subject
		self.written_by: dict[str, list[tuple]] = {}  # by DID: time, number, post
		self.searches: dict[str, Found] = {}
		self.window, self.used = 0, 0

	# --- names ----------------------------------------------------------------------------------------------

	def new_key(self) -> str:
		"""A TID: it tells its time."""
		number = int(self.new_id()) << 10
		digits = ""
		for _place in range(13):
			number, rest = divmod(number, 32)
			digits = KEY_DIGITS[rest] + digits
		return digits

	def _post_people(self, item: str, told: dict) -> dict:
		super()._post_people(item, told)
		person = self.people[told["handle"]]
		digest = hashlib.sha256(person.handle.encode()).digest()
		person.id = "did:plc:" + "".join(BASE32[one % 32] for one in digest[:24])
		self.by_did[person.id] = person
		return {"id": person.id}

	def find_person(self, name: str) -> Person | None:
		return self.by_did.get(name) or self.people.get(name)

	# --- what people do -------------------------------------------------------------------------------------

	def posted(self, post: Post, told: Mapping[str, object]) -> None:
		if post.direct_to:
			raise KeyError("direct message")
		del self.posts[post.id]
		post.id = f"at://{post.by.id}/app.bsky.feed.post/{self.new_key()}"
		if told.get("repost_of"):
			self._reposted(post, self.posts[str(told["repost_of"])])
			return
		self.posts[post.id] = post
		parent, quoted = (self.posts.get(str(told.get(one) or "")) for one in ("reply_to", "quote_of"))
		claimed = datetime.fromisoformat(str(told["at"])) if told.get("at") else self.now
		marked = [] if told.get("plain") else facets(post.text, self.people)
		post.facts |= {"claimed": claimed, "indexed": self.now, "lang": told.get("lang"), "facets": marked}
		post.facts |= {"parent": parent, "root": root_of(parent) if parent else None, "quoted": quoted}
		post.facts["closed"] = bool(told.get("closed"))
		if told.get("blocks"):
			self.blocks.add((post.by.handle, str(told["blocks"])))
		self.place(post)

	def _reposted(self, post: Post, original: Post) -> None:
		"""Whoever wrote the original hears of it; it is no post."""
		post.id = post.id.replace("feed.post", "feed.repost")
		post.facts |= {"claimed": self.now, "indexed": self.now}
		subject = {"uri": original.id, "cid": "bafyrei"}
		post.facts["record"] = {
			"$type": "app.bsky.feed.repost",
			"subject": subject,
			"createdAt": written(self.now),
		}
		self._tell(original.by, post, "repost", original.id)

	def place(self, post: Post) -> None:
		at = sorted_at(post)
		insort(self.written_by.setdefault(post.by.id, []), (at, self.number(), post))
		for words, found in self.searches.items():
			if fits(words, post):
				found.add(at, self.number(), post)
		for person, reason, subject in self._concerned(post):
			self._tell(person, post, reason, subject)

	def number(self) -> int:
		return int(self.new_id())

	def _concerned(self, post: Post) -> list[tuple[Person, str, str]]:
		"""Each person once, for the first reason that there is."""
		reasons: dict[str, tuple[Person, str, str]] = {}
		marked = {one["did"] for facet in self._facets(post) for one in facet["features"] if "did" in one}
		for did in marked:
			if did in self.by_did:
				reasons.setdefault(did, (self.by_did[did], "mention", ""))
		quoted = post.facts.get("quoted")
		if quoted:
			reasons.setdefault(quoted.by.id, (quoted.by, "quote", quoted.id))
		above = post.facts.get("parent")
		for _height in range(5):
			if above:
				reasons.setdefault(above.by.id, (above.by, "reply", above.id))
				above = above.facts.get("parent")
		reasons.pop(post.by.id, None)
		return list(reasons.values())

	def _facets(self, post: Post) -> list[dict]:
		return post.facts.get("facets") or post.facts.get("record", {}).get("facets") or []

	def _tell(self, person: Person, post: Post, reason: str, subject: str) -> None:
		if person.token and post.by is not person:
			listed = (sorted_at(post), self.number(), post, reason, subject)
			insort(self.told.setdefault(person.id, []), listed)

	def changed(self, post: Post) -> None:
		if post.is_deleted:
			return
		post.facts["indexed"] = self.now
		if "record" not in post.facts:
			post.facts["facets"] = facets(post.text, self.people)
		for words, found in self.searches.items():
			if fits(words, post):
				found.add(sorted_at(post), self.number(), post)

	# --- the API --------------------------------------------------------------------------------------------

	def headers(self) -> Mapping[str, str]:
		left, reset = max(0, CALLS - self.used), (self.window + 1) * WINDOW
		told = {"Limit": CALLS, "Remaining": left, "Reset": reset, "Policy": f"{CALLS};w={WINDOW}"}
		return {f"RateLimit-{name}": str(value) for name, value in told.items()}

	def api(self, request: Request) -> Response:
		self._count()
		place, _slash, method = request.path.removeprefix("/").partition("/")
		if place != "xrpc" or (request.method, method) not in ROUTES:
			raise refused(404, "XRPCNotSupported", "Not found")
		call, needs_session = ROUTES[request.method, method]
		if not needs_session:
			return answer(call(self, request))
		return answer(call(self, self.signed_in(request), request))

	def _count(self) -> None:
		window = int(self.now.timestamp()) // WINDOW
		self.used = self.used + 1 if window == self.window else 1
		self.window = window
		if self.used > CALLS:
			raise refused(429, "RateLimitExceeded", "Rate Limit Exceeded", self.headers())


NETWORK = BlueskyNetwork
ROUTES: dict[tuple[str, str], tuple[Callable, bool]] = {
	("GET", "com.atproto.server.describeServer"): (NETWORK.describe, False),
	("POST", "com.atproto.server.createSession"): (NETWORK.create_session, False),
	("POST", "com.atproto.server.refreshSession"): (NETWORK.refresh_session, False),
	("GET", "com.atproto.server.getSession"): (NETWORK.get_session, True),
	("GET", "com.atproto.identity.resolveHandle"): (NETWORK.resolve, True),
	("GET", "com.atproto.repo.getRecord"): (NETWORK.get_record, True),
	("POST", "com.atproto.repo.putRecord"): (NETWORK.put_record, True),
	("POST", "com.atproto.repo.deleteRecord"): (NETWORK.delete_record, True),
	("GET", "app.bsky.actor.getProfile"): (NETWORK.get_profile, True),
	("GET", "app.bsky.notification.listNotifications"): (NETWORK.list_notifications, True),
	("GET", "app.bsky.feed.searchPosts"): (NETWORK.search_posts, True),
	("GET", "app.bsky.feed.getAuthorFeed"): (NETWORK.author_feed, True),
	("GET", "app.bsky.feed.getPosts"): (NETWORK.get_posts, True),
	("GET", "app.bsky.feed.getPostThread"): (NETWORK.get_thread, True),
}


if __name__ == "__main__":
	serve(BlueskyNetwork)
