"""The company's account behind our driver. The vault outlives the drivers, as on a site."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone

import requests

from social_service.channels import driver as driver_class
from social_service.channels.base import Channel, Connection, Stream
from social_service.channels.http import Http, guarded_session
from social_service.records import Message, Outgoing, Page, Visibility
from tests.bluesky.people import Person, eventually
from tests.kit.driving import KitVault

INSIDE = frozenset({"127.0.0.1", "::1"})
MOST_PAGES = 50
ACCESS = ("com.atproto.access", "com.atproto.appPass", "com.atproto.appPassPrivileged")  # scopes of tokens


class Ours:
	def __init__(self, person: Person, **options: str) -> None:
		self.person = person
		self.vault = KitVault({"app_password": person.app_password()})
		self.options = {"base_url": person.url, "identifier": person.handle, "keywords": "", "hashtags": ""}
		self.options.update(options)
		self.account = None
		self.account = self.driver().check()

	def driver(self, session: requests.Session | None = None) -> Channel:
		"""A new one, as every job makes it."""
		http = Http(session or guarded_session(INSIDE))
		return driver_class("bluesky")(Connection(http, self.vault, self.options, self.account))

	def stream(self, start: str) -> Stream:
		return next(one for one in self.driver().streams() if one.key.startswith(start))

	def pages(self, stream: Stream, *, days: float = 1) -> list[Page]:
		"""All that there is since then: as on a first connect, and as the nightly scan reads."""
		since = (datetime.now(timezone.utc) - timedelta(days=days)).isoformat()
		pages = [self.driver().fetch(stream, None, since)]
		while pages[-1].more:
			assert len(pages) < MOST_PAGES, "it does not come to an end"
			pages.append(self.driver().fetch(stream, pages[-1].cursor))
		return pages

	def messages(self, stream: Stream, *, days: float = 1) -> list[Message]:
		return [one for page in self.pages(stream, days=days) for one in page.messages]

	def received(self, uri: str, *, stream: str = "mentions", days: float = 1) -> Message:
		"""A post, as the driver brings it."""
		return eventually(
			lambda: next(
				(one for one in self.messages(self.stream(stream), days=days) if one.external_id == uri), None
			)
		)

	def reply(self, uri: str, text: str = "We look into it.", key: str = "reply-0001") -> Outgoing:
		return Outgoing(key, text, self.received(uri), Visibility.PUBLIC, datetime.now(timezone.utc))

	def let_the_session_expire(self) -> dict[str, str]:
		"""The tokens that stood for access are as after two hours. Returns them."""
		access = {
			key: value for key, value in self.vault.secrets.items() if _claims(value).get("scope") in ACCESS
		}
		expired = {key: _expired(value, self.person.network["token_secret"]) for key, value in access.items()}
		self.vault.secrets.update(expired)
		return expired


def ids(pages: Sequence[Page]) -> list[str]:
	return [one.external_id for page in pages for one in page.messages]


def _claims(token: str) -> dict:
	parts = token.split(".")
	return json.loads(_plain(parts[1])) if len(parts) == 3 else {}


def _expired(token: str, secret: str) -> str:
	"""The same token, truly signed, with its end in the past."""
	head, claims = token.split(".", maxsplit=1)[0], _claims(token)
	begun = int(datetime.now(timezone.utc).timestamp()) - 3 * 3600
	body = _coded(json.dumps({**claims, "iat": begun, "exp": begun + 7200}).encode())
	mark = hmac.new(secret.encode(), f"{head}.{body}".encode(), hashlib.sha256).digest()
	return f"{head}.{body}.{_coded(mark)}"


def _plain(text: str) -> bytes:
	return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _coded(raw: bytes) -> str:
	return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def losing_the_first_write() -> requests.Session:
	"""The network takes the first write; its answer never comes."""
	session, lost = guarded_session(INSIDE), []
	really_send = session.send

	def send(request: requests.PreparedRequest, **more: object) -> requests.Response:
		answer = really_send(request, **more)
		if request.method == "POST" and "/com.atproto.repo." in request.url and not lost:
			lost.append(request.url)
			raise requests.exceptions.ReadTimeout("the answer got lost")
		return answer

	session.send = send
	return session
