"""A simulated X behind real HTTP on loopback: ``python -m social_service.rehearsal.x_network --clock ISO``.

``/2/…`` is X; ``/_rehearsal/…`` moves its clock, lets its people post, and makes it fail on purpose (``EFFECTS``):
unauthorized, forbidden, not_summoned, duplicate, dm_closed, throttled, usage_capped, cursor_refused (calls that go on from a place), html, html_ok, malformed, truncated,
reordered, repeated, partial, reset, timeout_after_write, slow (``seconds``); and for good: spelling (``spelling``: old, new or both), missing_scope (``scopes``: the rest).
"""

from __future__ import annotations

import argparse
import json
import socket
import threading
import time
from collections import Counter
from datetime import datetime, timedelta
from email.utils import format_datetime

from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from social_service.rehearsal.spoiling import rearranged
from social_service.rehearsal.x_api import Api, Call
from social_service.rehearsal.x_world import PROBLEMS, Refused, World, forbidden
from social_service.rehearsal.x_world import shown_id as shown
from social_service.rehearsal.x_writes import NOT_SUMMONED

CONTROL = "/_rehearsal/"
PAGE_PARAMS = ("pagination_token", "next_token", "since_id")
HTML = "<!DOCTYPE html><html><body><h1>Something went wrong</h1></body></html>"
SPENT = {
	"title": "UsageCapExceeded",
	"detail": "Usage cap exceeded: Monthly product cap",
	"type": PROBLEMS + "usage-capped",
}
REFUSALS = {
	"unauthorized": Refused(401, title="Unauthorized", detail="Unauthorized"),
	"forbidden": forbidden("Forbidden"),
	"not_summoned": forbidden(NOT_SUMMONED),
	"throttled": Refused(429, title="Too Many Requests", detail="Too Many Requests"),
	"usage_capped": Refused(429, **SPENT),
	"duplicate": forbidden("You are not allowed to create a Tweet with duplicate content."),
	"dm_closed": forbidden("You cannot send messages to this user."),
}


class XNetwork:
	"""The WSGI application. One call at a time: the world is not made for two hands."""

	def __init__(self, now: datetime) -> None:
		self.world = World(now)
		self.api = Api(self.world)
		self.faults: list[dict] = []
		self.reads: list[dict] = []  # what each answer handed out, as it is billed
		self.calls = 0  # of the API
		self.failed: Counter[str] = Counter()  # faults that happened, by effect
		self.lock = threading.Lock()

	def __call__(self, environ, start_response):
		request = Request(environ)
		fault = None if request.path.startswith(CONTROL) else self._take_fault(request)
		effect = fault["effect"] if fault else ""
		if effect == "slow":
			time.sleep(float(fault.get("seconds", 1)))
		if effect == "reset":
			_hang_up(environ)
			return Response()(environ, start_response)
		with self.lock:
			response = self._refusal(effect, request) or self._answer(request)
			response.headers["Date"] = format_datetime(self.world.told_now, usegmt=True)
		if effect == "timeout_after_write":
			_hang_up(environ)
		return _spoiled(response, effect)(environ, start_response)

	def _take_fault(self, request: Request) -> dict | None:
		with self.lock:
			for fault in self.faults:
				if fault["effect"] == "cursor_refused" and not _place_of(request):
					continue
				if (
					fault["count"] > 0
					and fault["method"] == request.method
					and fault.get("path", "") in request.path
				):
					fault["count"] -= 1
					self.failed[fault["effect"]] += 1
					return fault
		return None

	def _refusal(self, effect: str, request: Request) -> Response | None:
		if effect == "html":
			return Response(HTML, 503, content_type="text/html")
		if effect == "cursor_refused":
			return _json(_not_a_place(_place_of(request), request), 400)
		refusal = REFUSALS.get(effect)
		if not refusal:
			return None
		response = _json(refusal.problem, refusal.status)
		if effect == "throttled":
			reset = int(self.world.told_now.timestamp()) + 900
			response.headers.extend(
				{"x-rate-limit-limit": "300", "x-rate-limit-remaining": "0", "x-rate-limit-reset": str(reset)}
			)
		return response

	def _answer(self, request: Request) -> Response:
		try:
			if request.path.startswith(CONTROL):
				return _json(self._control(request))
			if request.path == "/2/oauth2/token":
				return _json(self._renew(request))
		except Refused as refusal:
			return _json(refusal.problem, refusal.status)
		token = request.headers.get("Authorization", "").removeprefix("Bearer ")
		body = request.get_json(silent=True) or {}
		status, answer, headers = self.api.call(Call(request.method, request.path, request.args, body), token)
		self.calls += 1
		if request.method == "GET" and status < 400:
			self.reads.append(_billed(request.path, answer))
		response = _json(answer, status)
		response.headers.extend(headers)
		return response

	def _renew(self, request: Request) -> dict:
		access, refresh = self.world.renew(request.form.get("refresh_token", ""))
		granted = {
			"access_token": access,
			"refresh_token": refresh,
			"token_type": "bearer",
			"expires_in": 7200,
		}
		return granted | {"scope": "tweet.read tweet.write users.read dm.read dm.write offline.access"}

	# --- for the rehearsal alone -----------------------------------------------------------------------------------

	def _control(self, request: Request) -> dict:
		place, _slash, item_id = request.path.removeprefix(CONTROL).partition("/")
		body = request.get_json(silent=True) or {}
		return getattr(self, f"_{request.method.lower()}_{place}")(item_id, body) or {}

	def _put_clock(self, _item_id: str, body: dict) -> None:
		self.world.now = datetime.fromisoformat(body["now"]).astimezone(self.world.now.tzinfo)
		self.world.skew = timedelta(seconds=float(body.get("skew", 0)))

	def _post_people(self, _item_id: str, body: dict) -> dict:
		token, followers = body.get("token", ""), int(body.get("followers", 0))
		return {
			"id": self.world.add_person(body["handle"], body["name"], token=token, followers=followers).id
		}

	def _put_people(self, item_id: str, body: dict) -> None:
		person = self.world.person(item_id)
		person.takes_dms = bool(body.get("takes_dms", True))
		if body.get("token"):
			self.world.grant(person, body["token"])

	def _post_posts(self, _item_id: str, body: dict) -> dict:
		author = self.world.person(body["by"])
		if body.get("direct_to"):
			return {
				"id": shown(self.world.write_dm(author, self.world.person(body["direct_to"]), body["text"]))
			}
		more = {
			key: body[key] for key in ("reply_to", "quote_of", "repost_of", "lang", "media") if body.get(key)
		}
		return {"id": self.world.publish(author, body["text"], **more).id}

	def _put_posts(self, item_id: str, body: dict) -> dict:
		return {"id": self.world.edit(item_id, body["text"])}

	def _delete_posts(self, item_id: str, _body: dict) -> None:
		item = self.world.dms.get(item_id.removeprefix("dm:")) or self.world.seen(item_id)
		item.is_deleted = True

	def _post_faults(self, _item_id: str, body: dict) -> None:
		if body["effect"] == "spelling":
			self.api.spelling = body["spelling"]
		elif body["effect"] == "missing_scope":
			self.api.scopes = set(body["scopes"])
		else:
			self.faults.append({"count": 1, "method": "GET", **body})

	def _delete_faults(self, _item_id: str, _body: dict) -> None:
		self.faults.clear()

	def _get_ledger(self, _item_id: str, _body: dict) -> dict:
		ledger = self.api.ledger
		told = {"served": list(ledger.served), "published": ledger.published}
		return told | {"failed": self.failed, "calls": self.calls, "reads": self.reads}

	def _get_changes(self, _item_id: str, _body: dict) -> dict:
		items = {shown(one): one for one in (*self.world.posts.values(), *self.world.dms.values())}
		published = {one["id"] for one in self.api.ledger.published}
		return {
			"hidden": [name for name, one in items.items() if getattr(one, "is_hidden", False)],
			"deleted": [name for name, one in items.items() if one.is_deleted],
			"blocked": sorted(self.world.blocked),
			"texts": {name: one.text for name, one in items.items() if name in published},
		}


def _billed(path: str, body: dict) -> dict:
	"""Every item of an answer is billed, whether it was handed out before or not."""
	data, beside = body.get("data") or [], body.get("includes") or {}
	items = [one["id"] for one in (data if isinstance(data, list) else [data]) if "id" in one]
	posts = [one["id"] for one in (*beside.get("tweets", ()), *beside.get("posts", ()))]
	return {
		"path": path,
		"items": items,
		"users": [one["id"] for one in beside.get("users", ())],
		"posts": posts,
	}


def _place_of(request: Request) -> str:
	"""The parameter by which the call goes on from a place; "" if it begins anew."""
	return next((name for name in PAGE_PARAMS if request.args.get(name)), "")


def _not_a_place(name: str, request: Request) -> dict:
	value = request.args[name]
	told = f"The '{name}' query parameter value [{value}] is not valid"
	return {
		"errors": [{"parameters": {name: [value]}, "message": told}],
		"title": "Invalid Request",
		"detail": "One or more parameters to your request was invalid.",
		"type": PROBLEMS + "invalid-request",
	}


def _json(body: dict, status: int = 200) -> Response:
	kind = "application/json" if status < 400 else "application/problem+json"
	return Response(json.dumps(body), status, content_type=f"{kind}; charset=utf-8")


def _spoiled(response: Response, effect: str) -> Response:
	if effect == "html_ok":
		response.set_data(HTML)
	if effect == "malformed":
		response.set_data(response.get_data()[:-9] or b"{")
	if effect == "truncated":
		response.set_data(response.get_data()[: len(response.get_data()) // 2])
	if effect in ("reordered", "repeated"):
		response.set_data(rearranged(response.get_data(), effect))
	if effect == "partial":
		response.set_data(json.dumps(_without_one_author(response.get_json())))
	return response


def _without_one_author(body: dict) -> dict:
	users = (body.get("includes") or {}).get("users") or []
	if not users:
		return body
	gone = users.pop(0)["id"]
	problem = {
		"value": gone,
		"resource_id": gone,
		"parameter": "author_id",
		"resource_type": "user",
		"section": "includes",
	}
	named = {
		"title": "Not Found Error",
		"detail": f"User {gone} not found.",
		"type": PROBLEMS + "resource-not-found",
	}
	return body | {"errors": [problem | named]}


def _hang_up(environ: dict) -> None:
	"""The caller never hears of it."""
	environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)


class _Quiet(WSGIRequestHandler):
	protocol_version = "HTTP/1.1"

	def send_response(self, code: int, message: str | None = None) -> None:
		"""Without the Date of our machine: the application sends that of its own clock."""
		self.send_response_only(code, message)

	def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
		"""Silent."""


def serve(now: datetime) -> None:
	server = make_server("127.0.0.1", 0, XNetwork(now), threaded=True, request_handler=_Quiet)
	print(json.dumps({"url": f"http://127.0.0.1:{server.server_port}"}), flush=True)
	server.serve_forever()


if __name__ == "__main__":
	parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
	parser.add_argument("--clock", required=True, type=datetime.fromisoformat)
	serve(parser.parse_args().clock)
