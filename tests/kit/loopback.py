"""Nothing leaves this machine while tests run."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

INSIDE = ("127.0.0.1", "::1", "localhost")


class LeftTheMachine(AssertionError):
	pass


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
	connect, resolve = socket.socket.connect, socket.getaddrinfo

	def guarded(self: socket.socket, address: object) -> None:
		if isinstance(address, tuple) and address[0] not in INSIDE:
			raise LeftTheMachine(f"a test tried to reach {address}")
		connect(self, address)

	def guarded_name(host: str | None, *rest: object, **more: object) -> list:
		if host not in (*INSIDE, None):
			raise LeftTheMachine(f"a test tried to look up {host}")
		return resolve(host, *rest, **more)

	monkeypatch.setattr(socket.socket, "connect", guarded)
	monkeypatch.setattr(socket, "getaddrinfo", guarded_name)
	yield
