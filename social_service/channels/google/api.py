"""Calls to Google's APIs in the name of an account: a refresh token brings an access token for an hour."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone

import requests

from social_service.channels.base import SIGNED_IN_SINCE, SIGNED_IN_UNTIL, Connection, Setting
from social_service.channels.errors import (
	AuthFailed,
	AuthProblem,
	ChannelError,
	PayloadInvalid,
	Unavailable,
)
from social_service.channels.google.errors import classify
from social_service.channels.http import TIMEOUT, Answer, FailuresMapped, Http, read_answer
from social_service.sentence import _

SIGN_IN = "https://oauth2.googleapis.com"
SETTINGS = (
	Setting("refresh_token", "Refresh token", secret=True),
	Setting("client_id", "Client ID", secret=True),
	Setting("client_secret", "Client secret", secret=True),
	Setting("base_url", "Address of the server", required=False),
)

WITHDRAWN = _("Google has withdrawn this account's sign-in. Sign in again and enter the new refresh token.")
WRONG_CLIENT = _(
	"Google does not know this Client ID with this Client secret. Copy both from the Google Cloud console."
)
CLIENT_ERRORS = ("invalid_client", "unauthorized_client")


def now() -> datetime:
	return datetime.now(timezone.utc)


class GoogleApi:
	"""Reads the tokens from the vault for every call and keeps them nowhere."""

	def __init__(self, connection: Connection) -> None:
		self._vault = connection.vault
		self._http = Http(connection.http.session, classify)
		entered = connection.options.get("base_url", "").strip().rstrip("/")
		self._entered = entered if not entered or "://" in entered else f"https://{entered}"

	def call(self, method: str, host: str, path: str, **more: object) -> Answer:
		"""``host`` as Google's; an address that was entered stands for all of them."""
		url = f"{self._entered or host}{path}"
		token = self._vault.get("access_token")
		if token:
			try:
				return self._as(token, method, url, **more)
			except AuthFailed as refusal:
				if refusal.problem is not AuthProblem.EXPIRED or not self._vault.get("refresh_token"):
					raise
		self._vault.renew("access_token", token, self._exchange)
		return self._as(self._vault.get("access_token"), method, url, **more)

	def read(self, host: str, path: str, params: Mapping[str, object] | None = None) -> Answer:
		"""Its JSON is an object."""
		answer = self.call("GET", host, path, params=params)
		if not isinstance(answer.json, Mapping):
			raise unexpected(answer.json)
		return answer

	def record(self, host: str, path: str, params: Mapping[str, object] | None = None) -> Mapping:
		return self.read(host, path, params).json

	def _as(self, token: str, method: str, url: str, **more: object) -> Answer:
		return self._http.call(method, url, headers={"Authorization": f"Bearer {token}"}, **more)

	def _exchange(self) -> dict[str, str]:
		url = f"{self._entered or SIGN_IN}/token"
		form = {key: self._vault.get(key) for key in ("refresh_token", "client_id", "client_secret")}
		with FailuresMapped(url, writes=False):
			response = self._http.session.post(
				url, data={"grant_type": "refresh_token", **form}, timeout=TIMEOUT, allow_redirects=False
			)
		try:
			return _granted(read_answer(response, writes=False, classify=_refused).json)
		except (PayloadInvalid, KeyError, TypeError, ValueError):  # it may hold half a token: nothing is kept
			raise Unavailable(_("Google answered something unreadable while renewing the sign-in.")) from None


def unexpected(raw: object) -> PayloadInvalid:
	return PayloadInvalid(_("This is not how Google answers. We ask again by ourselves."), raw=str(raw)[:500])


def _granted(answer: Mapping) -> dict[str, str]:
	"""The refresh token stays. Where it ends too (apps in testing: a week), Google says so."""
	granted = {"access_token": str(answer["access_token"])}
	left = int(answer.get("refresh_token_expires_in") or 0)
	if not left:
		return granted
	return {
		**granted,
		SIGNED_IN_SINCE: now().isoformat(),
		SIGNED_IN_UNTIL: (now() + timedelta(seconds=left)).isoformat(),
	}


def _refused(response: requests.Response, body: object) -> ChannelError | None:
	if response.status_code not in (400, 401, 403):
		return None
	code = str(body.get("error", "")) if isinstance(body, Mapping) else ""
	sentence = WRONG_CLIENT if code in CLIENT_ERRORS else WITHDRAWN
	return AuthFailed(AuthProblem.REVOKED, sentence, status=response.status_code, code=code[:60])
