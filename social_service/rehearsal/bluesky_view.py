"""How a simulated Bluesky tells people, posts and threads in JSON."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timezone

from social_service.rehearsal.simulated import Person, Post

POST, GATE = "app.bsky.feed.post", "app.bsky.feed.threadgate"
BLOCK = "app.bsky.graph.block"
NAMED = re.compile(r"(?<![\w@/])@([\w](?:[\w.-]*\w)?)")
LINK = re.compile(r"https?://[^\s<>]+")
PARENTS = 80


def written(moment: datetime) -> str:
	told = moment.astimezone(timezone.utc)
	return told.strftime("%Y-%m-%dT%H:%M:%S.") + f"{told.microsecond // 1000:03}Z"


def cid_of(*parts: object) -> str:
	return "bafyrei" + hashlib.sha256(repr(parts).encode()).hexdigest()[:52]


def cid(post: Post) -> str:
	return cid_of(post.id, post.text, post.edited_at)


def ref(post: Post) -> dict:
	return {"uri": post.id, "cid": cid(post)}


def sorted_at(post: Post) -> datetime:
	"""What the author claims, unless that is in the future."""
	return min(post.facts["claimed"], post.facts["indexed"])


def root_of(post: Post) -> Post:
	return post.facts.get("root") or post


def facets(text: str, people: Mapping[str, Person]) -> list[dict]:
	"""As apps make them when people pick a name from the list."""
	spans = [(one, {"$type": "link", "uri": one[0]}) for one in LINK.finditer(text)]
	for one in NAMED.finditer(text):
		if one[1] in people:
			spans.append((one, {"$type": "mention", "did": people[one[1]].id}))
	return [_facet(text, one.start(), one.end(), feature) for one, feature in spans]


def _facet(text: str, start: int, end: int, feature: dict) -> dict:
	begin = len(text[:start].encode())
	index = {"byteStart": begin, "byteEnd": begin + len(text[start:end].encode())}
	return {"index": index, "features": [{**feature, "$type": f"app.bsky.richtext.facet#{feature['$type']}"}]}


def record(post: Post) -> dict:
	if "record" in post.facts:  # written through the API
		return post.facts["record"]
	told: dict = {"$type": POST, "text": post.text, "createdAt": written(post.facts["claimed"])}
	if post.facts.get("lang"):
		told["langs"] = [post.facts["lang"]]
	if post.facts.get("facets"):
		told["facets"] = post.facts["facets"]
	if post.facts.get("parent"):
		told["reply"] = {"root": ref(root_of(post)), "parent": ref(post.facts["parent"])}
	if post.facts.get("quoted"):
		told["embed"] = {"$type": "app.bsky.embed.record", "record": ref(post.facts["quoted"])}
	return told


def person_view(person: Person) -> dict:
	labels = [{"val": "bot", "src": person.id}] if person.is_bot else []
	return {
		"did": person.id,
		"handle": person.handle,
		"displayName": person.name,
		"labels": labels,
		"viewer": {"muted": False, "blockedBy": False},
	}


def post_view(post: Post, viewer: Person) -> dict:
	closed = root_of(post).facts.get("closed") and root_of(post).by is not viewer
	return {
		**ref(post),
		"author": person_view(post.by),
		"record": record(post),
		"bookmarkCount": 0,
		"replyCount": 0,
		"repostCount": 0,
		"likeCount": 0,
		"quoteCount": 0,
		"indexedAt": written(post.facts["indexed"]),
		"labels": [],
		"viewer": {"threadMuted": False, "embeddingDisabled": False}
		| ({"replyDisabled": True} if closed else {}),
	}


def notification(post: Post, reason: str, subject: str) -> dict:
	told = {
		**ref(post),
		"author": person_view(post.by),
		"reason": reason,
		"record": record(post),
		"isRead": False,
		"indexedAt": written(sorted_at(post)),
		"labels": [],
	}
	return told | ({"reasonSubject": subject} if subject else {})


def thread_view(post: Post, viewer: Person, height: int, is_blocked: Callable[[Post, Person], bool]) -> dict:
	"""The post and what stands above it."""
	if post.is_deleted:
		return {"$type": "app.bsky.feed.defs#notFoundPost", "uri": post.id, "notFound": True}
	if is_blocked(post, viewer):
		seen = {"did": post.by.id, "viewer": {"blockedBy": True}}
		return {"$type": "app.bsky.feed.defs#blockedPost", "uri": post.id, "blocked": True, "author": seen}
	told = {"$type": "app.bsky.feed.defs#threadViewPost", "post": post_view(post, viewer), "replies": []}
	parent = post.facts.get("parent")
	return told | (
		{"parent": thread_view(parent, viewer, height - 1, is_blocked)} if parent and height > 0 else {}
	)
