"""The driver of X keeps the contracts, in both spellings of its fields."""

from __future__ import annotations

from social_service.channels.errors import (
	AuthFailed,
	AuthProblem,
	Rejected,
	Throttled,
	Unavailable,
)
from tests.channels.x_kit import US, XKit, problem
from tests.kit.channel_contract import ChannelContract, SendContract
from tests.kit.driving import NOW, Failure

RESET = {"x-rate-limit-reset": str(int(NOW.timestamp()) + 321), "Date": "Mon, 04 May 2026 08:00:00 GMT"}

DAY_IS_SPENT = {
	"x-user-limit-24hour-remaining": "0",
	"x-user-limit-24hour-reset": str(int(NOW.timestamp()) + 7200),
}


class TestX(XKit, ChannelContract, SendContract):
	longest = 280
	write_path = "/2/tweets"
	private_link = f"https://x.com/messages/compose?recipient_id={US.external_id}"
	lengths = (
		("drill", 5),
		("日本", 4),
		("https://example.com/" + "a" * 300, 23),
		("👨‍👩‍👧‍👦", 2),
		("x" * 280, 280),
	)
	read_failures = (
		Failure(401, problem("expired"), AuthFailed, {"problem": AuthProblem.EXPIRED}),
		Failure(402, problem("credits_depleted"), AuthFailed, {"permission": "credits"}),
		Failure(403, problem("missing_scope"), AuthFailed, {"permission": "tweet.read"}),
		Failure(403, problem("client_forbidden"), AuthFailed, {"permission": "client-forbidden"}),
		Failure(403, problem("locked_by_code"), Rejected, {"reason": "suspended"}),
		Failure(429, problem("usage_capped"), AuthFailed, {"permission": "credits"}),
		Failure(429, problem("throttled"), Throttled, {"retry_after": 321.0}, RESET),
		Failure(400, problem("bad_query"), Rejected, {"reason": "bad query"}),
		Failure(400, {"detail": "Strange {0} thing"}, Rejected, {"reason": "invalid"}),
		Failure(404, problem("not_found"), Rejected, {"reason": "gone"}),
		Failure(500, problem("throttled"), Unavailable),
	)
	write_failures = (
		Failure(401, problem("expired"), AuthFailed, {"problem": AuthProblem.EXPIRED}),
		Failure(402, "", AuthFailed, {"permission": "credits"}),
		Failure(403, problem("not_summoned"), Rejected, {"reason": "not summoned"}),
		Failure(403, problem("duplicate"), Rejected, {"reason": "duplicate"}),
		Failure(403, problem("gone"), Rejected, {"reason": "gone"}),
		Failure(403, problem("too_long"), Rejected, {"reason": "too long"}),
		Failure(403, problem("missing_scope"), AuthFailed, {"permission": "tweet.write"}),
		Failure(403, problem("other"), Rejected, {"reason": "refused"}),
		Failure(403, problem("usage_capped"), AuthFailed, {"permission": "credits"}),
		Failure(429, problem("throttled"), Throttled, {"retry_after": 321.0}, RESET),
		Failure(429, problem("throttled"), Throttled, {"retry_after": 7200.0}, RESET | DAY_IS_SPENT),
	)

	def item(self, number: int, text: str) -> dict:
		written = f"{text}".replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
		named = {"mentions": [{"start": 0, "end": 9, "username": "heimwerk", "id": US.external_id}]}
		return {
			"id": str(number),
			"text": written[:280],
			"note_tweet": {"text": written},
			"author_id": "700100200301",
			"created_at": "2026-05-04T08:00:00.000Z",
			"entities": named,
		}

	def answer(self, items) -> dict:
		users = [{"id": "700100200301", "username": "erika_m", "name": "Erika M."}]
		return {"data": items, "includes": {"users": users}, "meta": {"result_count": len(items)}}

	def broken_items(self) -> dict[str, object]:
		whole = self.item(1002, "broken")
		without = {
			name: {key: whole[key] for key in whole if key != name} for name in ("author_id", "created_at")
		}
		strange = {"note_tweet": [], "entities": [1], "text": None}
		broken = {name: whole | {"note_tweet": None, name: value} for name, value in strange.items() if value}
		return (
			without
			| broken
			| {"its author is missing": whole | {"author_id": "1"}, "no time": whole | {"created_at": "soon"}}
		)


class TestXInTheNewSpelling(TestX):
	"""The same contract, asking for ``post.fields``."""

	spelling = "post"
