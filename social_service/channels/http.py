"""The only place that talks HTTP: one timeout, one size limit, one guard against internal addresses, one redaction.

A library that brings its own session gets ``guarded_session()``. A driver uses ``Http`` and gets JSON or an error of
``channels.errors``.
"""

from __future__ import annotations

import ipaddress
import json
import re
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from social_service.channels.errors import (
	Ambiguous,
	AuthFailed,
	AuthProblem,
	ChannelError,
	PayloadInvalid,
	Rejected,
	Throttled,
	Unavailable,
)
from social_service.sentence import _

TIMEOUT = (5.0, 30.0)  # seconds to connect, seconds between two bytes
MAX_SECONDS = 60.0  # for a whole answer, so that a slow drip can't hold a worker
MAX_BYTES = 8 * 1024 * 1024
USER_AGENT = "social_service (+https://github.com/social-service/social_service)"
READS = frozenset({"GET", "HEAD", "OPTIONS"})
RETRY_WHEN_SILENT = 60.0  # seconds to wait after a 429 that does not say how long

NO_ADDRESS = (
	requests.exceptions.InvalidURL,
	requests.exceptions.MissingSchema,
	requests.exceptions.InvalidSchema,
	UnicodeError,
)

Classify = Callable[[requests.Response, object], "ChannelError | None"]


class InternalAddress(HTTPError):
	"""The name leads to an address inside; nothing was sent."""


class _Guard:
	"""Looks at the address that was really connected to, so that a second DNS answer can't slip through."""

	allowed: frozenset[str] = frozenset()

	def _new_conn(self):
		connection = super()._new_conn()
		address = connection.getpeername()[0]
		if address not in self.allowed and not _is_public(address):
			connection.close()
			raise InternalAddress(f"{self.host} is at an internal address")
		return connection


def _is_public(address: str) -> bool:
	ip = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
	ip = getattr(ip, "ipv4_mapped", None) or ip
	return ip.is_global and not ip.is_multicast


class _GuardedAdapter(HTTPAdapter):
	"""Gives every connection the guard, every request the timeout, every answer the size limit."""

	def __init__(self, allowed: Collection[str]) -> None:
		members = {"allowed": frozenset(allowed)}
		plain = type("GuardedHTTP", (_Guard, HTTPConnection), members)
		secure = type("GuardedHTTPS", (_Guard, HTTPSConnection), members)
		self._pools = {
			"http": type("HTTPPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
			"https": type("HTTPSPool", (HTTPSConnectionPool,), {"ConnectionCls": secure}),
		}
		super().__init__(max_retries=0)

	def init_poolmanager(self, *args, **kwargs) -> None:
		super().init_poolmanager(*args, **kwargs)
		self.poolmanager.pool_classes_by_scheme = self._pools

	def send(self, request, stream=False, timeout=None, **kwargs):
		response = super().send(request, stream=True, timeout=timeout or TIMEOUT, **kwargs)
		response._content = _read_limited(response)
		response._content_consumed = True
		return response


def _read_limited(response: requests.Response) -> bytes:
	deadline = time.monotonic() + MAX_SECONDS
	parts, size = [], 0
	for part in response.iter_content(64 * 1024):
		parts.append(part)
		size += len(part)
		if size > MAX_BYTES or time.monotonic() > deadline:
			response.close()
			raise requests.exceptions.ContentDecodingError("answer too large or too slow")
	return b"".join(parts)


def guarded_session(allow_internal: Collection[str] = ()) -> requests.Session:
	"""A session for the outside world. ``allow_internal``: addresses inside that an admin allowed by name."""
	session = requests.Session()
	session.trust_env = False  # no proxy or netrc that the admin did not choose here
	session.headers["User-Agent"] = USER_AGENT
	session.max_redirects = 3
	adapter = _GuardedAdapter(allow_internal)
	session.mount("http://", adapter)
	session.mount("https://", adapter)
	return session


@dataclass(frozen=True)
class Answer:
	"""What came back from a call that worked. ``json`` is None for an empty body."""

	status: int
	json: object
	headers: Mapping[str, str]


class Http:
	"""JSON over a guarded session, with a network's own table of errors on top."""

	def __init__(self, session: requests.Session, classify: Classify | None = None) -> None:
		self.session = session
		self.classify = classify

	def get(self, url: str, *, params=None, headers: Mapping[str, str] | None = None) -> Answer:
		return self.call("GET", url, params=params, headers=headers)

	def call(
		self,
		method: str,
		url: str,
		*,
		params=None,
		data=None,
		json_body=None,
		headers: Mapping[str, str] | None = None,
	) -> Answer:
		"""Raises one of the eight errors for everything but a 2xx with a JSON (or empty) body."""
		writes = method not in READS
		with FailuresMapped(url, writes=writes):
			response = self.session.request(
				method,
				url,
				params=params,
				data=data,
				json=json_body,
				headers=dict(headers or {}),
				timeout=TIMEOUT,
				allow_redirects=not writes,
			)
		return read_answer(response, writes=writes, classify=self.classify)


class FailuresMapped:
	"""Context: what ``requests`` raises becomes one of ours, without address query, header or body in its text."""

	def __init__(self, url: str, *, writes: bool) -> None:
		self.place = urlsplit(url).hostname or _("the address")
		self.writes = writes

	def __enter__(self) -> None:
		return None

	def __exit__(self, kind, error, trace) -> bool:
		if not isinstance(error, (requests.RequestException, HTTPError, ValueError)):
			return False
		raise self.mapped(error) from None  # the original repeats the whole URL

	def mapped(self, error: Exception) -> ChannelError:
		if _caused_by(error, InternalAddress):
			return Rejected(
				"internal address",
				_(
					"{0} is an address inside your own network. Enter the network's public address.",
					self.place,
				),
			)
		if isinstance(error, NO_ADDRESS):
			return Rejected(
				"bad address", _("{0} is no web address. Enter it as https://example.org.", self.place)
			)
		if isinstance(error, requests.TooManyRedirects):
			return Rejected("redirects", _("{0} sends us in circles. Check the address.", self.place))
		if isinstance(error, requests.exceptions.SSLError):
			return Unavailable(_("The certificate of {0} can't be trusted. Nothing was sent.", self.place))
		if self.writes and not _never_left(error):
			return Ambiguous(
				_(
					"{0} did not answer. It may have taken the reply; we look before we send again.",
					self.place,
				)
			)
		if isinstance(error, requests.Timeout):
			return Unavailable(_("{0} did not answer in time. We try again by ourselves.", self.place))
		return Unavailable(_("{0} can't be reached. We try again by ourselves.", self.place))


def _caused_by(error: BaseException | None, kind: type) -> bool:
	"""requests and urllib3 wrap each other's errors, as cause, context, argument or `reason`."""
	seen: set[int] = set()
	waiting = [error]
	while waiting:
		one = waiting.pop()
		if not isinstance(one, BaseException) or id(one) in seen:
			continue
		if isinstance(one, kind):
			return True
		seen.add(id(one))
		waiting += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
	return False


def _never_left(error: Exception) -> bool:
	"""Only what failed before a byte of the request was written is surely not done."""
	if isinstance(error, (requests.exceptions.ConnectTimeout, requests.exceptions.SSLError)):
		return True
	return "NewConnectionError" in repr(error) or "NameResolutionError" in repr(error)


def read_answer(response: requests.Response, *, writes: bool, classify: Classify | None = None) -> Answer:
	"""An Answer, or the error that the network's table (else the common one) finds in status and body."""
	body = _json_or_none(response)
	if not response.ok or classify:
		error = (classify(response, body) if classify else None) or common_error(response, writes=writes)
		if error:
			raise error
	if body is None and response.content.strip():
		place = urlsplit(response.url).hostname
		raw = response.text[:500]
		if writes:
			raise Ambiguous(
				_("{0} answered something unreadable to our reply; we look whether it is there.", place)
			)
		raise PayloadInvalid(
			_("{0} did not answer as this kind of network does. Check the address.", place),
			raw=raw,
			status=response.status_code,
		)
	return Answer(response.status_code, body, response.headers)


def _json_or_none(response: requests.Response) -> object:
	try:
		return json.loads(response.content) if response.content.strip() else None
	except ValueError:
		return None


def common_error(response: requests.Response, *, writes: bool) -> ChannelError | None:
	"""What a status means where the network's own table says nothing."""
	status, place = response.status_code, urlsplit(response.url).hostname
	if response.ok:
		return None
	if status == 429:
		return Throttled(wait_seconds(response.headers), status=status)
	if status >= 500:
		if writes:
			return Ambiguous(
				_("{0} failed while taking our reply; we look before we send again.", place), status=status
			)
		return Unavailable(_("{0} has a problem of its own ({1}).", place, status), status=status)
	if status == 401:
		return AuthFailed(
			AuthProblem.REVOKED,
			_("{0} does not accept the credentials. Connect the channel again.", place),
			status=status,
		)
	if status == 403:
		return AuthFailed(
			AuthProblem.PERMISSION,
			_("{0} does not allow this with the permissions given. Connect again with all of them.", place),
			status=status,
		)
	if status in (404, 410):
		return Rejected("gone", _("{0} does not have this any more.", place), status=status)
	return Rejected("refused", _("{0} refused this ({1}).", place, status), status=status)


def wait_seconds(headers: Mapping[str, str], now: float | None = None) -> float:
	"""How long a 429 asks us to wait. Knows Retry-After (seconds or date) and a reset as epoch or ISO 8601, counted by
	the network's own clock (its Date header), because ours may be wrong."""
	after = headers.get("Retry-After", "")
	if re.fullmatch(r"\d+(\.\d+)?", after.strip()):
		return float(after)
	reset = after or next((headers[name] for name in RESET_HEADERS if name in headers), "")
	moment = _as_epoch(reset)
	if moment is None:
		return RETRY_WHEN_SILENT
	reference = _as_epoch(headers.get("Date", "")) or (time.time() if now is None else now)
	return max(1.0, moment - reference)


RESET_HEADERS = ("X-RateLimit-Reset", "x-rate-limit-reset", "RateLimit-Reset")


def _as_epoch(text: str) -> float | None:
	text = text.strip()
	if re.fullmatch(r"\d+(\.\d+)?", text):
		return float(text)
	for read in (parsedate_to_datetime, lambda t: datetime.fromisoformat(t.replace("Z", "+00:00"))):
		try:
			return read(text).timestamp()
		except (ValueError, TypeError):
			continue
	return None
