"""What a network, or somebody in its place, may answer: bombs, doors into our own network, names that change their address."""

from __future__ import annotations

import gzip
import logging
import re
import resource
import socket
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from social_service import hooks
from social_service.channels import session
from social_service.channels.errors import ChannelError, PayloadInvalid, Rejected, Unavailable
from social_service.channels.http import Http, guarded_session
from tests.channels.test_http import HERE, Wire
from tests.kit.driving import assert_keeps_secrets, assert_speaks
from tests.pains.every_channel import Pain, contracts, for_every_channel
from tests.pains.unplugged import Unplugged

MEGABYTE = 1024 * 1024
INSIDE = (
	"http://169.254.169.254/latest/meta-data/",
	"http://10.0.0.1/",
	"http://[::1]:9/",
)


@pytest.fixture
def wire() -> Iterator[Wire]:
	wire = Wire()
	yield wire
	wire.socket.close()


def bomb(*encodings: str) -> tuple[bytes, str]:
	"""A gigabyte of blanks, packed once for each of the encodings."""
	body = b" " * MEGABYTE
	pack = zlib.compressobj(9, zlib.DEFLATED, 31)
	packed = b"".join(pack.compress(body) for _time in range(1024)) + pack.flush()
	for _more in encodings[1:]:
		packed = gzip.compress(packed)
	return packed, f"Content-Encoding: {', '.join(encodings)}\r\n"


@pytest.mark.parametrize("times", [1, 2, 3])
def test_a_zip_bomb_is_let_go_at_the_limit(wire, times):
	packed, header = bomb(*["gzip"] * times)
	wire.says(200, packed, header)
	script = (
		"import resource, sys; from social_service.channels.http import Http, guarded_session\n"
		"from social_service.channels.errors import Unavailable\n"
		f"resource.setrlimit(resource.RLIMIT_AS, ({600 * MEGABYTE}, {600 * MEGABYTE}))\n"
		"try: Http(guarded_session(['127.0.0.1'])).get(sys.argv[1])\n"
		"except Unavailable: print(open('/proc/self/status').read())"
	)
	done = subprocess.run(
		[sys.executable, "-c", script, wire.url], capture_output=True, text=True, check=False
	)
	assert done.returncode == 0, done.stderr[-400:]
	largest = int(re.search(r"VmHWM:\s+(\d+) kB", done.stdout)[1]) // 1024
	assert largest < 200, "the worker grew to so many megabytes"


def test_too_many_packings_are_refused(wire):
	packed, _header = bomb("gzip")
	wire.says(200, packed, "Content-Encoding: " + ", ".join(["gzip"] * 50) + "\r\n")
	with pytest.raises(Unavailable):
		Http(guarded_session([HERE])).get(wire.url)


def test_an_answer_nested_without_end(wire):
	for body in ("[" * 500_000, '{"a":' * 500_000, "[" * 500_000 + "]" * 500_000):
		wire.says(200, body)
		with pytest.raises(PayloadInvalid) as raised:
			Http(guarded_session([HERE])).get(wire.url)
		assert len(raised.value.raw) <= 500


@pytest.mark.parametrize(
	"header", ["X-Long: " + "x" * MEGABYTE, "".join(f"X-{n}: y\r\n" for n in range(5000))]
)
def test_headers_without_end(wire, header):
	wire.says(200, "{}", header + "\r\n")
	with pytest.raises(Unavailable):
		Http(guarded_session([HERE])).get(wire.url)


@pytest.mark.parametrize("line", ["HTTP/1.1 -1 OK\r\n\r\n", "\x00" * 5000])
def test_what_is_hardly_http(wire, line):
	wire.answer = lambda connection: connection.sendall(line.encode())
	with pytest.raises(ChannelError) as raised:
		Http(guarded_session([HERE])).call("GET", wire.url)
	assert_speaks(raised.value)


def test_a_number_too_long_to_read(wire):
	wire.says(200, '{"id": ' + "9" * 100_000 + "}")
	with pytest.raises(PayloadInvalid):
		Http(guarded_session([HERE])).get(wire.url)


# --- doors into our own network ------------------------------------------------------------------------------


class Doors(Pain):
	@pytest.fixture
	def desk(self, tmp_path: Path, wire: Wire) -> Iterator[Unplugged]:
		"""The channel's address is the wire's, which an admin allowed."""
		desk = Unplugged(self, tmp_path / "desk.sqlite", wire.url, frozenset({HERE}))
		yield desk
		desk.host.close()

	@pytest.mark.parametrize("goal", INSIDE)
	def test_a_redirect_to_an_address_inside_is_not_followed(
		self, desk: Unplugged, wire: Wire, goal: str, caplog, monkeypatch
	):
		caplog.set_level(logging.DEBUG)
		wire.says(302, "", f"Location: {goal}\r\n")
		monkeypatch.setattr(socket, "getaddrinfo", numbers_only)
		desk.poll()
		(row, *_others) = desk.rows()
		assert row.failures and row.last_error, "it believed the answer"
		assert "inside your own network" in row.last_error
		assert desk.table("SELECT * FROM `tabSocial Message`") == []
		assert not [one for one in self.secrets.values() if one in caplog.text + row.last_error]

	def test_a_page_that_is_a_bomb_stores_nothing_and_is_tried_again(
		self, desk: Unplugged, wire: Wire, monkeypatch
	):
		monkeypatch.setattr(session, "MAX_BYTES", MEGABYTE)
		wire.says(200, gzip.compress(b"[" + b" " * 20 * MEGABYTE + b"]"), "Content-Encoding: gzip\r\n")
		desk.poll()
		assert all(row.failures == 1 and row.cursor is None for row in desk.rows())
		assert desk.table("SELECT * FROM `tabSocial Message`") == []


def numbers_only(host: str, port: int, *_rest: object, **_more: object) -> list:
	"""As the real one does for an address that is a number, and without asking anybody."""
	family = socket.AF_INET6 if ":" in host else socket.AF_INET
	return [(family, socket.SOCK_STREAM, 6, "", (host, port))]


def rebound(monkeypatch: pytest.MonkeyPatch, wire: Wire) -> list[str]:
	"""A name that is outside when it is looked at, and inside when it is called."""
	asked: list[str] = []

	def look_up(host: str, port: int, *_rest: object, **_more: object) -> list:
		asked.append(host)
		address = "93.184.215.14" if len(asked) == 1 else HERE
		return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, wire.port))]

	monkeypatch.setattr(socket, "getaddrinfo", look_up)
	return asked


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_name_that_changes_its_address_between_the_look_and_the_call(monkeypatch, wire, method, caplog):
	caplog.set_level(logging.DEBUG)
	asked = rebound(monkeypatch, wire)
	with pytest.raises(Rejected) as raised:
		Http(guarded_session()).call(
			method,
			f"http://rebind.example:{wire.port}/x?access_token=tok-5ecret-1",
			headers={"Authorization": "Bearer tok-5ecret-2"},
			json_body={"text": "bdy-5ecret-3"} if method == "POST" else None,
		)
	assert raised.value.reason == "internal address" and len(asked) == 2
	assert not any(wire.requests), "something was sent"
	secrets = {"1": "tok-5ecret-1", "2": "tok-5ecret-2", "3": "bdy-5ecret-3"}
	assert_keeps_secrets(raised.value, caplog.text, secrets)


# --- feeds ---------------------------------------------------------------------------------------------------

needs_feeds = pytest.mark.skipif(
	"rss" not in hooks.social_channels, reason="not supported: feeds (no driver yet)"
)
LAUGHS = (
	'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">'
	+ "".join(f'<!ENTITY lol{n} "{f"&lol{n - 1 if n > 1 else str()};" * 10}">' for n in range(1, 12))
	+ "]><rss><channel><title>&lol11;</title><item><title>&lol11;</title><guid>1</guid></item></channel></rss>"
)
OUTSIDE = (
	'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
	"<rss><channel><title>t</title><item><title>&x;</title><guid>1</guid></item></channel></rss>"
)
QUADRATIC = (
	'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x "'
	+ "x" * 50_000
	+ '">]><rss><channel><item><title>'
	+ "&x;" * 50_000
	+ "</title><guid>1</guid></item></channel></rss>"
)


BOMBS = {"laughs": LAUGHS.encode(), "a file": OUTSIDE.encode(), "quadratic": QUADRATIC.encode()}
BOMBS |= {
	f"laughs in {one}": LAUGHS.encode(one) for one in ("utf-16", "utf-16-be", "utf-16-le", "utf-32", "utf-7")
}
BOMBS["laughs after a comment"] = LAUGHS.replace("<!DOCTYPE", "<!-- <rss> -->\n<!DOCTYPE").encode()


@needs_feeds
@pytest.mark.parametrize("name", BOMBS)
def test_a_feed_that_is_a_bomb_or_reads_our_files(name, wire, tmp_path):
	kit = next(one for one in contracts() if one.channel_class.code == "rss")()
	desk = Unplugged(kit, tmp_path / "desk.sqlite", wire.url, frozenset({HERE}))
	wire.says(200, BOMBS[name], "Content-Type: application/rss+xml\r\n")
	before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
	desk.poll()
	assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024 < 100
	assert time.monotonic() - start < 10
	assert wire.requests and all(row.failures and row.last_error for row in desk.rows())
	assert desk.table("SELECT * FROM `tabSocial Message`") == []
	desk.host.close()


for_every_channel(globals(), Doors)
