"""What stands before the simulated Mastodon server: the rehearsal's control routes, scripted faults, and the ledger of what
the company was shown and what it published."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from social_service.rehearsal.mastodon_people import People, Refused
from social_service.rehearsal.spoiling import rearranged

STREAMS = ("/api/v1/notifications", "/api/v1/timelines/", "/api/v2/search")
CUT_AT = 5  # bytes of an answer that arrive before the line breaks

Send = Callable[[dict], Awaitable[None]]


class Front:
	"""An ASGI application around the server's own."""

	def __init__(self, app: Any, people: People, clock: Any) -> None:
		self.app, self.people, self.clock = app, people, clock
		self.faults: list[dict] = []
		self.skew = timedelta(0)  # the server's clock against the true one
		self.calls = 0  # of the API
		self.failed: Counter[str] = Counter()  # faults that happened, by effect
		self.served: dict[str, None] = {}
		self.published: dict[str, dict] = {}
		self.control = Starlette(
			routes=[
				Route("/_rehearsal/clock", self.set_clock, methods=["PUT"]),
				Route("/_rehearsal/people", self.add_person, methods=["POST"]),
				Route("/_rehearsal/posts", self.add_post, methods=["POST"]),
				Route("/_rehearsal/posts/{post_id}", self.edit_post, methods=["PUT"]),
				Route("/_rehearsal/posts/{post_id}", self.delete_post, methods=["DELETE"]),
				Route("/_rehearsal/faults", self.add_fault, methods=["POST"]),
				Route("/_rehearsal/faults", self.clear_faults, methods=["DELETE"]),
				Route("/_rehearsal/ledger", self.show_ledger, methods=["GET"]),
				Route("/_rehearsal/changes", self.show_changes, methods=["GET"]),
			],
			exception_handlers={Refused: _refused, KeyError: _refused},
		)

	async def __call__(self, scope: dict, receive: Any, send: Send) -> None:
		if scope["type"] != "http":
			await self.app(scope, receive, send)
		elif scope["path"].startswith("/_rehearsal/"):
			await self.control(scope, receive, send)
		else:
			await self.serve(scope, receive, send)

	async def serve(self, scope: dict, receive: Any, send: Send) -> None:
		self.calls += 1
		fault = self._take_fault(scope)
		effect = fault["effect"] if fault else ""
		if effect == "slow":
			await asyncio.sleep(float(fault.get("seconds", 2)))
		elif effect == "reset":
			return await _cut(send)
		elif effect in FAILURES or effect == "throttled":
			response = self._failure(fault)
			response.headers["Date"] = self._date()
			return await response(scope, receive, send)
		events = await _answer_of(self.app, scope, receive)
		if effect == "timeout_after_write":
			self._note_published(scope, events)
			return await _cut(send)
		self._note_published(scope, events)
		self._note_served(scope, events)
		events = _spoiled(events, effect)
		events[0]["headers"] = [*events[0]["headers"], (b"date", self._date().encode())]
		for event in events:
			await send(event)

	# --- faults -------------------------------------------------------------------------------------------

	def _take_fault(self, scope: dict) -> dict | None:
		for fault in self.faults:
			if fault["method"] == scope["method"] and fault["path"] in scope["path"]:
				fault["count"] -= 1
				if fault["count"] <= 0:
					self.faults.remove(fault)
				self.failed[fault["effect"]] += 1
				return fault
		return None

	def _failure(self, fault: Mapping) -> Response:
		if fault["effect"] == "throttled":
			reset = self.clock.now() + self.skew + timedelta(seconds=float(fault.get("seconds", 120)))
			limits = {"X-RateLimit-Limit": "300", "X-RateLimit-Remaining": "0"}
			limits["X-RateLimit-Reset"] = reset.isoformat().replace("+00:00", "Z")
			return JSONResponse({"error": "Too many requests"}, 429, limits)
		status, kind, body = FAILURES[fault["effect"]]
		return Response(body, status, media_type=kind)

	# --- the ledger ---------------------------------------------------------------------------------------

	def _note_served(self, scope: dict, events: list[dict]) -> None:
		if scope["method"] != "GET" or not scope["path"].startswith(STREAMS) or events[0]["status"] != 200:
			return
		answer = json.loads(_body(events))
		items = answer.get("statuses", ()) if isinstance(answer, dict) else answer
		for item in items:
			status = item.get("status") if "status" in item else item
			if status:
				self.served[status["id"]] = None

	def _note_published(self, scope: dict, events: list[dict]) -> None:
		if (scope["method"], scope["path"]) != ("POST", "/api/v1/statuses") or events[0]["status"] != 200:
			return
		status = json.loads(_body(events))
		self.published[status["id"]] = {
			"id": status["id"],
			"by": status["account"]["acct"],
			"text": self.people.source_of(status["id"]),
			"reply_to": status["in_reply_to_id"] or "",
			"visibility": status["visibility"],
		}

	def _date(self) -> str:
		return format_datetime(self.clock.now() + self.skew, usegmt=True)

	# --- control ------------------------------------------------------------------------------------------

	async def set_clock(self, request: Request) -> Response:
		told = await request.json()
		self.clock.set(told["now"])
		self.skew = timedelta(seconds=float(told.get("skew", 0)))
		return Response(status_code=204)

	async def add_person(self, request: Request) -> Response:
		told = await request.json()
		more = told.get("token", ""), int(told.get("followers", 0)), bool(told.get("is_bot"))
		return JSONResponse({"id": self.people.add(told["handle"], told["name"], *more)})

	async def add_post(self, request: Request) -> Response:
		return JSONResponse({"id": await self.people.post(await request.json())})

	async def edit_post(self, request: Request) -> Response:
		text = (await request.json())["text"]
		return JSONResponse({"id": await self.people.edit(request.path_params["post_id"], text)})

	async def delete_post(self, request: Request) -> Response:
		await self.people.delete(request.path_params["post_id"])
		return Response(status_code=204)

	async def add_fault(self, request: Request) -> Response:
		fault = {"method": "GET", "path": "", "count": 1, **await request.json()}
		if fault["effect"] not in EFFECTS:
			raise Refused(f"there is no effect {fault['effect']}")
		self.faults.append(fault)
		return Response(status_code=204)

	async def clear_faults(self, _request: Request) -> Response:
		self.faults.clear()
		return Response(status_code=204)

	async def show_ledger(self, _request: Request) -> Response:
		told = {"served": list(self.served), "published": list(self.published.values())}
		return JSONResponse(told | {"failed": self.failed, "calls": self.calls})

	async def show_changes(self, _request: Request) -> Response:
		return JSONResponse(self.people.changes(list(self.published)))


FAILURES = {
	"unauthorized": (401, "application/json", '{"error": "The access token is invalid"}'),
	"forbidden": (403, "application/json", '{"error": "This action is outside the authorized scopes"}'),
	"html": (503, "text/html", "<html><body><h1>503 Service Unavailable</h1></body></html>"),
	"html_ok": (200, "text/html", "<html><body>Down for maintenance</body></html>"),
	"malformed": (200, "application/json", '[{"id": "1", "type":'),
}
SPOILED = frozenset({"truncated", "reordered", "repeated"})
EFFECTS = frozenset({*FAILURES, *SPOILED, "throttled", "timeout_after_write", "reset", "slow"})


def _refused(_request: Request, error: Exception) -> Response:
	return JSONResponse({"error": str(error)}, 422)


async def _answer_of(app: Any, scope: dict, receive: Any) -> list[dict]:
	events: list[dict] = []

	async def keep(event: dict) -> None:
		events.append(event)

	await app(scope, receive, keep)
	return events


def _body(events: list[dict]) -> bytes:
	return b"".join(event.get("body", b"") for event in events)


def _spoiled(events: list[dict], effect: str) -> list[dict]:
	if effect not in SPOILED:
		return events
	body = _body(events)
	body = body[: len(body) // 2] if effect == "truncated" else rearranged(body, effect)
	headers = [one for one in events[0]["headers"] if one[0].lower() != b"content-length"]
	headers.append((b"content-length", str(len(body)).encode()))
	return [{**events[0], "headers": headers}, {"type": "http.response.body", "body": body}]


async def _cut(send: Send) -> None:
	"""The line breaks inside the answer: what a client sees of a server that did its work and was lost."""
	headers = [(b"content-type", b"application/json"), (b"content-length", b"100")]
	await send({"type": "http.response.start", "status": 200, "headers": headers})
	await send({"type": "http.response.body", "body": b" " * CUT_AT, "more_body": True})
	raise ConnectionError("cut on purpose")
