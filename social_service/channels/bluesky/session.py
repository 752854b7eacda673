"""The session with a server: made with the app password, kept, renewed. Signing in is limited to 300 times a day."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timezone

from social_service.channels.base import SIGNED_IN_SINCE, SIGNED_IN_UNTIL, Vault
from social_service.channels.errors import Ambiguous, AuthFailed, PayloadInvalid, Rejected, Unavailable
from social_service.channels.http import Http
from social_service.sentence import _

ACCESS, REFRESH, SESSION_OF = "access_token", "refresh_token", "session_of"
DESCRIBE = "com.atproto.server.describeServer"
SIGN_IN = "com.atproto.server.createSession"
RENEW = "com.atproto.server.refreshSession"


class Session:
	"""Of one account. The vault holds the tokens; nothing is kept here."""

	def __init__(self, http: Http, vault: Vault, base: str, host: str, identifier: str) -> None:
		self._http, self._vault = http, vault
		self._base, self._host, self._identifier = base, host, identifier

	def token(self) -> str:
		"""An access token; it may have ended since it was given."""
		known = self._vault.get(ACCESS)
		if known and self._vault.get(SESSION_OF) == self.credentials:
			return known
		self._vault.renew(ACCESS, known, self._sign_in)
		return self._vault.get(ACCESS)

	def renewed(self, stale: str) -> str:
		"""Another one than ``stale``, whoever of us brought it."""
		self._vault.renew(ACCESS, stale, self._refresh)
		return self._vault.get(ACCESS)

	def _refresh(self) -> Mapping[str, str]:
		try:
			return self._exchange(RENEW, {"Authorization": f"Bearer {self._vault.get(REFRESH)}"}, None)
		except (AuthFailed, Rejected):  # it ended too, or was taken back with its app password
			return self._sign_in()

	def _sign_in(self) -> Mapping[str, str]:
		if not self._identifier or not self.password:
			raise Rejected("no user", _("Enter the handle of the account and an app password for it."))
		self._require_server()
		return self._exchange(SIGN_IN, {}, {"identifier": self._identifier, "password": self.password})

	def _require_server(self) -> None:
		"""Before the password goes there: is it a server of this network at all?"""
		told = self._http.get(f"{self._base}/xrpc/{DESCRIBE}").json
		if not isinstance(told, Mapping) or not told.get("did"):
			raise PayloadInvalid(
				_("{0} did not answer as a Bluesky server does. Check the address.", self._host),
				raw=str(told)[:500],
			)

	def _exchange(
		self, method: str, headers: Mapping[str, str], body: Mapping[str, str] | None
	) -> Mapping[str, str]:
		try:
			told = self._http.call(
				"POST", f"{self._base}/xrpc/{method}", json_body=body, headers=headers
			).json
		except Ambiguous as error:  # a sign-in too many does no harm
			raise Unavailable(
				_("{0} did not answer our sign-in. We try again by ourselves.", self._host),
				status=error.status,
			) from None
		try:
			return self._kept(str(told["accessJwt"]), str(told["refreshJwt"]))
		except (KeyError, TypeError):
			raise Unavailable(_("{0} did not sign us in. We try again by ourselves.", self._host)) from None

	def _kept(self, access: str, refresh: str) -> Mapping[str, str]:
		since, until = lifetime(refresh)
		return {
			ACCESS: access,
			REFRESH: refresh,
			SESSION_OF: self.credentials,
			SIGNED_IN_SINCE: since,
			SIGNED_IN_UNTIL: until,
		}

	@property
	def password(self) -> str:
		return self._vault.get("app_password")

	@property
	def credentials(self) -> str:
		"""A session belongs to the credentials that began it: after other ones were entered it is used no more, and its
		tokens go to no other server."""
		parts = (self._base, self._identifier, self.password)
		return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def lifetime(token: str) -> tuple[str, str]:
	"""From when until when a token holds, as it says itself; empty where it does not."""
	try:
		claims = token.split(".")[1]
		told = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
		return _written(told["iat"]), _written(told["exp"])
	except (ValueError, KeyError, TypeError, IndexError, OverflowError):
		return "", ""


def _written(seconds: int) -> str:
	return datetime.fromtimestamp(int(seconds), timezone.utc).isoformat()
