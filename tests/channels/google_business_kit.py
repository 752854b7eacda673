"""Google Business Profile's hooks for the contracts, and its payloads (invented people)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from social_service.channels.base import Stream
from social_service.channels.errors import (
	Ambiguous,
	AuthFailed,
	AuthProblem,
	PayloadInvalid,
	Rejected,
	Throttled,
)
from social_service.channels.google_business.driver import GoogleBusiness
from social_service.records import Account
from tests.channels.google_kit import DATE, TO_MIDNIGHT, GoogleKit, refusal
from tests.kit.driving import Failure

PAYLOADS = Path(__file__).parent.parent / "payloads" / "google_business"
PLACE = "locations/201"
BERLIN = {
	"name": PLACE,
	"account": "accounts/101",
	"title": "Heimwerk, Berlin",
	"url": "https://maps.google.com/?cid=201",
}
POTSDAM = {**BERLIN, "name": "locations/202", "title": "Heimwerk, Potsdam", "url": ""}


def payload(name: str) -> dict:
	return json.loads((PAYLOADS / f"{name}.json").read_text())


class GoogleBusinessKit(GoogleKit):
	channel_class = GoogleBusiness
	network_module = "social_service.rehearsal.google_business_network"
	account = Account("accounts/101", "heimwerk", "Heimwerk", limits={"locations": [BERLIN, POTSDAM]})
	stream = Stream(f"reviews:{PLACE}")
	longest = 4096
	pages_worth = 120
	write_path = "/reply"
	write_method = "PUT"
	has_key = True
	lengths = (("hello", 5), ("  hello\n", 5), ("Grüße", 7), ("😤", 4))
	read_failures = (
		Failure(403, refusal(403, "PERMISSION_DENIED"), AuthFailed, {"permission": "forbidden"}),
		Failure(
			403, refusal(403, "PERMISSION_DENIED", "SERVICE_DISABLED"), AuthFailed, {"permission": "disabled"}
		),
		Failure(
			403,
			refusal(403, "PERMISSION_DENIED", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"),
			AuthFailed,
			{"permission": "scope", "problem": AuthProblem.PERMISSION},
		),
		Failure(
			429,
			refusal(429, "RESOURCE_EXHAUSTED", "RATE_LIMIT_EXCEEDED", quota_limit_value="0"),
			AuthFailed,
			{"permission": "not approved"},
		),
		Failure(
			429,
			refusal(429, "RESOURCE_EXHAUSTED", "RATE_LIMIT_EXCEEDED", quota_limit="ReadsPerDayPerProject"),
			Throttled,
			TO_MIDNIGHT,
			DATE,
		),
		Failure(
			429, refusal(429, "RESOURCE_EXHAUSTED", "RATE_LIMIT_EXCEEDED"), Throttled, {"retry_after": 60.0}
		),
		Failure(
			429,
			{"error": {"status": "RESOURCE_EXHAUSTED", "details": [{"retryDelay": "7.5s"}, "?"]}},
			Throttled,
			{"retry_after": 7.5},
		),
		Failure(404, refusal(404, "NOT_FOUND"), Rejected, {"reason": "gone"}),
		Failure(400, refusal(400, "INVALID_ARGUMENT"), Rejected, {"reason": "refused"}),
		Failure(200, {"reviews": {}, "x": 1}, PayloadInvalid),
		Failure(200, {"error": "none"}, PayloadInvalid),
		Failure(200, [], PayloadInvalid),
	)
	write_failures = (
		Failure(400, refusal(400, "FAILED_PRECONDITION"), Rejected, {"reason": "refused"}),
		Failure(400, "<html>", Rejected, {"reason": "refused"}),
		Failure(403, refusal(403, "PERMISSION_DENIED"), Rejected, {"reason": "refused"}),
		Failure(
			403, refusal(403, "PERMISSION_DENIED", "SERVICE_DISABLED"), AuthFailed, {"permission": "disabled"}
		),
		Failure(404, refusal(404, "NOT_FOUND"), Rejected, {"reason": "gone"}),
		Failure(200, {"comment": "Thank you"}, Ambiguous),
		Failure(200, {"updateTime": "soon"}, Ambiguous),
		Failure(200, [], Ambiguous),
	)

	def external_id(self, number: int) -> str:
		return f"{PLACE}/reviews/AbF{number}"

	def item(self, number: int, text: str) -> dict:
		review = payload("review")
		name = f"accounts/101/{self.external_id(number)}"
		return review | {"name": name, "comment": text, "starRating": "STAR_RATING_UNSPECIFIED"}

	def answer(self, items: Sequence[object]) -> object:
		return {"reviews": list(items), "averageRating": 3.4, "totalReviewCount": 9} if items else {}

	def broken_items(self) -> Mapping[str, object]:
		good = self.item(1002, "hello")
		changes = {
			"no author": {"reviewer": None},
			"no time": {"createTime": None},
			"no change": {"updateTime": 0},
		}
		changes |= {"no name": {"name": None}, "a name of something else": {"name": "accounts/101"}}
		return {**{name: {**good, **change} for name, change in changes.items()}, "a text": "gone"}
