"""The session for the outside world: one timeout, one size limit, one guard against addresses inside our own network.

``http.py`` gives it to everybody; a library that brings its own session gets it too.
"""

from __future__ import annotations

import ipaddress
import logging
import re
import socket
import time
from collections.abc import Collection

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

TIMEOUT = (5.0, 30.0)  # seconds to connect, seconds between two bytes
MAX_SECONDS = 60.0  # for a whole answer, so that a slow drip can't hold a worker
MAX_BYTES = 8 * 1024 * 1024
SECRET_IN_URL = re.compile(
	r"(/bot(?=\d)|[?&](?:access_token|input_token|client_secret|refresh_token|appsecret_proof|key)=)[^/&\s]+"
)
USER_AGENT = "social_service (+https://github.com/social-service/social_service)"


class InternalAddress(HTTPError):
	"""The name leads to an address inside; nothing was sent."""


class _Guard:
	"""Looks at every address of the name, and again at the one that was really connected to, so that a second DNS
	answer can't slip through."""

	allowed: frozenset[str] = frozenset()

	def _new_conn(self):
		for *_kind, place in _addresses(self._dns_host, self.port):
			self._refuse_internal(place[0])
		connection = super()._new_conn()
		try:
			self._refuse_internal(connection.getpeername()[0])
		except InternalAddress:
			connection.close()
			raise
		return connection

	def _refuse_internal(self, address: str) -> None:
		if address not in self.allowed and not _is_public(address):
			raise InternalAddress(f"{self.host} is at an internal address")


def _addresses(host: str, port: int) -> list[tuple]:
	try:
		return socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
	except socket.gaierror:
		return []  # connecting will say so


def _is_public(address: str) -> bool:
	ip = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
	ip = _wrapped_ipv4(ip) or ip
	return ip.is_global and not ip.is_multicast and not getattr(ip, "is_site_local", False)


def _wrapped_ipv4(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
	"""The IPv4 address inside: mapped, 6to4, NAT64, or the old compatible form."""
	if ip.version == 4:
		return None
	if any(ip in network for network in IPV4_AT_THE_END):
		return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
	return ip.ipv4_mapped or ip.sixtofour


IPV4_AT_THE_END = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("::/96"))


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
	# read1 gives what is there; iter_content would wait for its whole block
	while part := response.raw.read1(64 * 1024, decode_content=True):
		parts.append(part)
		size += len(part)
		if size > MAX_BYTES or time.monotonic() > deadline:
			response.close()
			raise requests.exceptions.ContentDecodingError("answer too large or too slow")
	return b"".join(parts)


class _KeepsSecrets(logging.Filter):
	"""urllib3 writes whole addresses into its debug log, and some networks want a secret in them."""

	def filter(self, record: logging.LogRecord) -> bool:
		if isinstance(record.args, tuple):
			record.args = tuple(
				SECRET_IN_URL.sub(r"\1…", one) if isinstance(one, str) else one for one in record.args
			)
		return True


for name in ("urllib3.connectionpool", "urllib3.util.retry"):
	logging.getLogger(name).addFilter(_KeepsSecrets())


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
