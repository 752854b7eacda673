"""Bluesky's hooks for the contracts, and its payloads (invented people)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType

import responses

from social_service.channels.base import Connection
from social_service.channels.bluesky.driver import Bluesky
from social_service.channels.bluesky.post import read_post
from social_service.channels.bluesky.session import ACCESS, REFRESH, SESSION_OF
from social_service.channels.errors import (
	Ambiguous,
	AuthFailed,
	AuthProblem,
	PayloadInvalid,
	Rejected,
	Throttled,
	Unavailable,
)
from social_service.records import Account, Message, Outgoing
from tests.kit.driving import ANYWHERE, NOW, DriverKit, Failure, KitVault

PAYLOADS = Path(__file__).parent.parent / "payloads" / "bluesky"
HOST = "https://network.example"
OWN_ID = "did:plc:heimwerk234567abcdefghij"
OWN = Account(OWN_ID, "heimwerk.example", "Heimwerk")
ERIKA = "did:plc:erika2345abcdefghijklmno"
SERVER = {"did": "did:web:network.example", "availableUserDomains": [".example"]}
SESSION = {ACCESS: "acc-91b7-very-secret", REFRESH: "ref-5c20-very-secret"}


def payload(name: str) -> dict:
	return json.loads((PAYLOADS / f"{name}.json").read_text())


def parsed(name: str) -> Message:
	return read_post(payload(name), OWN)


def xrpc(method: str) -> re.Pattern:
	return re.compile(rf"{re.escape(HOST)}/xrpc/{re.escape(method)}(\?.*)?$")


def open_thread() -> dict:
	return {"thread": {"post": payload("post_view") | {"viewer": {}}, "replies": []}}


class BlueskyKit(DriverKit):
	channel_class = Bluesky
	network_module = "social_service.rehearsal.bluesky_network"
	secrets = MappingProxyType({"app_password": "abcd-efgh-very-secret"})
	company = "heimwerk.example"
	account = OWN
	longest = 300
	pages_worth = 230
	has_key = True
	write_path = "putRecord"
	lengths = (
		("hello", 5),
		("  hello\n", 5),
		("Grüße 🇩🇪é", 8),
		("see https://heimwerk.example/a", 30),
	)
	read_failures = (
		Failure(400, {"error": "ExpiredToken"}, AuthFailed, {"problem": AuthProblem.EXPIRED}),
		Failure(400, {"error": "InvalidToken"}, AuthFailed, {"problem": AuthProblem.EXPIRED}),
		Failure(401, {"error": "AuthMissing"}, AuthFailed, {"problem": AuthProblem.REVOKED}),
		Failure(401, "", AuthFailed, {"problem": AuthProblem.REVOKED}),
		Failure(400, {"error": "AccountDeactivated"}, AuthFailed, {"problem": AuthProblem.REVOKED}),
		Failure(401, {"error": "AccountTakedown"}, AuthFailed, {"code": "AccountTakedown"}),
		Failure(403, {"error": "Forbidden"}, AuthFailed, {"problem": AuthProblem.PERMISSION}),
		Failure(400, {"error": "NotFound"}, Rejected, {"reason": "gone"}),
		Failure(404, {"error": "XRPCNotSupported"}, Rejected, {"reason": "not bluesky"}),
		Failure(404, "<html>", Rejected, {"reason": "not bluesky"}),
		Failure(400, {"error": "InvalidRequest", "message": "no"}, Rejected, {"reason": "refused"}),
		Failure(200, {"notifications": {}}, PayloadInvalid),
		Failure(200, [], PayloadInvalid),
		Failure(
			429,
			{"error": "RateLimitExceeded"},
			Throttled,
			{"retry_after": 90.0},
			{"RateLimit-Reset": "1777881690", "Date": "Mon, 04 May 2026 08:00:00 GMT"},
		),
	)
	write_failures = (
		Failure(400, {"error": "ExpiredToken"}, AuthFailed, {"problem": AuthProblem.EXPIRED}),
		Failure(401, {"error": "AuthMissing"}, AuthFailed, {"problem": AuthProblem.REVOKED}),
		Failure(400, {"error": "InvalidRequest", "message": "too big"}, Rejected, {"reason": "refused"}),
		Failure(400, {"error": "InvalidRequest", "message": f"who sent {SESSION[ACCESS]}?"}, Rejected),
		Failure(400, "<html>", Rejected, {"reason": "refused"}),
		Failure(400, {"error": "InvalidSwap"}, Unavailable),
		Failure(413, "", Rejected, {"reason": "refused"}),
		Failure(403, "", AuthFailed, {"problem": AuthProblem.PERMISSION}),
		Failure(200, {"cid": "bafy"}, Ambiguous),
		Failure(200, {"uri": "at://somewhere"}, Ambiguous),
		Failure(200, [], Ambiguous),
	)

	def options(self, url: str) -> dict[str, str]:
		return {
			"base_url": url,
			"identifier": "@heimwerk.example",
			"keywords": "drill\ncordless saw",
			"hashtags": "#Heimwerk",
		}

	def connection(self, url: str, account: Account | None, *, internal: Sequence[str] = ()) -> Connection:
		"""As on a site the session outlives the job that made it. Without a network there is one already."""
		kept = self.__dict__.setdefault("vaults", {})
		if url not in kept:
			kept[url] = KitVault(self.secrets)
		connection = replace(super().connection(url, account, internal=internal), vault=kept[url])
		if url == HOST:
			driver = self.channel_class(connection)
			kept[url].secrets |= {**SESSION, SESSION_OF: driver.api.session.credentials}
		return connection

	@contextmanager
	def answering(
		self, method: str, status: int, body: str, headers: Mapping[str, str] = {}
	) -> Iterator[None]:
		"""The session can be renewed, and before an answer the thread says that it is open."""
		with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
			mock.post(xrpc("com.atproto.server.refreshSession"), json=payload("session"))
			if method == "POST":
				mock.get(xrpc("app.bsky.feed.getPostThread"), json=open_thread())
			mock.add(method, ANYWHERE, body=body, status=status, headers=dict(headers))
			yield

	def external_id(self, number: int) -> str:
		return f"at://{ERIKA}/app.bsky.feed.post/{number}"

	def item(self, number: int, text: str) -> dict:
		at = (NOW + timedelta(seconds=number % 100_000 - 1000)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
		told = payload("mention") | {"uri": self.external_id(number), "indexedAt": at}
		facets = [told["record"]["facets"][0]]
		return told | {"record": told["record"] | {"text": text, "createdAt": at, "facets": facets}}

	def answer(self, items: Sequence[object]) -> object:
		return {"notifications": list(items), "seenAt": "2026-05-04T07:00:00.000Z"}

	def broken_items(self) -> Mapping[str, object]:
		good = self.item(1002, "hello")
		changes = {"no author": {"author": None}, "no id": {"uri": None}, "no cid": {"cid": None}}
		changes |= {
			"no record": {"record": None},
			"a list for a post": {"uri": "at://x/app.bsky.graph.list/1"},
		}
		records = {
			"no time": {"createdAt": None},
			"no text": {"text": None},
			"odd reply": {"reply": {"parent": 7}},
		}
		odd = {name: {**good, **change} for name, change in changes.items()}
		odd |= {name: {**good, "record": {**good["record"], **change}} for name, change in records.items()}
		return {**odd, "no post": "?"}

	def answered(self, message: Message, text: str = "We look into it.") -> Outgoing:
		return replace(self.reply(text), to=message, started_at=NOW)
