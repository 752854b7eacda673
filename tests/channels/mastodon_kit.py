"""Mastodon's hooks for the contracts, and its recorded payloads (invented people)."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from social_service.channels.errors import (
	Ambiguous,
	AuthFailed,
	AuthProblem,
	PayloadInvalid,
	Rejected,
	Throttled,
)
from social_service.channels.mastodon.driver import Mastodon
from social_service.channels.mastodon.status import parse_status
from social_service.records import Account, Message
from tests.kit.driving import DriverKit, Failure

PAYLOADS = Path(__file__).parent.parent / "payloads" / "mastodon"
OWN_ID = "109001"
LIMITS = {
	"max_characters": 500,
	"characters_reserved_per_url": 23,
	"domain": "fedi.example",
	"may_write": True,
}
HOST = "https://network.example"


def payload(name: str) -> dict:
	return json.loads((PAYLOADS / f"{name}.json").read_text())


def parsed(name: str) -> Message:
	return parse_status(payload(name), OWN_ID)


class MastodonKit(DriverKit):
	channel_class = Mastodon
	network_module = "social_service.rehearsal.mastodon_network"
	secrets = MappingProxyType({"access_token": "tok-3f9a1c-very-secret"})
	account = Account(OWN_ID, "heimwerk", "Heimwerk", limits=LIMITS)
	longest = 500
	has_key = True
	write_path = "/api/v1/statuses"
	lengths = (
		("hello", 5),
		("  hello\n", 5),
		("Grüße 👨‍👩‍👧‍👦🇩🇪é", 9),
		("see https://heimwerk.de/" + "a" * 80, 4 + 23),
		("(https://heimwerk.de/a).", 1 + 23 + 2),
		("http://a.de https://b.de", 23 + 1 + 23),
		("@jonas@werkstatt.example hi", 6 + 3),
		("mail service@heimwerk.example", 29),
		("heimwerk.example", 16),
	)
	read_failures = (
		Failure(401, {"error": "The access token is invalid"}, AuthFailed, {"problem": AuthProblem.REVOKED}),
		Failure(403, {"error": "outside the authorized scopes"}, AuthFailed, {"permission": "read"}),
		Failure(404, {"error": "Record not found"}, Rejected, {"reason": "gone"}),
		Failure(410, "", Rejected, {"reason": "gone"}),
		Failure(200, {"error": "no list"}, PayloadInvalid),
		Failure(200, [{"no": "id"}], PayloadInvalid),
		Failure(
			429,
			{"error": "Too many requests"},
			Throttled,
			{"retry_after": 90.0},
			{"X-RateLimit-Reset": "2026-05-04T08:01:30.000000Z", "Date": "Mon, 04 May 2026 08:00:00 GMT"},
		),
		Failure(
			429,
			"",
			Throttled,
			{"retry_after": 90.0},
			{"X-RateLimit-Reset": "1777881690", "Date": "Mon, 04 May 2026 08:00:00 GMT"},
		),
	)
	write_failures = (
		Failure(401, {"error": "The access token is invalid"}, AuthFailed, {"problem": AuthProblem.REVOKED}),
		Failure(403, {"error": "This action is not allowed"}, Rejected, {"reason": "not allowed"}),
		Failure(404, {"error": "Record not found"}, Rejected, {"reason": "gone"}),
		Failure(410, "", Rejected, {"reason": "gone"}),
		Failure(422, {"error": "Validation failed: Text is too long"}, Rejected, {"reason": "refused"}),
		Failure(400, {"error": "Bad Request: too long"}, Rejected, {"reason": "refused"}),  # GoToSocial
		Failure(422, {"error": "who sent tok-3f9a1c-very-secret?"}, Rejected, {"reason": "refused"}),
		Failure(422, "<html>", Rejected, {"reason": "refused"}),
		Failure(200, {"id": "1"}, Ambiguous),
		Failure(200, [], Ambiguous),
	)

	def options(self, url: str) -> dict[str, str]:
		return {"base_url": url, "hashtags": "#Heimwerk\nheimwerken"}

	def item(self, number: int, text: str) -> dict:
		status = payload("mention")
		content = html.escape(text).replace("\n\n", "</p><p>").replace("\n", "<br>")
		status |= {"id": str(number), "content": f"<p>{content}</p>", "media_attachments": []}
		return {
			"id": str(number + 5000),
			"type": "mention",
			"created_at": status["created_at"],
			"status": status,
		}

	def answer(self, items: Sequence[object]) -> object:
		return list(items)

	def broken_items(self) -> Mapping[str, object]:
		good = self.item(1002, "hello")
		changes = {"no author": {"account": None}, "no time": {"created_at": None}, "no id": {"id": None}}
		changes |= {"odd media": {"media_attachments": [7]}, "odd mentions": {"mentions": "x"}}
		odd = {name: {**good, "status": {**good["status"], **change}} for name, change in changes.items()}
		return {**odd, "a text for a status": {**good, "status": "gone"}, "no notification": "?"}
