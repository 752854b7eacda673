"""People of the genuine network: each an account of its own, driven through its PDS as an app would."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timezone
from itertools import count
from time import monotonic, sleep
from typing import TypeVar

import requests

PATIENCE_SECONDS = 20
POST, GATE, BLOCK = "app.bsky.feed.post", "app.bsky.feed.threadgate", "app.bsky.graph.block"
PROFILE = "app.bsky.actor.profile"
UNLIMITED = "x-ratelimit-bypass"
PERSON_PASSWORD = "of-the-person"
numbers = count(1)
R = TypeVar("R")


def eventually(look: Callable[[], R]) -> R:
	"""The AppView hears of a post a moment after the PDS took it."""
	deadline = monotonic() + PATIENCE_SECONDS
	while not (found := look()) and monotonic() < deadline:
		sleep(0.1)
	assert found, "the network did not get there in time"
	return found


class Person:
	"""A new account with a handle of its own. Its password is for apps of its own; ours get an app password."""

	def __init__(self, network: Mapping[str, str], name: str) -> None:
		self.network, self.url, self.handle = network, network["url"], f"{name}{next(numbers)}.test"
		self.web = requests.Session()
		self.web.trust_env = False
		self.web.headers[UNLIMITED] = network["unlimited"]
		born = {"handle": self.handle, "email": f"{self.handle}@example.com", "password": PERSON_PASSWORD}
		session = self.write("com.atproto.server.createAccount", **born)
		self.did: str = session["did"]
		self.web.headers["Authorization"] = f"Bearer {session['accessJwt']}"
		self.put(PROFILE, "self", displayName=name.title())
		eventually(lambda: self.profile().get("displayName"))

	def write(self, method: str, **body: object) -> dict:
		answer = self.web.post(f"{self.url}/xrpc/{method}", json=body)
		assert answer.ok, f"{method}: {answer.status_code} {answer.text}"
		return answer.json() if answer.content else {}

	def read(self, method: str, **query: object) -> dict:
		return self.web.get(f"{self.url}/xrpc/{method}", params=query).json()

	def profile(self) -> dict:
		return self.read("app.bsky.actor.getProfile", actor=self.did)

	def app_password(self) -> str:
		return self.write("com.atproto.server.createAppPassword", name="social_service")["password"]

	def may_log_in(self) -> bool:
		"""Logs in. False: the network counted too many of the account's logins."""
		body = {"identifier": self.handle, "password": PERSON_PASSWORD}
		url = f"{self.url}/xrpc/com.atproto.server.createSession"
		return self.web.post(url, json=body, headers={UNLIMITED: None}).status_code != 429

	# --- what people do -----------------------------------------------------------------------------------

	def post(self, text: str, **more: object) -> str:
		"""Returns the post's at:// address. ``more``: see `the_post`."""
		return self.create(POST, the_post(text, **more))["uri"]

	def create(self, collection: str, record: Mapping) -> dict:
		return self.write(
			"com.atproto.repo.createRecord", repo=self.did, collection=collection, record=record
		)

	def put(self, collection: str, rkey: str, **record: object) -> dict:
		"""Write a record whose key is known: gates, profiles, edits."""
		place = {"repo": self.did, "collection": collection, "rkey": rkey}
		return self.write("com.atproto.repo.putRecord", **place, record={"$type": collection, **record})

	def post_many(self, records: Sequence[Mapping]) -> list[str]:
		"""In one go: at most 200."""
		create = "com.atproto.repo.applyWrites#create"
		writes = [{"$type": create, "collection": POST, "value": record} for record in records]
		made = self.write("com.atproto.repo.applyWrites", repo=self.did, writes=writes)
		return [one["uri"] for one in made["results"]]

	def edit(self, uri: str, text: str) -> None:
		self.put(POST, uri.rsplit("/", 1)[-1], **the_post(text))

	def delete(self, uri: str) -> None:
		collection, rkey = uri.split("/")[-2:]
		self.write("com.atproto.repo.deleteRecord", repo=self.did, collection=collection, rkey=rkey)

	def block(self, other: Person) -> None:
		self.create(BLOCK, {"$type": BLOCK, "subject": other.did, "createdAt": written()})

	def close_thread(self, uri: str) -> None:
		"""Nobody may answer this post of ours."""
		self.put(GATE, uri.rsplit("/", 1)[-1], post=uri, allow=[], createdAt=written())

	# --- what people see ----------------------------------------------------------------------------------

	def thread(self, uri: str) -> dict:
		return self.read("app.bsky.feed.getPostThread", uri=uri, depth=10).get("thread", {})

	def sees(self, uri: str) -> bool:
		return "post" in self.thread(uri)

	def answers(self, uri: str) -> list[dict]:
		"""The posts that answer this one, as the person's app shows them."""
		return [one["post"] for one in self.thread(uri).get("replies", ()) if "post" in one]

	def to(self, uri: str) -> dict:
		"""What a post carries that answers this one."""
		post = eventually(lambda: self.thread(uri).get("post"))
		parent = {"uri": uri, "cid": post["cid"]}
		return {"root": post["record"].get("reply", {}).get("root", parent), "parent": parent}

	def notified_of(self, uri: str) -> bool:
		told = self.read("app.bsky.notification.listNotifications", limit=100).get("notifications", ())
		return any(one["uri"] == uri for one in told)

	def posts_of(self, other: Person) -> list[dict]:
		"""Everything that the other person's repository holds, whatever the AppView shows."""
		listed = self.read("com.atproto.repo.listRecords", repo=other.did, collection=POST, limit=100)
		return listed["records"]


def written(at: datetime | None = None) -> str:
	moment = at or datetime.now(timezone.utc)
	return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def the_post(
	text: str, *, mention: Person | None = None, reply: Mapping | None = None, at: datetime | None = None
) -> dict:
	"""A post as an app writes it: a mention is a facet over the bytes of the @handle."""
	record: dict = {"$type": POST, "text": text, "createdAt": written(at), "langs": ["en"]}
	if mention:
		handle = f"@{mention.handle}".encode()
		start = text.encode().index(handle)
		feature = {"$type": "app.bsky.richtext.facet#mention", "did": mention.did}
		span = {"byteStart": start, "byteEnd": start + len(handle)}
		record["facets"] = [{"index": span, "features": [feature]}]
	if reply:
		record["reply"] = reply
	return record
