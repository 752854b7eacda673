"""Discourse's hooks for the contracts, and its payloads (invented people)."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from social_service.channels.discourse.driver import Discourse
from social_service.channels.discourse.post import read_post
from social_service.channels.errors import (
	Ambiguous,
	AuthFailed,
	AuthProblem,
	PayloadInvalid,
	Rejected,
	Throttled,
)
from social_service.records import Account, Message
from social_service.rehearsal.discourse_network import HOOK_SECRET
from tests.kit.driving import DriverKit, Failure

PAYLOADS = Path(__file__).parent.parent / "payloads" / "discourse"
HOST = "https://network.example"
LIMITS = {"min_post_length": 20, "max_post_length": 32_000, "min_personal_message_post_length": 10}
OWN = Account("12", "heimwerk", "Heimwerk", limits=LIMITS | {"groups": ["support"]})


def payload(name: str) -> dict:
	return json.loads((PAYLOADS / f"{name}.json").read_text())


def listed(**changes: object) -> dict:
	"""A post as the lists tell it."""
	return payload("latest_posts")["latest_posts"][0] | changes


def parsed(is_private: bool = False, **changes: object) -> Message:
	return read_post(listed(**changes), OWN, HOST, is_private=is_private)


def denied(kind: str = "invalid_access") -> dict:
	return {"errors": ["You are not permitted to view the requested resource."], "error_type": kind}


def slow_down(seconds: object) -> dict:
	told = {"wait_seconds": seconds, "time_left": "a while"}
	return {"errors": ["You've done this too often."], "error_type": "rate_limit", "extras": told}


class DiscourseKit(DriverKit):
	channel_class = Discourse
	network_module = "social_service.rehearsal.discourse_network"
	secrets = MappingProxyType({"api_key": "key-3f9a1c-very-secret", "webhook_secret": HOOK_SECRET})
	account = OWN
	longest = 32_000
	pages_worth = 130
	write_path = "/posts.json"
	lengths = (
		("hello", 5),
		("  hello\n", 5),
		("Grüße 👨‍👩‍👧‍👦", 13),
		("see https://heimwerk.example/a", 30),
	)
	read_failures = (
		Failure(401, denied(), AuthFailed, {"problem": AuthProblem.REVOKED}),
		Failure(403, denied(), AuthFailed, {"problem": AuthProblem.REVOKED}),
		Failure(404, denied("not_found"), Rejected, {"reason": "gone"}),
		Failure(429, slow_down(23), Throttled, {"retry_after": 23.0}),
		Failure(429, slow_down("soon"), Throttled, {"retry_after": 9.0}, {"Retry-After": "9"}),
		Failure(200, {"latest_posts": {}}, PayloadInvalid),
		Failure(200, {"latest_posts": ["?"]}, PayloadInvalid),
		Failure(200, [], PayloadInvalid),
	)
	write_failures = (
		Failure(401, denied(), AuthFailed, {"problem": AuthProblem.REVOKED}),
		Failure(403, denied(), Rejected, {"reason": "not allowed"}),
		Failure(404, denied("not_found"), Rejected, {"reason": "gone"}),
		Failure(
			422,
			{"errors": ["Body is too similar to what you recently posted"]},
			Rejected,
			{"reason": "refused"},
		),
		Failure(422, {"errors": ["who sent key-3f9a1c-very-secret?"]}, Rejected, {"reason": "refused"}),
		Failure(422, "<html>", Rejected, {"reason": "refused"}),
		Failure(429, slow_down(40), Throttled, {"retry_after": 40.0}),
		Failure(200, {"action": "enqueued", "success": True}, Rejected, {"reason": "awaits approval"}),
		Failure(200, {"id": 7}, Ambiguous),
		Failure(200, [], Ambiguous),
	)

	def options(self, url: str) -> dict[str, str]:
		return {
			"base_url": url,
			"api_username": "heimwerk",
			"keywords": "drill\ncordless saw",
			"categories": "7",
		}

	def item(self, number: int, text: str) -> dict:
		said = html.escape(text).replace("\n\n", "</p>\n<p>").replace("\n", "<br>")
		named = (
			'<aside class="quote no-group" data-username="heimwerk" data-post="1" data-topic="31"></aside>'
		)
		return listed(
			id=number, cooked=f"{named}<p>{said}</p>", raw=text, created_at="2026-05-04T08:00:05.000Z"
		)

	def answer(self, items: Sequence[object]) -> object:
		return {"latest_posts": list(items)}

	def broken_items(self) -> Mapping[str, object]:
		good = self.item(1002, "hello")
		changes = {"no author": {"user_id": None}, "no time": {"created_at": None}, "no id": {"id": None}}
		changes |= {
			"no text": {"cooked": None},
			"no topic": {"topic_id": None},
			"no number": {"post_number": "x"},
		}
		return {**{name: {**good, **change} for name, change in changes.items()}, "no post": "?"}
