"""Calls to Meta's Graph API as one Page. The token travels in a header and is read from the vault for every call."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

from social_service.channels.base import Connection
from social_service.channels.errors import PayloadInvalid, Rejected
from social_service.channels.http import Answer, Http, host_of
from social_service.channels.meta.errors import classify
from social_service.sentence import Sentence, _

VERSION = "v26.0"
ADDRESS = "https://graph.facebook.com"
PAGE = 100  # items in one answer; more the Graph API does not give
INVALID = "100"  # its code for a parameter that it does not take, a page token that it forgot among them


class Graph:
	"""``needs`` names the permission that a call wants, so that a refusal can name it too."""

	def __init__(self, connection: Connection, network: str) -> None:
		self._vault = connection.vault
		self._session = connection.http.session
		self._base = (connection.options.get("base_url", "").strip() or ADDRESS).rstrip("/")
		self.network = network

	def get(self, path: str, needs: str = "", **params: object) -> Answer:
		return self.call("GET", path, needs, params=params)

	def record(self, path: str, needs: str = "", **params: object) -> Mapping:
		"""Of an address that answers one thing."""
		answer = self.get(path, needs, **params)
		if not isinstance(answer.json, Mapping):
			raise self.unexpected(answer)
		return answer.json

	def items(self, path: str, needs: str = "", **params: object) -> Answer:
		"""Of an address that answers a list."""
		answer = self.get(path, needs, **params)
		if not isinstance(answer.json, Mapping) or not isinstance(answer.json.get("data"), list):
			raise self.unexpected(answer)
		return answer

	def post(self, path: str, body: Mapping, needs: str) -> Mapping:
		"""{} where the answer is not what it should be: the caller knows whether that is bad."""
		answer = self.call("POST", path, needs, json_body=dict(body))
		return answer.json if isinstance(answer.json, Mapping) else {}

	def delete(self, path: str, needs: str) -> None:
		self.call("DELETE", path, needs)

	def call(
		self,
		method: str,
		path: str,
		needs: str = "",
		*,
		token: str = "",
		params: Mapping[str, object] | None = None,
		json_body: Mapping | None = None,
	) -> Answer:
		if not host_of(self._base):
			raise Rejected(
				"bad address", _("{0} is no web address. Leave it empty for Meta's own.", self._base)
			)
		bearer = token or self._vault.get("access_token")
		http = Http(self._session, classify(self.network, needs))
		return http.call(
			method,
			f"{self._base}/{VERSION}/{path}",
			params={key: one for key, one in {**(params or {}), **self._proof(bearer)}.items() if one != ""},
			json_body=json_body,
			headers={"Authorization": f"Bearer {bearer}", "Accept": "application/json"},
		)

	def _proof(self, token: str) -> Mapping[str, str]:
		"""Apps may demand it ("Require App Secret"); it does no harm to the others."""
		secret = self._vault.get("app_secret")
		if not secret:
			return {}
		return {"appsecret_proof": hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()}

	@property
	def unreadable(self) -> Sentence:
		return _("{0} did not answer as its Graph API does. We ask again by ourselves.", self.network)

	def unexpected(self, answer: Answer) -> PayloadInvalid:
		return PayloadInvalid(
			self.unreadable,
			raw=str(answer.json)[:500],
			status=answer.status,
		)


def next_of(answer: Answer) -> str:
	"""The token of the next page; "" when this was the last."""
	return next_of_list(answer.json)


def next_of_list(told: object) -> str:
	"""A cursor stands there on the last page too, ``next`` does not."""
	paging = told.get("paging") if isinstance(told, Mapping) else None
	if not isinstance(paging, Mapping) or not paging.get("next"):
		return ""
	cursors = paging.get("cursors")
	return str(cursors.get("after") or "") if isinstance(cursors, Mapping) else ""
