"""What the tests of Google's channels share: a sign-in with an access token, and how it is renewed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from types import MappingProxyType

import pytest
import responses

from social_service.channels.base import Connection
from social_service.channels.errors import AuthFailed, AuthProblem, Throttled, Unavailable
from social_service.channels.google import api as google_api
from social_service.records import Account
from tests.kit.driving import (
	ANYWHERE,
	NOW,
	DriverKit,
	KitVault,
	Live,
	assert_keeps_secrets,
	assert_speaks,
	ids,
)

ACCESS = "ya29.access-very-secret"
REFRESH = "1//refresh-very-secret"
HOST = "https://network.example"
DATE = {"Date": "Mon, 04 May 2026 08:00:00 GMT"}
TO_MIDNIGHT = {"retry_after": 23 * 3600.0}  # it is 01:00 in California


def refusal(status: int, code: str, reason: str = "", **metadata: str) -> dict:
	"""As the newer APIs say it."""
	details = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason, "metadata": metadata}]
	return {"error": {"code": status, "message": f"It is {code}.", "status": code, "details": details}}


def old_refusal(status: int, reason: str, domain: str = "youtube.quota") -> dict:
	"""As YouTube says it."""
	one = {"message": f"It is {reason}.", "domain": domain, "reason": reason}
	return {"error": {"code": status, "message": one["message"], "errors": [one]}}


class GoogleKit(DriverKit):
	secrets = MappingProxyType(
		{"refresh_token": REFRESH, "client_id": "id-very-secret", "client_secret": "GOCSPX-very-secret"}
	)

	def connection(self, url: str, account: Account | None, *, internal: Sequence[str] = ()) -> Connection:
		"""Without a network an access token is there already."""
		access = ACCESS if url == HOST else ""
		made = super().connection(url, account, internal=internal)
		return replace(made, vault=KitVault({**self.secrets, "access_token": access}))

	def options(self, url: str) -> dict[str, str]:
		return {"base_url": url}

	def token(self, mock: responses.RequestsMock, body: object, status: int = 200):
		return mock.post(f"{HOST}/token", json=body, status=status)


class SignInContract(GoogleKit):
	"""Mixed in by each of the channels."""

	def test_faults_of_a_running_network(self, live: Live):
		"""An access token that ends is renewed, and nobody hears of it."""
		page = self.driver(live).fetch(self.stream, None, live.since)
		driver, posted = self.driver(live), live.mention()
		assert ids(driver.fetch(self.stream, page.cursor)) == [posted]
		for effect in ("unauthorized", "token_expiry"):
			live.network.fail(effect)
			assert ids(driver.fetch(self.stream, page.cursor)) == [posted]
		for effect, error in {"throttled": Throttled, "html": Unavailable, "forbidden": AuthFailed}.items():
			live.network.fail(effect)
			with pytest.raises(error) as raised:
				driver.fetch(self.stream, page.cursor)
			assert_speaks(raised.value)
		assert ids(driver.fetch(self.stream, page.cursor)) == [posted], "it did not recover"

	def test_a_sign_in_is_renewed_once_and_kept(self):
		channel = self.offline()
		with responses.RequestsMock() as mock:
			asked = self.token(mock, {"access_token": "ya29.new", "expires_in": 3599})
			mock.get(ANYWHERE, status=401, json=refusal(401, "UNAUTHENTICATED"))
			mock.get(ANYWHERE, json=self.answer([]))
			channel.fetch(self.stream, None, NOW.isoformat())
			assert asked.call_count == 1
			form = dict(part.split("=") for part in mock.calls[1].request.body.split("&"))
			assert form["grant_type"] == "refresh_token" and form["client_id"] == "id-very-secret"
			assert mock.calls[2].request.headers["Authorization"] == "Bearer ya29.new"
		assert channel.connection.vault.get("access_token") == "ya29.new"
		assert channel.connection.vault.get("refresh_token") == REFRESH and channel.sign_in() is None

	def test_a_sign_in_of_an_app_in_testing_ends(self, monkeypatch):
		monkeypatch.setattr(google_api, "now", lambda: NOW)
		channel = self.offline()
		channel.connection.vault.secrets["access_token"] = ""
		with responses.RequestsMock() as mock:
			self.token(mock, {"access_token": "ya29.new", "refresh_token_expires_in": 604800})
			mock.get(ANYWHERE, json=self.answer([]))
			channel.fetch(self.stream, None, NOW.isoformat())
		assert (channel.sign_in().until - NOW).days == 7

	@pytest.mark.parametrize(
		("status", "body", "error", "word"),
		[
			(400, {"error": "invalid_grant"}, AuthFailed, "withdrawn"),
			(401, {"error": "invalid_client"}, AuthFailed, "Client"),
			(400, "<html>", AuthFailed, "withdrawn"),
			(503, "<html>", Unavailable, ""),
			(200, "<html>", Unavailable, ""),
			(200, {"token_type": "Bearer"}, Unavailable, ""),
			(200, ["ya29.half-a-token"], Unavailable, ""),
		],
	)
	def test_a_sign_in_that_can_not_be_renewed(self, status, body, error, word, caplog):
		channel = self.offline()
		with responses.RequestsMock() as mock, pytest.raises(error) as raised:
			mock.get(ANYWHERE, status=401, json=refusal(401, "UNAUTHENTICATED"))
			self.token(mock, body, status)
			channel.fetch(self.stream, None, NOW.isoformat())
		assert word in str(raised.value)
		assert_speaks(raised.value)
		assert_keeps_secrets(raised.value, caplog.text, {**self.secrets, "access_token": ACCESS})
		assert channel.connection.vault.get("access_token") == ACCESS

	def test_a_token_that_is_refused_when_it_is_new(self):
		channel = self.offline()
		with responses.RequestsMock() as mock, pytest.raises(AuthFailed) as raised:
			mock.get(ANYWHERE, status=401, json={})
			self.token(mock, {"access_token": "ya29.new"})
			channel.fetch(self.stream, None, NOW.isoformat())
		assert raised.value.problem is AuthProblem.EXPIRED

	def test_without_an_address_it_is_googles_own(self):
		connection = replace(self.connection(HOST, self.account), options={})
		with responses.RequestsMock() as mock:
			mock.get(re.compile(r"https://[\w.]+googleapis\.com/.*"), json=self.answer([]))
			self.channel_class(connection).fetch(self.stream, None, NOW.isoformat())
