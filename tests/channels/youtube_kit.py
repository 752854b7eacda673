"""YouTube's hooks for the contracts, and its payloads (invented people)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from social_service.channels.base import Stream
from social_service.channels.errors import Ambiguous, AuthFailed, PayloadInvalid, Rejected, Throttled
from social_service.channels.youtube.driver import YouTube
from social_service.records import Account
from tests.channels.google_kit import DATE, TO_MIDNIGHT, GoogleKit, old_refusal
from tests.kit.driving import Failure

PAYLOADS = Path(__file__).parent.parent / "payloads" / "youtube"
OWN = Account("UCheimwerk0001", "heimwerk", "Heimwerk")


def payload(name: str) -> dict:
	return json.loads((PAYLOADS / f"{name}.json").read_text())


class YouTubeKit(GoogleKit):
	channel_class = YouTube
	network_module = "social_service.rehearsal.youtube_network"
	account = OWN
	stream = Stream("comments")
	longest = 10_000
	pages_worth = 230
	write_path = "/comments"
	lengths = (("hello", 5), ("  hello\n", 5), ("Grüße", 5), ("😤", 1))
	read_failures = (
		Failure(403, old_refusal(403, "quotaExceeded"), Throttled, TO_MIDNIGHT, DATE),
		Failure(403, old_refusal(403, "dailyLimitExceeded", "usageLimits"), Throttled, TO_MIDNIGHT, DATE),
		Failure(403, old_refusal(403, "rateLimitExceeded", "usageLimits"), Throttled, {"retry_after": 60.0}),
		Failure(403, old_refusal(403, "forbidden"), AuthFailed, {"permission": "forbidden"}),
		Failure(403, old_refusal(403, "insufficientPermissions"), AuthFailed, {"permission": "scope"}),
		Failure(403, old_refusal(403, "accessNotConfigured"), AuthFailed, {"permission": "disabled"}),
		Failure(403, old_refusal(403, "youtubeSignupRequired"), AuthFailed, {"permission": "no channel"}),
		Failure(403, old_refusal(403, "commentsDisabled"), Rejected, {"reason": "closed"}),
		Failure(404, old_refusal(404, "channelNotFound"), Rejected, {"reason": "gone"}),
		Failure(400, old_refusal(400, "processingFailure"), Rejected, {"reason": "refused"}),
		Failure(200, {"items": {}}, PayloadInvalid),
		Failure(200, {}, PayloadInvalid),
		Failure(200, [], PayloadInvalid),
	)
	write_failures = (
		Failure(403, old_refusal(403, "quotaExceeded"), Throttled, TO_MIDNIGHT, DATE),
		Failure(403, old_refusal(403, "forbidden"), Rejected, {"reason": "refused", "code": "forbidden"}),
		Failure(403, old_refusal(403, "ineligibleAccount"), AuthFailed, {"permission": "no channel"}),
		Failure(400, old_refusal(400, "parentCommentIsPrivate"), Rejected, {"reason": "closed"}),
		Failure(400, old_refusal(400, "commentTextTooLong"), Rejected, {"reason": "too long"}),
		Failure(404, old_refusal(404, "parentCommentNotFound"), Rejected, {"reason": "gone"}),
		Failure(400, "<html>", Rejected, {"reason": "refused"}),
		Failure(400, {"error": "odd", "x": [1]}, Rejected, {"reason": "refused"}),
		Failure(200, {"id": "Ugx1.9abc"}, Ambiguous),
		Failure(200, {"id": "Ugx1.9abc", "snippet": {"publishedAt": "soon"}}, Ambiguous),
		Failure(200, [], Ambiguous),
	)

	def external_id(self, number: int) -> str:
		return f"Ugx{number}AaABAg"

	def item(self, number: int, text: str) -> dict:
		thread = payload("thread")
		top = thread["snippet"]["topLevelComment"]
		top["snippet"]["textDisplay"] = text
		thread["id"] = top["id"] = self.external_id(number)
		return thread

	def answer(self, items: Sequence[object]) -> object:
		return {"kind": "youtube#commentThreadListResponse", "items": list(items)}

	def broken_items(self) -> Mapping[str, object]:
		changes = {
			"no author": {"authorDisplayName": None, "authorChannelId": 7},
			"no time": {"publishedAt": None},
		}
		changes |= {"no text": {"textDisplay": None}, "an odd change": {"updatedAt": "soon"}}
		odd = {name: self.changed(**change) for name, change in changes.items()}
		nameless = self.item(1002, "hello")
		nameless["snippet"]["topLevelComment"]["id"] = nameless["id"] = None
		return {**odd, "no id": nameless, "no comment": {"id": "Ugx1", "snippet": {}}, "a text": "gone"}

	def changed(self, **changes: object) -> dict:
		thread = self.item(1002, "hello")
		thread["snippet"]["topLevelComment"]["snippet"] |= changes
		return thread
