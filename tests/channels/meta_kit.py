"""What the tests of Facebook and Instagram share: Meta's refusals, its times, and its signature."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence

from social_service.channels.errors import (
	Ambiguous,
	AuthFailed,
	AuthProblem,
	PayloadInvalid,
	Rejected,
	Throttled,
	Unavailable,
)
from social_service.rehearsal.meta_graph import APP_SECRET
from tests.kit.driving import DriverKit, Failure

TOKEN, VERIFY = "EAAtok-3f9a1c-very-secret", "verify-5ecret-77"
SPENT = {
	"X-Business-Use-Case-Usage": json.dumps(
		{"1": [{"call_count": 100, "estimated_time_to_regain_access": 7}]}
	)
}


def error(code: int, subcode: int = 0, **more: object) -> dict:
	told = {"message": f"(#{code}) Something", "type": "OAuthException", "code": code, "fbtrace_id": "A1"}
	return {"error": told | ({"error_subcode": subcode} if subcode else {}) | more}


BOTH_WAYS = (
	Failure(400, error(190, 463), AuthFailed, {"problem": AuthProblem.EXPIRED}),
	Failure(400, error(190, 467), AuthFailed, {"problem": AuthProblem.EXPIRED}),
	Failure(400, error(102), AuthFailed, {"problem": AuthProblem.EXPIRED}),
	Failure(400, error(190), AuthFailed, {"problem": AuthProblem.REVOKED}),
	Failure(400, error(190, 458), AuthFailed, {"problem": AuthProblem.REVOKED}),
	Failure(400, error(190, 459), AuthFailed, {"problem": AuthProblem.REVOKED}),
	Failure(400, error(190, 460), AuthFailed, {"problem": AuthProblem.REVOKED}),
	Failure(400, error(190, 492), AuthFailed, {"problem": AuthProblem.REVOKED}),
	Failure(401, error(190), AuthFailed, {"problem": AuthProblem.REVOKED}),
	Failure(400, error(32), Throttled, {"retry_after": 420.0}, SPENT),
	Failure(403, error(4), Throttled, {"retry_after": 60.0}),
	Failure(400, error(17), Throttled),
	Failure(400, error(613), Throttled),
	Failure(400, error(80001), Throttled, {"retry_after": 420.0}, SPENT),
	Failure(400, error(80006), Throttled),
	Failure(400, error(368), Rejected, {"reason": "policy"}),
	Failure(400, error(100, 33), Rejected, {"reason": "gone"}),
	Failure(400, error(803), Rejected, {"reason": "gone"}),
	Failure(400, error(100), Rejected, {"reason": "refused"}),
)
READS = (
	*BOTH_WAYS,
	Failure(500, error(1), Unavailable),
	Failure(400, error(2), Unavailable),
	Failure(400, error(999, is_transient=True), Unavailable),
	Failure(200, error(2), Unavailable),
	Failure(200, {"data": None}, PayloadInvalid),
	Failure(200, [], PayloadInvalid),
	Failure(400, {"error": "a text"}, Rejected, {"reason": "refused"}),
)
WRITES = (
	*BOTH_WAYS,
	Failure(500, error(1), Ambiguous),
	Failure(400, error(2), Ambiguous),
	Failure(400, error(999, is_transient=True), Ambiguous),
	Failure(400, error(506), Rejected, {"reason": "duplicate"}),
	Failure(400, error(551), Rejected, {"reason": "no person"}),
	Failure(400, error(10900), Rejected, {"reason": "answered already"}),
	Failure(400, error(10, 2018278), Rejected, {"reason": "window closed"}),
	Failure(200, {"success": True}, Ambiguous),
	Failure(200, [], Ambiguous),
)


def lacking(permission: str) -> tuple[Failure, ...]:
	told = {"problem": AuthProblem.PERMISSION, "permission": permission}
	return tuple(
		Failure(status, error(code), AuthFailed, told) for status, code in ((400, 10), (403, 200), (400, 283))
	)


class MetaKit(DriverKit):
	secrets: Mapping[str, str] = {"access_token": TOKEN, "app_secret": APP_SECRET, "verify_token": VERIFY}
	signature_header = "X-Hub-Signature-256"
	pages_worth = 230

	def options(self, url: str) -> dict[str, str]:
		return {"base_url": url}

	def answer(self, items: Sequence[object]) -> object:
		return {"data": list(items), "paging": {"cursors": {"before": "QVFI", "after": "QVFIend"}}}

	def signed(self, body: bytes) -> Mapping[str, str]:
		digest = hmac.new(APP_SECRET.encode(), body, hashlib.sha256).hexdigest()
		return {self.signature_header: f"sha256={digest}", "Content-Type": "application/json"}
