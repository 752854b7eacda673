"""The simulated Graph API of Meta, as far as Facebook and Instagram share it: tokens, fields, pages, refusals, usage."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from werkzeug.wrappers import Request, Response

from social_service.rehearsal.meta_fields import Fields, graph_error, invalid, listed, place_of, token_of
from social_service.rehearsal.simulated import Person, Post, Refused, SimulatedNetwork, answer

VERSION = "/v26.0/"
APP_SECRET = "rehearsal-app-secret"
MOST = 100  # items in one answer

View = Callable[[Post, Fields], dict]


def unknown_object(name: str) -> Refused:
	told = f"Unsupported get request. Object with ID '{name}' does not exist or cannot be loaded"
	return graph_error(100, told, 33)


SPENT = {"123": [{"type": "pages", "call_count": 100, "total_time": 40, "total_cputime": 12}]}
SPENT["123"][0]["estimated_time_to_regain_access"] = 5  # minutes

REFUSALS = {
	"unauthorized": graph_error(190, "Error validating access token", 463, 400),
	"revoked": graph_error(190, "The session has been invalidated", 460, 400),
	"forbidden": graph_error(200, "Requires a permission that the token lacks", status=403),
	"transient": graph_error(2, "Service temporarily unavailable", status=500, is_transient=True),
	"cursor_refused": graph_error(100, "Invalid parameter: the cursor is not valid any more"),
	"policy": graph_error(368, "The action attempted has been deemed abusive"),
	"duplicate": graph_error(506, "Duplicate status message"),
	"window_closed": graph_error(10, "This message is sent outside of allowed window", 2018278),
	"throttled": Refused(
		400,
		graph_error(32, "Page request limit reached").body,
		{"X-Business-Use-Case-Usage": json.dumps(SPENT)},
	),
}


class GraphNetwork(SimulatedNetwork):
	"""A subclass answers ``graph(method, parts, asked, company)``."""

	refusals = REFUSALS
	page_params = ("after",)
	object_kind = "page"

	def __init__(self, now: datetime) -> None:
		super().__init__(now)
		self.expired: set[str] = set()
		self.scopes: list[str] = []

	def api(self, request: Request) -> Response:
		if not request.path.startswith(VERSION):
			raise graph_error(2500, "Unknown path components")
		parts = [one for one in request.path.removeprefix(VERSION).split("/") if one]
		asked = {**request.args, **(request.get_json(silent=True) or {})}
		token = request.headers.get("Authorization", "").removeprefix("Bearer ") or asked.get(
			"access_token", ""
		)
		if parts == ["debug_token"]:
			return answer({"data": self.debugged(asked.get("input_token", ""))})
		company = self.company_of(token)
		self._prove(token, asked)
		return answer(self.graph(request.method, parts, asked, company))

	def graph(self, method: str, parts: Sequence[str], asked: Mapping, company: Person) -> dict:
		raise NotImplementedError

	def company_of(self, token: str) -> Person:
		if token in self.expired:
			raise self.refusals["unauthorized"]
		return super().company_of(token)

	def _prove(self, token: str, asked: Mapping) -> None:
		proof = asked.get("appsecret_proof")
		if proof and proof != hmac.new(APP_SECRET.encode(), token.encode(), hashlib.sha256).hexdigest():
			raise invalid("Invalid appsecret_proof provided in the API argument")

	def debugged(self, token: str) -> dict:
		company = self.company_of(token)
		issued = int(self.now.timestamp()) - 86400
		known = {"app_id": "77001", "type": "PAGE", "is_valid": True, "profile_id": company.id}
		return known | {"issued_at": issued, "expires_at": 0, "scopes": self.scopes}

	def expire(self) -> None:
		self.expired |= {one.token for one in self.people.values() if one.token}

	def headers(self) -> Mapping[str, str]:
		return {"X-App-Usage": json.dumps({"call_count": 3, "total_time": 2, "total_cputime": 1})}

	def rename(self, post: Post, new_id: str) -> None:
		"""Ids of Meta's say where a thing stands."""
		del self.posts[post.id]
		post.id = new_id
		self.posts[new_id] = post

	def known(self, post_id: str) -> Post:
		post = self.posts.get(post_id)
		if post is None or post.is_deleted:
			raise unknown_object(post_id)
		return post

	def many(self, asked: Mapping) -> dict:
		"""One that is gone, and all are refused."""
		ids, fields = str(asked.get("ids", "")).split(","), Fields(str(asked.get("fields", "id")))
		if len(ids) > 50:
			raise invalid("Too many IDs. Maximum: 50")
		return {one: self.view(self.known(one), fields) for one in ids}

	def view(self, post: Post, fields: Fields) -> dict:
		"""What is told of one thing."""
		raise NotImplementedError

	def sign(self, entry: dict, post: Post) -> None:
		"""A webhook call with one entry."""
		body = json.dumps({"object": self.object_kind, "entry": [entry]})
		signature = hmac.new(APP_SECRET.encode(), body.encode(), hashlib.sha256).hexdigest()
		self.push(body, {"X-Hub-Signature-256": f"sha256={signature}"}, post)

	def page_of(self, posts: Sequence[Post], asked: Mapping, show: View, size: int = 25) -> dict:
		"""Newest first. ``posts`` only ever grows at its end, so a place in it is a good token."""
		limit = min(int(asked.get("limit", size)), MOST)
		since = int(asked.get("since") or 0)
		place, shown = place_of(asked.get("after", ""), len(posts)), []
		while place and len(shown) < limit:
			post = posts[place - 1]
			if post.at.timestamp() < since:
				place = 0
				break
			place -= 1
			if not post.is_deleted:
				shown.append(post)
		fields = Fields(str(asked.get("fields", "id")))
		self.serve_asked(shown, fields)
		return listed([show(one, fields) for one in shown], token_of(place) if place else "")

	def serve_asked(self, posts: Sequence[Post], fields: Fields) -> None:
		"""Who asks for the whole of a thing listens; reading back asks for less."""
		if {"permalink_url", "attachments", "caption", "media"} & set(fields):
			self.note_served(*posts)


def older_than(post: Post, now: datetime, span: timedelta) -> bool:
	return now - post.at > span
