"""Calls to one account's server by the names of their methods. The server passes on what is for the network."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone

import requests

from social_service.channels.base import Connection
from social_service.channels.bluesky.errors import classify
from social_service.channels.bluesky.session import Session
from social_service.channels.errors import AuthFailed, AuthProblem, ChannelError, PayloadInvalid, Rejected
from social_service.channels.http import Answer, Http, host_of
from social_service.records import Rate
from social_service.sentence import _

Params = Sequence[tuple[str, str]]

DEFAULT = "https://bsky.social"
POST, GATE = "app.bsky.feed.post", "app.bsky.feed.threadgate"
BLOCK = "app.bsky.graph.block"


class Api:
	"""One account on one server. A session that has ended is renewed once for each call."""

	def __init__(self, connection: Connection) -> None:
		self.base = _address(connection.options.get("base_url", ""))
		self.host = host_of(self.base)
		self._http = Http(connection.http.session, self._classify)
		identifier = _handle(connection.options.get("identifier", ""))
		self.session = Session(self._http, connection.vault, self.base, self.host, identifier)

	def get(self, method: str, params: Params = ()) -> Answer:
		return self._call("GET", method, params=list(params))

	def record(self, method: str, params: Params = ()) -> Mapping:
		return self.required(self.get(method, params))

	def required(self, answer: Answer) -> Mapping:
		if not isinstance(answer.json, Mapping):
			raise self.unexpected(answer.json)
		return answer.json

	def post(self, method: str, body: Mapping) -> object:
		return self._call("POST", method, json_body=body).json

	def unexpected(self, told: object) -> PayloadInvalid:
		return PayloadInvalid(
			_("{0} did not answer as a Bluesky server does. Check the address.", self.host),
			raw=str(told)[:500],
		)

	def _call(self, method: str, name: str, **more: object) -> Answer:
		if not self.host:
			raise Rejected(
				"bad address", _("Enter the address of the account's server, for example {0}.", DEFAULT)
			)
		token = self.session.token()
		try:
			return self._once(method, name, token, more)
		except AuthFailed as error:
			if error.problem is not AuthProblem.EXPIRED:
				raise
		return self._once(method, name, self.session.renewed(token), more)

	def _once(self, method: str, name: str, token: str, more: Mapping[str, object]) -> Answer:
		headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
		return self._http.call(method, f"{self.base}/xrpc/{name}", headers=headers, **more)

	def _classify(self, response: requests.Response, body: object) -> ChannelError | None:
		bearer = str(response.request.headers.get("Authorization") or "").removeprefix("Bearer ")
		return classify(response, body, self.host, hidden=(bearer, self.session.password))


def rate_of(headers: Mapping[str, str]) -> Rate | None:
	left, reset = headers.get("RateLimit-Remaining", ""), headers.get("RateLimit-Reset", "")
	if not (left.isascii() and left.isdigit()):
		return None
	is_time = reset.isascii() and reset.isdigit() and len(reset) < 12
	return Rate(int(left), datetime.fromtimestamp(int(reset), timezone.utc) if is_time else None)


def _address(entered: str) -> str:
	text = entered.strip().rstrip("/") or DEFAULT
	return text if "://" in text else f"https://{text}"


def _handle(entered: str) -> str:
	"""The app copies handles with invisible marks of direction around them."""
	shown = "".join(one for one in entered if unicodedata.category(one) != "Cf")
	return shown.strip().removeprefix("@")
