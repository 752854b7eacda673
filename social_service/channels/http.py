"""The only place that talks HTTP: one timeout, one size limit, one guard against internal addresses, one redaction.

A library that brings its own session gets ``guarded_session()``. A driver uses ``Http`` and gets JSON or an error of
``channels.errors``.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests
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
from social_service.channels.session import TIMEOUT, InternalAddress, guarded_session
from social_service.channels.waiting import wait_seconds
from social_service.sentence import _

__all__ = [
	"READS",
	"TIMEOUT",
	"Answer",
	"FailuresMapped",
	"Http",
	"guarded_session",
	"host_of",
	"read_answer",
	"wait_seconds",
]
READS = frozenset({"GET", "HEAD", "OPTIONS"})
MOVED = frozenset(range(300, 400))

NO_ADDRESS = (
	requests.exceptions.InvalidURL,
	requests.exceptions.MissingSchema,
	requests.exceptions.InvalidSchema,
	UnicodeError,
)

Classify = Callable[[requests.Response, object], "ChannelError | None"]


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


def host_of(url: str) -> str:
	"""'' for what is no web address."""
	try:
		return urlsplit(url).hostname or ""
	except ValueError:  # https://[
		return ""


class FailuresMapped:
	"""Context: what ``requests`` raises becomes one of ours, without address query, header or body in its text."""

	def __init__(self, url: str, *, writes: bool) -> None:
		self.url, self.place = url, host_of(url) or _("the address")
		self.writes = writes

	def __enter__(self) -> None:
		if not host_of(self.url):
			raise self.mapped(requests.exceptions.InvalidURL())

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
		if _caused_by(error, ssl.SSLCertVerificationError):
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
	"""Only what failed before a byte of the request was written is surely not done. TLS may break at any byte."""
	if isinstance(error, requests.exceptions.ConnectTimeout):
		return True
	return "NewConnectionError" in repr(error) or "NameResolutionError" in repr(error)


def read_answer(response: requests.Response, *, writes: bool, classify: Classify | None = None) -> Answer:
	"""An Answer, or the error that the network's table (else the common one) finds in status and body."""
	body = _json_or_none(response)
	if not response.ok or response.status_code in MOVED or classify:
		error = (classify(response, body) if classify else None) or common_error(response, writes=writes)
		if error:
			raise error
	if body is None and response.content.strip():
		place = urlsplit(response.url).hostname
		raw = response.content[:500].decode("utf-8", "replace")
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
	except (ValueError, RecursionError):
		return None


def common_error(response: requests.Response, *, writes: bool) -> ChannelError | None:
	"""What a status means where the network's own table says nothing."""
	status, place = response.status_code, urlsplit(response.url).hostname
	if status in MOVED:  # a read was followed already, a write never is
		return Rejected(
			"redirects", _("{0} sends us to another address. Check the address.", place), status=status
		)
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
