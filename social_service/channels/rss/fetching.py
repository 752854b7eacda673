"""Getting a feed over the guarded session, conditionally. ``feedparser`` never talks HTTP here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

import requests
from urllib3.exceptions import DecodeError

from social_service.channels.errors import AuthFailed, AuthProblem, ChannelError, PayloadInvalid
from social_service.channels.http import TIMEOUT, FailuresMapped, common_error, host_of
from social_service.sentence import _

ACCEPT = "application/atom+xml, application/rss+xml, application/rdf+xml, application/xml;q=0.9, */*;q=0.5"
NOT_MODIFIED = 304
LARGEST = 3 * 1024 * 1024  # bytes that a feed may have once it is unpacked


@dataclass(frozen=True)
class Fetched:
	"""``body`` empty: nothing changed since the last time."""

	body: bytes
	headers: Mapping[str, str]
	host: str

	@property
	def told_at(self) -> datetime | None:
		"""By the clock of the server."""
		try:
			told = parsedate_to_datetime(self.headers.get("Date", ""))
		except (TypeError, ValueError):
			return None
		return told.astimezone(timezone.utc) if told.tzinfo else told.replace(tzinfo=timezone.utc)


def address_of(entered: str) -> str:
	text = entered.strip()
	for scheme in ("feed:https://", "feed:http://", "feed://"):  # as browsers used to copy them
		if text.lower().startswith(scheme):
			text = scheme.removeprefix("feed:").lstrip("/") + text[len(scheme) :]
	return text if "://" in text or not text else f"https://{text}"


def fetch(session: requests.Session, address: str, etag: str = "", modified: str = "") -> Fetched:
	host = host_of(address)
	asked = {"Accept": ACCEPT, "If-None-Match": etag, "If-Modified-Since": modified}
	headers = {name: value for name, value in asked.items() if value}
	response = _got(session, address, headers)
	if response is None or len(response.content) > LARGEST:
		told = _("The feed of {0} is too large or can't be unpacked. Enter a feed with fewer entries.", host)
		raise PayloadInvalid(told)
	if response.status_code == NOT_MODIFIED:
		return Fetched(b"", response.headers, host)
	error = _refusal(response, host) or common_error(response, writes=False)
	if error:
		raise error
	return Fetched(response.content, response.headers, host)


def _got(session: requests.Session, address: str, headers: Mapping[str, str]) -> requests.Response | None:
	"""None: it is packed too tightly, or not as it says."""
	with FailuresMapped(address, writes=False):
		try:
			return session.get(address, headers=dict(headers), timeout=TIMEOUT)
		except (requests.exceptions.ContentDecodingError, DecodeError):
			return None


def _refusal(response: requests.Response, host: str) -> ChannelError | None:
	if response.status_code not in (401, 403):
		return None
	told = _(
		"{0} does not let us read this feed. Open its address in a browser where you are not signed in.", host
	)
	return AuthFailed(AuthProblem.PERMISSION, told, status=response.status_code)
