"""Calls to one Mastodon server, and what its refusals mean.

Its error bodies carry no codes, only words in its own language: status, method and what `check` learned of the token's
permissions decide.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timezone

import requests

from social_service.channels.base import Connection
from social_service.channels.errors import AuthFailed, AuthProblem, ChannelError, PayloadInvalid, Rejected
from social_service.channels.http import READS, Answer, Http, host_of
from social_service.records import Rate
from social_service.sentence import _

Params = Sequence[tuple[str, str]]

WRITES_NEED, BLOCKING_NEEDS = "write:statuses", "write:blocks"
PAGE = 40  # more than that only notifications would give
LONGEST_QUOTE = 200  # characters of the server's own words that we pass on


class Api:
	"""One account on one server. Reads its token from the vault for every call and keeps it nowhere."""

	def __init__(self, connection: Connection) -> None:
		self._vault = connection.vault
		self._may_write = bool(connection.account and connection.account.limits.get("may_write"))
		self._http = Http(connection.http.session, self._classify)
		self.base = _address(connection.options.get("base_url", ""))
		self.host = host_of(self.base)

	def get(self, path: str, params: Params = ()) -> Answer:
		return self._call("GET", path, params=list(params))

	def items(self, path: str, params: Params = ()) -> tuple[list, Answer]:
		"""Of an address that answers a list."""
		answer = self.get(path, params)
		if not isinstance(answer.json, list):
			raise self.unexpected(answer)
		return answer.json, answer

	def record(self, path: str) -> Mapping:
		"""Of an address that answers one thing."""
		answer = self.get(path)
		if not isinstance(answer.json, Mapping):
			raise self.unexpected(answer)
		return answer.json

	def post(self, path: str, body: Mapping, *, key: str) -> Answer:
		return self._call("POST", path, json_body=body, headers={"Idempotency-Key": key})

	def write(self, method: str, path: str, body: Mapping | None = None) -> None:
		"""What may be said again."""
		self._call(method, path, json_body=body)

	def unexpected(self, answer: Answer) -> PayloadInvalid:
		return PayloadInvalid(
			_("{0} did not answer as a Mastodon server does. Check the address.", self.host),
			raw=str(answer.json)[:500],
			status=answer.status,
		)

	def _call(
		self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **more: object
	) -> Answer:
		if not self.host:
			raise Rejected(
				"bad address",
				_("Enter the address of the Mastodon server, for example https://mastodon.social."),
			)
		bearer = {"Authorization": f"Bearer {self._vault.get('access_token')}", "Accept": "application/json"}
		return self._http.call(method, self.base + path, headers={**bearer, **(headers or {})}, **more)

	def _classify(self, response: requests.Response, body: object) -> ChannelError | None:
		status, writes = response.status_code, response.request.method not in READS
		if status == 401:
			return AuthFailed(
				AuthProblem.REVOKED,
				_(
					"{0} does not accept the access token. Make a new one in its settings, under Development, and"
					" enter it.",
					self.host,
				),
				status=status,
			)
		if status == 403:
			return self._forbidden(writes=writes)
		if status in (404, 410) and writes:
			return Rejected(
				"gone",
				_("The post is no longer on {0}, so it can't be answered there.", self.host),
				status=status,
			)
		if 400 <= status < 429 and writes:  # GoToSocial says 400 where Mastodon says 422
			return Rejected(
				"refused",
				_(
					"{0} does not take the reply: {1} Change the text and send it again.",
					self.host,
					self._told(body),
				),
				status=status,
			)
		return None

	def _forbidden(self, *, writes: bool) -> ChannelError:
		if writes and self._may_write:
			return Rejected(
				"not allowed",
				_(
					"{0} does not let us answer this post. Its author may have limited who can reply.",
					self.host,
				),
				status=403,
			)
		needed = WRITES_NEED if writes else "read"
		return AuthFailed(
			AuthProblem.PERMISSION,
			_(
				"The access token for {0} lacks the permission {1}. Make one with it and enter it.",
				self.host,
				needed,
			),
			permission=needed,
			status=403,
		)

	def _told(self, body: object) -> str:
		error = body.get("error") if isinstance(body, Mapping) else None
		if not isinstance(error, str) or not error.strip():
			return "–"
		secret = self._vault.get("access_token")
		told = error.replace(secret, "…") if secret else error
		return told.strip().rstrip(".")[:LONGEST_QUOTE] + "."


def rate_of(headers: Mapping[str, str]) -> Rate | None:
	"""The reset is ISO 8601 on real servers, seconds since 1970 on others."""
	left, reset = headers.get("X-RateLimit-Remaining", ""), headers.get("X-RateLimit-Reset", "")
	if not left.isdigit():
		return None
	if reset.isdigit():
		return Rate(int(left), datetime.fromtimestamp(int(reset), timezone.utc))
	try:
		return Rate(int(left), datetime.fromisoformat(reset.replace("Z", "+00:00")))
	except ValueError:
		return Rate(int(left))


def _address(entered: str) -> str:
	text = entered.strip().rstrip("/")
	return text if not text or "://" in text else f"https://{text}"
