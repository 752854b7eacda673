"""Calls to one forum, and what its refusals mean. Its refusals carry no codes that tell them apart, so status and method decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
from social_service.channels.http import READS, Answer, Http, host_of, wait_seconds
from social_service.sentence import _

Params = Sequence[tuple[str, str]]

LONGEST_QUOTE = 200  # characters of the forum's own words that we pass on


class Api:
	"""One account on one forum. Reads its key from the vault for every call and keeps it nowhere."""

	def __init__(self, connection: Connection) -> None:
		self._vault = connection.vault
		self._user = connection.options.get("api_username", "").strip().lstrip("@")
		self._http = Http(connection.http.session, self._classify)
		self.base = _address(connection.options.get("base_url", ""))
		self.host = host_of(self.base)

	def record(self, path: str, params: Params = ()) -> Mapping:
		"""Of an address that answers one thing."""
		answer = self._call("GET", path, params=list(params))
		if not isinstance(answer.json, Mapping):
			raise self.unexpected(answer.json)
		return answer.json

	def items(self, path: str, name: str, params: Params = ()) -> list:
		"""Of an address that answers a list under ``name``."""
		told = self.record(path, params).get(name)
		if not isinstance(told, list):
			raise self.unexpected(told)
		return told

	def post(self, path: str, body: Mapping) -> object:
		return self._call("POST", path, json_body=body).json

	def put(self, path: str, body: Mapping | None = None) -> None:
		self._call("PUT", path, json_body=body)

	def delete(self, path: str) -> None:
		self._call("DELETE", path)

	def unexpected(self, told: object) -> PayloadInvalid:
		return PayloadInvalid(
			_("{0} did not answer as a Discourse forum does. Check the address.", self.host),
			raw=str(told)[:500],
		)

	def unconfirmed(self) -> Ambiguous:
		return Ambiguous(_("{0} did not confirm our reply; we look whether it is there.", self.host))

	def _call(self, method: str, path: str, **more: object) -> Answer:
		if not self.host:
			raise Rejected(
				"bad address", _("Enter the address of the forum, for example https://forum.example.org.")
			)
		headers = {
			"Api-Key": self._vault.get("api_key"),
			"Api-Username": self._user,
			"Accept": "application/json",
		}
		return self._http.call(method, self.base + path, headers=headers, **more)

	def _classify(self, response: requests.Response, body: object) -> ChannelError | None:
		status, writes = response.status_code, response.request.method not in READS
		if status == 429:
			return Throttled(_wait(response, body), status=status)
		if status == 401 or (status == 403 and not writes):
			told = _(
				"{0} does not accept the API key for {1}. Make a new one for this user and enter it.",
				self.host,
				self._user,
			)
			return AuthFailed(AuthProblem.REVOKED, told, status=status)
		if not writes:
			return None
		if status == 403:
			told = _(
				"{0} does not let {1} answer here. The topic may be closed, or its category read-only.",
				self.host,
				self._user,
			)
			return Rejected("not allowed", told, status=status)
		if status in (404, 410):
			told = _("The post is no longer on {0}, so it can't be answered there.", self.host)
			return Rejected("gone", told, status=status)
		if 400 <= status < 500:
			told = _(
				"{0} does not take the reply: {1} Change the text and send it again.",
				self.host,
				self._told(body),
			)
			return Rejected("refused", told, status=status)
		return None

	def _told(self, body: object) -> str:
		errors = body.get("errors") if isinstance(body, Mapping) else None
		first = errors[0] if isinstance(errors, list) and errors else ""
		if not isinstance(first, str) or not first.strip():
			return "–"
		key = self._vault.get("api_key")
		told = first.replace(key, "…") if key else first
		return told.strip().rstrip(".")[:LONGEST_QUOTE] + "."


def _wait(response: requests.Response, body: object) -> float:
	extras = body.get("extras") if isinstance(body, Mapping) else None
	told = extras.get("wait_seconds") if isinstance(extras, Mapping) else None
	is_number = isinstance(told, (int, float)) and not isinstance(told, bool) and 0 < told < 86_400
	return float(told) if is_number else wait_seconds(response.headers)


def _address(entered: str) -> str:
	text = entered.strip().rstrip("/")
	return text if not text or "://" in text else f"https://{text}"
