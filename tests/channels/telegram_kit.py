"""Telegram's hooks for the contracts, and its payloads (invented people)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from social_service.channels.base import Stream
from social_service.channels.errors import (
	Ambiguous,
	AuthFailed,
	AuthProblem,
	PayloadInvalid,
	Rejected,
	Throttled,
)
from social_service.channels.telegram.driver import Telegram
from social_service.channels.telegram.updates import read_updates
from social_service.records import Account, Message
from tests.kit.driving import DriverKit, Failure

PAYLOADS = Path(__file__).parent.parent / "payloads" / "telegram"
TOKEN = "7001001001:AAE-very-secret-token_of_the_bot"
HOOK_SECRET = "hook-secret-4f1c"
OWN = Account("7001001001", "heimwerk_bot", "Heimwerk")
GROUP = -1001700000001
HOST = "https://network.example"
METHODS = f"{HOST}/bot{TOKEN}"


def payload(name: str) -> dict:
	return json.loads((PAYLOADS / f"{name}.json").read_text())


def parsed(name: str) -> Message:
	(message,), _unreadable = read_updates([payload(name)], OWN)
	return message


def refusal(status: int, words: str, **parameters: object) -> dict:
	return {"ok": False, "error_code": status, "description": words, "parameters": parameters}


class TelegramKit(DriverKit):
	channel_class = Telegram
	network_module = "social_service.rehearsal.telegram_network"
	secrets = MappingProxyType({"access_token": TOKEN, "webhook_secret": HOOK_SECRET})
	company = "heimwerk_bot"
	account = OWN
	stream = Stream("messages")
	longest = 4096
	pages_worth = 230
	write_path = "/sendMessage"
	lengths = (
		("hello", 5),
		("  hello\n", 5),
		("Grüße", 5),
		("😤", 2),
		("👨‍👩‍👧‍👦", 11),
		("https://heimwerk.example/a", 26),
	)
	read_failures = (
		Failure(401, refusal(401, "Unauthorized"), AuthFailed, {"problem": AuthProblem.REVOKED}),
		Failure(404, refusal(404, "Not Found"), AuthFailed, {"problem": AuthProblem.REVOKED}),
		Failure(429, refusal(429, "Too Many Requests", retry_after=9), Throttled, {"retry_after": 9.0}),
		Failure(429, refusal(429, "Too Many Requests", retry_after="x"), Throttled, {"retry_after": 60.0}),
		Failure(400, refusal(400, "Bad Request"), Rejected, {"reason": "refused"}),
		Failure(200, {"ok": False}, PayloadInvalid),
		Failure(200, {"ok": True}, PayloadInvalid),
		Failure(200, {"ok": True, "result": {}}, PayloadInvalid),
		Failure(200, {"ok": True, "result": ["?"]}, PayloadInvalid),
		Failure(200, [], PayloadInvalid),
	)
	write_failures = (
		Failure(401, refusal(401, "Unauthorized"), AuthFailed, {"problem": AuthProblem.REVOKED}),
		Failure(
			403, refusal(403, "Forbidden: bot was blocked by the user"), Rejected, {"reason": "shut out"}
		),
		Failure(400, refusal(400, "Bad Request: chat not found"), Rejected, {"reason": "refused"}),
		Failure(400, refusal(400, f"what is {TOKEN}"), Rejected, {"reason": "refused"}),
		Failure(400, "<html>", Rejected, {"reason": "refused"}),
		Failure(400, refusal(400, "upgraded", migrate_to_chat_id=-100170), Rejected, {"reason": "moved"}),
		Failure(429, refusal(429, "Too Many Requests", retry_after=40), Throttled, {"retry_after": 40.0}),
		Failure(200, {"ok": True, "result": True}, Ambiguous),
		Failure(200, {"ok": True, "result": {"message_id": 5}}, Ambiguous),
	)

	def options(self, url: str) -> dict[str, str]:
		return {"base_url": url}

	def external_id(self, number: int) -> str:
		return f"{GROUP}:{number}"

	def item(self, number: int, text: str) -> dict:
		update = payload("mention")
		update["message"] |= {"message_id": number, "text": text, "entities": []}
		return update | {"update_id": 200_000 + number}

	def answer(self, items: Sequence[object]) -> object:
		return {"ok": True, "result": list(items)}

	def broken_items(self) -> Mapping[str, object]:
		good = self.item(1002, "hello")
		changes = {"no author": {"from": None}, "no time": {"date": None}, "no id": {"message_id": None}}
		changes |= {
			"no chat": {"chat": None},
			"odd entities": {"entities": [7]},
			"a time of 1970": {"date": 0},
		}
		odd = {name: {**good, "message": {**good["message"], **change}} for name, change in changes.items()}
		return {**odd, "a text for a message": {**good, "message": "gone"}, "no update": "?"}
