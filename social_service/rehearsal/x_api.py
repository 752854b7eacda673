"""The simulated X's API: which call does what to the world, what it may cost, what is refused. No HTTP: see x_network."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from social_service.rehearsal import x_reads, x_writes
from social_service.rehearsal.x_world import Person, Refused, World, forbidden

WINDOW = timedelta(minutes=15)


@dataclass(frozen=True)
class Call:
	method: str
	path: str
	query: Mapping[str, str]
	body: Mapping
	me: Person | None = None
	parts: tuple[str, ...] = ()


@dataclass
class Bucket:
	limit: int
	ends: datetime
	used: int = 0


@dataclass
class Ledger:
	"""What really happened, for the rehearsal to compare with."""

	served: dict[str, None] = field(default_factory=dict)
	published: list[dict] = field(default_factory=list)


class Api:
	def __init__(self, world: World) -> None:
		self.world = world
		self.spelling = "both"
		self.scopes: set[str] | None = None  # None: all are granted
		self.ledger = Ledger()
		self.buckets: dict[tuple[str, str], Bucket] = {}

	# --- way in --------------------------------------------------------------------------------------------------

	def call(self, call: Call, token: str) -> tuple[int, dict, dict[str, str]]:
		"""Status, body and rate headers."""
		route, parts = self._route(call)
		headers: dict[str, str] = {}
		try:
			me = self._account(token)
			headers = self._count(me, route)
			if self.scopes is not None and route.scope not in self.scopes:
				raise forbidden("Forbidden")
			status, body = route.answer(self, Call(call.method, call.path, call.query, call.body, me, parts))
		except Refused as refusal:
			return refusal.status, refusal.problem, headers or refusal.headers
		return status, body, headers

	def _route(self, call: Call) -> tuple[Route, tuple[str, ...]]:
		for route in ROUTES:
			found = re.fullmatch(route.path, call.path)
			if found and route.method == call.method:
				return route, found.groups()
		return NOWHERE, ()

	def _account(self, token: str) -> Person:
		person = self.world.tokens.get(token)
		if person is None:
			raise Refused(401, title="Unauthorized", detail="Unauthorized")
		return self.world.people[person]

	def _count(self, me: Person, route: Route) -> dict[str, str]:
		key = (me.id, f"{route.method} {route.path}")
		bucket = self.buckets.get(key)
		if bucket is None or bucket.ends <= self.world.now:
			bucket = self.buckets[key] = Bucket(route.limit, self.world.now + WINDOW)
		bucket.used += 1
		left, reset = max(0, bucket.limit - bucket.used), int((bucket.ends + self.world.skew).timestamp())
		headers = {"limit": bucket.limit, "remaining": left, "reset": reset}
		shown = {f"x-rate-limit-{name}": str(value) for name, value in headers.items()}
		if bucket.used > bucket.limit:
			refusal = Refused(429, title="Too Many Requests", detail="Too Many Requests")
			refusal.headers = shown
			raise refusal
		return shown


@dataclass(frozen=True)
class Route:
	method: str
	path: str
	answer: Callable[[Api, Call], tuple[int, dict]]
	limit: int
	scope: str


ROUTES = (
	Route("GET", r"/2/users/me", x_reads.me, 75, "users.read"),
	Route("GET", r"/2/users/(\d+)/mentions", x_reads.mentions, 300, "tweet.read"),
	Route("GET", r"/2/users/(\d+)/tweets", x_reads.timeline, 900, "tweet.read"),
	Route("GET", r"/2/tweets/search/recent", x_reads.search, 300, "tweet.read"),
	Route("GET", r"/2/tweets/counts/recent", x_reads.counts, 300, "tweet.read"),
	Route("GET", r"/2/tweets", x_reads.lookup, 5000, "tweet.read"),
	Route("GET", r"/2/dm_events", x_reads.dm_events, 15, "dm.read"),
	Route("GET", r"/2/dm_events/(\d+)", x_reads.dm_event, 15, "dm.read"),
	Route("GET", r"/2/dm_conversations/([\d-]+)/dm_events", x_reads.dm_events, 15, "dm.read"),
	Route("POST", r"/2/tweets", x_writes.create, 100, "tweet.write"),
	Route("POST", r"/2/dm_conversations/(?:with/)?([\d-]+)/messages", x_writes.create_dm, 15, "dm.write"),
	Route("DELETE", r"/2/tweets/(\d+)", x_writes.delete, 50, "tweet.write"),
	Route("PUT", r"/2/tweets/(\d+)/hidden", x_writes.hide, 50, "tweet.moderate.write"),
	Route("POST", r"/2/users/(\d+)/blocking", x_writes.block, 50, "block.write"),
	Route("DELETE", r"/2/users/(\d+)/blocking/(\d+)", x_writes.unblock, 50, "block.write"),
)


def _nowhere(_api: Api, _call: Call) -> tuple[int, dict]:
	raise Refused(404, title="Not Found", detail="Not Found")


NOWHERE = Route("", "", _nowhere, 1_000_000, "")
