"""What the simulated networks share: a clock, people, posts, faults on demand, a ledger, and HTTP on loopback.

A network is a subclass of ``SimulatedNetwork`` that answers as the real one does; ``serve`` runs it as a process. Under
``/_rehearsal/`` it obeys the rehearsal (``network.py`` is the client); everything else is the network's API.
"""

from __future__ import annotations

import argparse
import json
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from social_service.rehearsal.spoiling import HTML, spoiled

CONTROL = "/_rehearsal/"


class Refused(Exception):
	"""The network refuses: its status, its body and its headers."""

	def __init__(self, status: int, body: object, headers: Mapping[str, str] | None = None) -> None:
		self.status, self.body, self.headers = status, body, dict(headers or {})
		super().__init__(str(body))


@dataclass(eq=False)
class Person:
	id: str
	handle: str
	name: str
	token: str = ""  # only the company's accounts have one
	followers: int = 0
	is_bot: bool = False


@dataclass(eq=False)
class Post:
	"""A post, a comment, a direct message. ``facts``: whatever else this network knows of it."""

	id: str
	by: Person
	text: str
	at: datetime
	reply_to: str = ""
	direct_to: str = ""  # handle
	edited_at: datetime | None = None
	is_deleted: bool = False
	is_hidden: bool = False
	facts: dict = field(default_factory=dict)


class SimulatedNetwork:
	"""The WSGI application. One call at a time: the world is not made for two hands.

	Subclasses give ``api`` and ``refusals``, and mostly ``new_id``; they call ``serve_posts`` and ``note_published``.
	"""

	refusals: Mapping[str, Refused]  # at least: unauthorized, forbidden, throttled; as this network says them
	page_params: tuple[
		str, ...
	] = ()  # what carries a place to go on from; only such calls get cursor_refused

	def __init__(self, now: datetime) -> None:
		self.now = now.astimezone(timezone.utc)
		self.people: dict[str, Person] = {}  # by handle
		self.posts: dict[str, Post] = {}
		self.faults: list[dict] = []
		self.failed: Counter[str] = Counter()  # faults that happened, by effect
		self.calls = 0  # of the API
		self.served: dict[str, None] = {}
		self.published: list[dict] = []
		self.pushes: list[dict] = []
		self.blocked: set[str] = set()  # handles, by the company
		self.skew = timedelta(0)  # the network's clock against the true one
		self.lock = threading.Lock()
		self._last_id = 0

	# --- for subclasses ---------------------------------------------------------------------------------------

	def api(self, request: Request) -> Response:
		"""Answer as the network. May raise Refused."""
		raise NotImplementedError

	def new_id(self) -> str:
		"""Later ones are larger; a subclass writes ids as its network does."""
		self._last_id = max(self._last_id + 1, int(self.now.timestamp() * 1000) * 1000)
		return str(self._last_id)

	def posted(self, post: Post, told: Mapping[str, object]) -> None:
		"""A person posted: a subclass adds what its network knows of it (``told``: what the rehearsal said), or pushes."""

	def changed(self, post: Post) -> None:
		"""A person edited or deleted their post."""

	def expire(self) -> None:
		"""Access tokens stop working; what renews them goes on."""
		raise NotImplementedError

	def headers(self) -> Mapping[str, str]:
		"""On every answer of the API, its rate limit above all."""
		return {}

	def company_of(self, token: str) -> Person:
		for person in self.people.values():
			if token and person.token == token:
				return person
		raise self.refusals["unauthorized"]

	def note_served(self, *posts: Post) -> None:
		"""These posts stood in an answer of a stream to the company."""
		self.served.update((post.id, None) for post in posts)

	def note_published(self, post: Post, visibility: str = "public") -> None:
		"""The company published this through the API."""
		entry = {"id": post.id, "by": post.by.handle, "text": post.text, "reply_to": post.reply_to}
		self.published.append(entry | {"visibility": visibility})

	def push(self, body: object, headers: Mapping[str, str], post: Post) -> None:
		"""A webhook call that the network would make. The rehearsal fetches and delivers it."""
		raw = body if isinstance(body, str) else json.dumps(body)
		self.pushes.append({"body": raw, "headers": dict(headers), "post": post.id})

	# --- HTTP ------------------------------------------------------------------------------------------------

	def __call__(self, environ: dict, start_response: Callable) -> object:
		request = Request(environ)
		if request.path.startswith(CONTROL):
			with self.lock:
				return self._controlled(request)(environ, start_response)
		with self.lock:
			self.calls += 1
			effect, told = self._fault_of(request)
		if effect == "slow":
			time.sleep(float(told.get("seconds", 1)))
		if effect == "reset":
			_hang_up(environ)
			return Response()(environ, start_response)
		with self.lock:
			response = self._answer(request, effect)
		if effect == "timeout_after_write":
			_hang_up(environ)
		return response(environ, start_response)

	def _answer(self, request: Request, effect: str) -> Response:
		try:
			if effect == "token_expiry":
				self.expire()
			if effect in self.refusals:
				raise self.refusals[effect]
			response = (
				Response(HTML, 503, content_type="text/html") if effect == "html" else self.api(request)
			)
			response.headers.extend(self.headers())
		except Refused as refused:
			response = answer(refused.body, refused.status, refused.headers)
		response.headers["Date"] = format_datetime(self.now + self.skew, usegmt=True)
		return spoiled(response, effect)

	def _fault_of(self, request: Request) -> tuple[str, dict]:
		for fault in self.faults:
			if fault["effect"] == "cursor_refused" and not any(map(request.args.get, self.page_params)):
				continue
			if fault["method"] in (request.method, "*") and fault["path"] in request.path:
				fault["count"] -= 1
				if fault["count"] <= 0:
					self.faults.remove(fault)
				self.failed[fault["effect"]] += 1
				return fault["effect"], fault
		return "", {}

	# --- the rehearsal ---------------------------------------------------------------------------------------

	def _controlled(self, request: Request) -> Response:
		place, _slash, item = request.path.removeprefix(CONTROL).partition("/")
		told = request.get_json(silent=True) or {}
		try:
			return answer(getattr(self, f"_{request.method.lower()}_{place}")(item, told) or {})
		except KeyError as missing:
			return answer({"error": f"there is no {missing}"}, 404)

	def _put_clock(self, _item: str, told: dict) -> None:
		self.now = datetime.fromisoformat(told["now"]).astimezone(timezone.utc)
		self.skew = timedelta(seconds=float(told.get("skew", self.skew.total_seconds())))

	def _post_people(self, _item: str, told: dict) -> dict:
		more = told.get("token", ""), int(told.get("followers", 0)), bool(told.get("is_bot"))
		person = Person(self.new_id(), told["handle"], told["name"], *more)
		self.people[person.handle] = person
		return {"id": person.id}

	def _post_posts(self, _item: str, told: dict) -> dict:
		links = {key: told[key] for key in ("reply_to", "direct_to") if told.get(key)}
		post = Post(self.new_id(), self.people[told["by"]], told["text"], self.now, **links)
		self.posts[post.id] = post
		self.posted(post, told)
		return {"id": post.id}

	def _put_posts(self, item: str, told: dict) -> dict:
		post = self.posts[item]
		post.text, post.edited_at = told["text"], self.now
		self.changed(post)
		return {"id": post.id}

	def _delete_posts(self, item: str, _told: dict) -> None:
		self.posts[item].is_deleted = True
		self.changed(self.posts[item])

	def _post_faults(self, _item: str, told: dict) -> None:
		if told["effect"] not in EFFECTS | set(self.refusals):
			raise KeyError(told["effect"])
		self.faults.append({"method": "GET", "path": "", "count": 1, **told})

	def _delete_faults(self, _item: str, _told: dict) -> None:
		self.faults.clear()

	def _get_ledger(self, _item: str, _told: dict) -> dict:
		told = {"served": list(self.served), "published": self.published}
		return told | {"failed": self.failed, "calls": self.calls}

	def _get_changes(self, _item: str, _told: dict) -> dict:
		published = {one["id"] for one in self.published}
		return {
			"hidden": [post.id for post in self.posts.values() if post.is_hidden],
			"deleted": [post.id for post in self.posts.values() if post.is_deleted],
			"blocked": sorted(self.blocked),
			"texts": {one.id: one.text for one in self.posts.values() if one.id in published},
		}

	def _get_pushes(self, item: str, _told: dict) -> dict:
		return {"pushes": self.pushes[int(item or 0) :]}


EFFECTS = {
	*("html", "html_ok", "malformed", "truncated", "reordered", "repeated"),
	*("reset", "token_expiry", "timeout_after_write", "slow"),
}


def answer(body: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
	"""JSON, or what is a text already."""
	if isinstance(body, str):
		return Response(body, status, headers, content_type="text/html; charset=utf-8")
	return Response(json.dumps(body), status, headers, content_type="application/json; charset=utf-8")


def _hang_up(environ: dict) -> None:
	"""The caller never hears of it: the connection is reset."""
	connection = environ["werkzeug.socket"]
	connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
	connection.shutdown(socket.SHUT_RDWR)


class _Quiet(WSGIRequestHandler):
	protocol_version = "HTTP/1.1"

	def send_response(self, code: int, message: str | None = None) -> None:
		"""Without the Date of our machine: the application sends that of its own clock."""
		self.send_response_only(code, message)

	def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
		"""Silent."""


def serve(network: type[SimulatedNetwork]) -> None:
	"""``python -m MODULE --clock ISO``: prints ``{"url": …}`` and serves until it is stopped."""
	parser = argparse.ArgumentParser(description=(network.__doc__ or "").splitlines()[0])
	parser.add_argument("--clock", required=True, type=datetime.fromisoformat, help="the time to begin with")
	app = network(parser.parse_args().clock)
	server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
	print(json.dumps({"url": f"http://127.0.0.1:{server.server_port}"}), flush=True)
	server.serve_forever()
