"""Calls to the Bot API, and what its refusals mean. The bot's token stands in every address, so no address is kept or told."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import quote

import requests

from social_service.channels.base import Connection
from social_service.channels.errors import (
	Ambiguous,
	AuthFailed,
	AuthProblem,
	ChannelError,
	PayloadInvalid,
	Rejected,
	Throttled,
)
from social_service.channels.http import READS, Answer, Http
from social_service.channels.waiting import LONGEST
from social_service.sentence import _

DEFAULT_ADDRESS = "https://api.telegram.org"
LONGEST_QUOTE = 200  # characters of Telegram's own words that we pass on

WRONG_TOKEN = _("Telegram does not know this bot's token. Get a new one from @BotFather and enter it.")
ANOTHER_PROGRAM = _(
	"Another program collects the messages of this bot. Stop it, or make a bot of its own for this channel."
)
SHUT_OUT = _(
	"Telegram does not let the bot write there: the person has blocked it, or the group does not let it speak."
	" Reach the customer another way."
)
MOVED = _("The group has become a new one on Telegram since. Answer there, in the app.")
# of refused changes the fixed beginning of the description is the only code there is
DETAILS = {
	"Bad Request: message to delete not found": "gone",
	"Bad Request: message to edit not found": "gone",
	"Bad Request: message is not modified": "same",
	"Bad Request: not enough rights": "no rights",
	"Bad Request: CHAT_ADMIN_REQUIRED": "no rights",
	"Bad Request: need administrator rights": "no rights",
	"Bad Request: message can't be deleted": "can't be changed",
	"Bad Request: message can't be edited": "can't be changed",
}
REASONS = {
	"gone": _("Telegram does not have this message any more."),
	"no rights": _(
		"The bot is no admin there, or lacks the right to do this. Give it the right in the group."
	),
	"can't be changed": _(
		"Telegram does not let the bot change this message: it is too old, or the bot lacks the right to."
	),
}


class Api:
	"""One bot. Reads its token from the vault for every call and keeps it nowhere."""

	def __init__(self, connection: Connection) -> None:
		self._vault = connection.vault
		self._http = Http(connection.http.session, self._classify)
		entered = connection.options.get("base_url", "").strip().rstrip("/") or DEFAULT_ADDRESS
		self._base = entered if "://" in entered else f"https://{entered}"

	def read(self, name: str, **params: object) -> object:
		"""Parameters stand in the query, each written as JSON."""
		asked = {key: json.dumps(value) for key, value in params.items()}
		answer = self._call("GET", name, params=asked)
		if not _is_result(answer.json):
			raise unexpected(str(answer.json))
		return answer.json["result"]

	def write(self, name: str, body: Mapping[str, object]) -> object:
		answer = self._call("POST", name, json_body=body)
		if not _is_result(answer.json):
			raise unconfirmed()
		return answer.json["result"]

	def _call(self, method: str, name: str, **more: object) -> Answer:
		token = quote(self._vault.get("access_token").strip(), safe=":")
		return self._http.call(method, f"{self._base}/bot{token}/{name}", **more)

	def _classify(self, response: requests.Response, body: object) -> ChannelError | None:
		"""Telegram numbers its refusals by HTTP status and no finer: the rest is words."""
		told = body if isinstance(body, Mapping) else {}
		status, writes = response.status_code, response.request.method not in READS
		more = told.get("parameters")
		parameters = more if isinstance(more, Mapping) else {}
		if status == 429 and isinstance(parameters.get("retry_after"), (int, float)):
			return Throttled(min(parameters["retry_after"], LONGEST))
		if status in (401, 404):  # 404 for what does not even look like a token
			return AuthFailed(AuthProblem.REVOKED, WRONG_TOKEN, status=status)
		if status == 409:
			return Rejected("conflict", ANOTHER_PROGRAM, status=status)
		if status == 403 and writes:
			return Rejected("shut out", SHUT_OUT, status=status)
		if status == 400 and writes:
			return self._not_taken(told, parameters)
		return None

	def _not_taken(self, told: Mapping, parameters: Mapping) -> ChannelError:
		if parameters.get("migrate_to_chat_id"):
			return Rejected("moved", MOVED, status=400)
		words = str(told.get("description") or "")
		reason = next((DETAILS[one] for one in DETAILS if words.startswith(one)), "refused")
		if reason == "no rights":
			return AuthFailed(AuthProblem.PERMISSION, REASONS[reason], permission="admin", status=400)
		sentence = REASONS.get(reason) or _("Telegram does not take this: {0}", self._said(told))
		return Rejected(reason, sentence, status=400)

	def _said(self, told: Mapping) -> str:
		words = str(told.get("description") or "it does not say why")
		secret = self._vault.get("access_token").strip()
		return (words.replace(secret, "…") if secret else words)[:LONGEST_QUOTE].rstrip(" .!?") + "."


def _is_result(body: object) -> bool:
	return isinstance(body, Mapping) and body.get("ok") is True and "result" in body


def unexpected(raw: str) -> PayloadInvalid:
	sentence = _("This is not how Telegram answers. Check the address, or leave it empty.")
	return PayloadInvalid(sentence, raw=raw[:500])


def unconfirmed() -> Ambiguous:
	return Ambiguous(_("Telegram did not say whether it took the reply. Look into the chat there."))
