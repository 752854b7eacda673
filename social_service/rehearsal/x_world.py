"""The simulated X as it is: people, posts, direct messages, tokens, its own clock. Knows nothing of HTTP or JSON fields."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

PROBLEMS = "https://api.x.com/2/problems/"
SNOWFLAKE_EPOCH = 1_288_834_974_657
SCOPES = frozenset(
	{
		"tweet.read",
		"tweet.write",
		"tweet.moderate.write",
		"users.read",
		"dm.read",
		"dm.write",
		"block.write",
		"offline.access",
	}
)
NAME = re.compile(r"(?<![\w@/])@(\w{1,15})")


class Refused(Exception):
	"""X refuses: status and problem body."""

	def __init__(self, status: int, **problem: object) -> None:
		self.status = status
		self.problem = {"status": status, "type": "about:blank", **problem}
		self.headers: dict[str, str] = {}
		super().__init__(str(self.problem))


def forbidden(detail: str) -> Refused:
	return Refused(403, title="Forbidden", detail=detail)


@dataclass(eq=False)
class Person:
	id: str
	handle: str
	name: str
	followers: int = 0
	takes_dms: bool = True


@dataclass
class Post:
	id: str
	author: Person
	text: str
	versions: list[str]
	lang: str = "und"
	reply_to: str = ""
	quote_of: str = ""
	repost_of: str = ""
	conversation: str = ""
	prefix: str = ""  # the names that X puts before a reply by itself
	media: str = ""
	is_deleted: bool = False
	is_hidden: bool = False
	older: dict[str, str] = field(default_factory=dict)  # id → text of earlier versions

	@property
	def full_text(self) -> str:
		return self.prefix + self.text


@dataclass
class DirectMessage:
	id: str
	author: Person
	to: Person
	text: str
	is_deleted: bool = False

	@property
	def conversation(self) -> str:
		return "-".join(sorted((self.author.id, self.to.id), key=int))


class World:
	def __init__(self, now: datetime) -> None:
		self.now = now.astimezone(timezone.utc)
		self.skew = timedelta(0)  # X's clock against the true one
		self.people: dict[str, Person] = {}
		self.handles: dict[str, Person] = {}
		self.posts: dict[str, Post] = {}  # by every id that a post ever had
		self.dms: dict[str, DirectMessage] = {}
		self.tokens: dict[str, str] = {}  # access token → person id
		self.refresh_tokens: dict[str, str] = {}
		self.renewals = 0
		self.blocked: set[str] = set()  # handles
		self._last_id = 0

	@property
	def told_now(self) -> datetime:
		return self.now + self.skew

	def new_id(self) -> str:
		"""A snowflake of our clock; always later than the one before, even when the clock stands still."""
		self._last_id = max(first_id(self.now), self._last_id + 1)
		return str(self._last_id)

	# --- people --------------------------------------------------------------------------------------------------

	def add_person(self, handle: str, name: str, *, token: str = "", followers: int = 0) -> Person:
		person = Person(self.new_id(), handle, name, followers)
		self.people[person.id] = self.handles[handle.casefold()] = person
		if token:
			self.grant(person, token)
		return person

	def grant(self, person: Person, token: str) -> None:
		self.tokens[token] = person.id
		self.refresh_tokens[f"refresh-{token}"] = person.id

	def person(self, who: str) -> Person:
		"""By id or handle."""
		found = self.people.get(who) or self.handles.get(who.removeprefix("@").casefold())
		if not found:
			raise Refused(404, title="Not Found Error", detail=f"nobody is called {who}")
		return found

	def renew(self, refresh_token: str) -> tuple[str, str]:
		"""A refresh token works once; the access token before it stops working."""
		owner = self.refresh_tokens.pop(refresh_token, None)
		if owner is None:
			raise Refused(
				400, error="invalid_grant", error_description="Value passed for the token was invalid."
			)
		self.tokens = {token: person for token, person in self.tokens.items() if person != owner}
		self.renewals += 1
		access = f"renewed-{self.renewals}-{owner}"
		self.grant(self.people[owner], access)
		return access, f"refresh-{access}"

	# --- posts ---------------------------------------------------------------------------------------------------

	def publish(self, author: Person, text: str, *, uncalled: tuple[str, ...] = (), **more: str) -> Post:
		"""``more``: reply_to, quote_of, repost_of, lang, media. ``uncalled``: ids that the reply does not name."""
		post_id = self.new_id()
		post = Post(post_id, author, text, [post_id], conversation=post_id, **more)
		if post.reply_to:
			parent = self.seen(post.reply_to)
			post.conversation = parent.conversation
			post.prefix = self._prefix(author, parent, text, uncalled)
		if post.repost_of:
			original = self.seen(post.repost_of)
			post.text, post.lang = f"RT @{original.author.handle}: {original.full_text}", original.lang
		self.posts[post_id] = post
		return post

	def _prefix(self, author: Person, parent: Post, text: str, uncalled: tuple[str, ...]) -> str:
		"""A reply is addressed to the parent's author and to whom the parent names."""
		called = [parent.author, *self.named(parent)]
		typed = {name.casefold() for name in NAME.findall(text)}
		handles = [
			p.handle
			for p in called
			if p is not author and p.id not in uncalled and p.handle.casefold() not in typed
		]
		return "".join(f"@{handle} " for handle in dict.fromkeys(handles))

	def seen(self, post_id: str) -> Post:
		post = self.posts.get(post_id)
		if post is None or post.is_deleted:
			raise forbidden("You attempted to reply to a Tweet that is deleted or not visible to you.")
		return post

	def named(self, post: Post) -> list[Person]:
		called = (self.handles.get(name.casefold()) for name in NAME.findall(post.full_text))
		return list(dict.fromkeys(person for person in called if person))

	def edit(self, post_id: str, text: str) -> str:
		post = self.seen(post_id)
		post.older[post.id] = post.text
		post.id, post.text = self.new_id(), text
		post.versions.append(post.id)
		self.posts[post.id] = post
		return post.id

	def summons(self, post: Post, person: Person) -> bool:
		"""May this person's app reply? Only to who mentioned it or quoted it, and to itself."""
		if post.author is person or person in self.named(post):
			return True
		quoted = self.posts.get(post.quote_of)
		return quoted is not None and quoted.author is person

	def newest_first(self) -> Iterator[Post]:
		"""Each post once, under its newest id."""
		for post_id in reversed(self.posts):  # ids are given in order
			post = self.posts[post_id]
			if post.id == post_id and not post.is_deleted:
				yield post

	# --- direct messages ---------------------------------------------------------------------------------------------

	def write_dm(self, author: Person, to: Person, text: str) -> DirectMessage:
		if not to.takes_dms:
			raise forbidden("You cannot send messages to this user.")
		message = DirectMessage(self.new_id(), author, to, text)
		self.dms[message.id] = message
		return message

	def dms_of(self, person: Person) -> Iterator[DirectMessage]:
		for message in reversed(self.dms.values()):
			if person in (message.author, message.to) and not message.is_deleted:
				yield message


def first_id(when: datetime) -> int:
	"""The smallest id of a millisecond."""
	return (int(when.timestamp() * 1000) - SNOWFLAKE_EPOCH) << 22


def moment(item_id: str) -> datetime:
	return datetime.fromtimestamp(((int(item_id) >> 22) + SNOWFLAKE_EPOCH) / 1000, tz=timezone.utc)


def shown_id(item: Post | DirectMessage) -> str:
	"""As the rehearsal names things: by the first id of a post, and direct messages apart."""
	return f"dm:{item.id}" if isinstance(item, DirectMessage) else item.versions[0]


def not_found(item_id: str, kind: str) -> dict:
	return {
		"value": item_id,
		"resource_id": item_id,
		"resource_type": kind,
		"parameter": "ids",
		"title": "Not Found Error",
		"detail": f"Could not find {kind} with ids: [{item_id}].",
		"type": PROBLEMS + "resource-not-found",
	}
