"""Feeds that want to eat memory or time, or to lead us inside: refused with a sentence, and nothing is stored."""

from __future__ import annotations

import gzip
import threading
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from social_service.channels.errors import PayloadInvalid, Rejected
from social_service.channels.rss.fetching import LARGEST
from social_service.channels.rss.parsing import FORGIVEN
from social_service.records import Page
from tests.channels.rss_kit import RssKit, feed, item
from tests.kit.driving import assert_speaks

SINCE = "2026-05-04T00:00:00+00:00"
MEGABYTE = 1024 * 1024
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
QUADRATIC = f'<!ENTITY a "{"a" * 100_000}">'
BOMBS = {
	"billion laughs": f'<!DOCTYPE rss [<!ENTITY l0 "lol">{LAUGHS}]>{feed(item(1, "&l11;"))[21:]}',
	"quadratic": f"<!DOCTYPE rss [{QUADRATIC}]>{feed(item(1, '&a;' * 100_000))[21:]}",
	"behind a comment": f'<?xml version="1.0"?><!-- <a --><!DOCTYPE rss [{QUADRATIC}]>{feed(item(1, "&a;" * 99_999))[21:]}',
	"behind quotes": f"<!DOCTYPE rss SYSTEM \"x>[\" [<!ENTITY l0 'l'>{LAUGHS}]>{feed(item(1, '&l11;'))[21:]}",
	"parameter entities": '<!DOCTYPE rss [<!ENTITY % a "x"> %a;]>' + feed(item(1, "x"))[21:],
	"in small letters": f"<!doctype rss [<!entity l0 'l'>{LAUGHS}]>{feed(item(1, '&l11;'))[21:]}",
	"a file of ours": '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + feed(item(1, "&x;"))[21:],
}


@dataclass
class Site:
	url: str = ""
	body: bytes = b""
	headers: dict[str, str] = field(default_factory=dict)
	status: int = 200


@pytest.fixture
def site() -> Iterator[Site]:
	told = Site()

	class Handler(BaseHTTPRequestHandler):
		def do_GET(self) -> None:
			self.send_response(told.status)
			for name, value in {"Content-Length": str(len(told.body)), **told.headers}.items():
				self.send_header(name, value)
			self.end_headers()
			try:
				self.wfile.write(told.body)
			except OSError:
				"""The reader had enough."""

		def log_message(self, *_words: object) -> None:
			"""Silent."""

	with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
		told.url = f"http://127.0.0.1:{server.server_port}"
		threading.Thread(target=server.serve_forever, daemon=True).start()
		yield told
		server.shutdown()


@contextmanager
def modest(megabytes: int, seconds: float) -> Iterator[None]:
	"""Whatever happens inside takes no more memory and time than this."""
	began = time.monotonic()
	tracemalloc.start()
	try:
		yield
		assert tracemalloc.get_traced_memory()[1] < megabytes * MEGABYTE, "it eats memory"
	finally:
		tracemalloc.stop()
	assert time.monotonic() - began < seconds, "it eats time"


class TestHostileFeeds(RssKit):
	def fetch(self, site: Site) -> Page:
		driver = self.channel_class(self.connection(site.url, self.account, internal=["127.0.0.1"]))
		return driver.fetch(self.stream, None, SINCE)

	def refused(self, site: Site, megabytes: int = 40, seconds: float = 10) -> PayloadInvalid:
		with modest(megabytes, seconds), pytest.raises(PayloadInvalid) as raised:
			self.fetch(site)
		assert_speaks(raised.value)
		return raised.value

	@pytest.mark.parametrize("name", BOMBS)
	def test_entities_that_unfold_are_refused(self, site: Site, name: str):
		site.body = BOMBS[name].encode()
		assert "entities" in str(self.refused(site))

	@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-16-le", "utf-8-sig"])
	def test_entities_in_another_encoding_are_refused(self, site: Site, encoding: str):
		site.body = BOMBS["billion laughs"].encode(encoding)
		site.headers = {"Content-Type": f"application/xml; charset={encoding.removesuffix('-sig')}"}
		self.refused(site)

	@pytest.mark.parametrize("encoding", ["utf-7", "punycode", "idna", "unicode_escape", "zlib", "no-such"])
	def test_odd_encodings_are_read_as_utf_8(self, site: Site, encoding: str):
		site.body = feed(item(1, "Grüße")).encode()
		site.headers = {"Content-Type": f"application/xml; charset={encoding}"}
		assert [one.text for one in self.fetch(site).messages] == ["Grüße"]

	@pytest.mark.parametrize("rounds", [1, 2])
	def test_a_zip_bomb_is_refused(self, site: Site, rounds: int):
		packed = gzip.compress(b"\0" * (300 * MEGABYTE))
		for _round in range(rounds - 1):
			packed = gzip.compress(packed)
		assert len(packed) < MEGABYTE
		site.body, site.headers = packed, {"Content-Encoding": ", ".join(["gzip"] * rounds)}
		assert "too large" in str(self.refused(site))

	def test_what_is_not_packed_as_it_says_is_refused(self, site: Site):
		site.body, site.headers = feed(item(1, "x")).encode(), {"Content-Encoding": "gzip"}
		self.refused(site)

	def test_a_feed_larger_than_feeds_are_is_refused(self, site: Site):
		site.body = feed(item(1, "x" * LARGEST)).encode()
		assert "too large" in str(self.refused(site))

	@pytest.mark.parametrize("unit", ["<a>", "<", "<a ", "&", '<a b="'])
	def test_large_and_broken_xml_is_refused_before_it_takes_time(self, site: Site, unit: str):
		site.body = feed(item(1, unit * (2 * FORGIVEN // len(unit)))).encode()
		assert "errors in its XML" in str(self.refused(site, megabytes=80, seconds=5))

	def test_small_and_broken_xml_is_read_all_the_same(self, site: Site):
		site.body = feed(item(1, "fish & chips <b>hot")).encode()
		assert [one.text for one in self.fetch(site).messages] == ["fish & chips hot"]

	def test_a_feed_that_breaks_off_is_not_stored_in_part(self, site: Site):
		whole = feed(*(item(number, f"n{number}") for number in range(20))).encode()
		for end in (len(whole) // 2, len(whole) - 9):
			site.body = whole[:end]
			assert "broke off" in str(self.refused(site))

	def test_a_body_that_looks_like_an_address_or_a_file_is_not_opened(self, site: Site):
		for body in (b"http://127.0.0.1:1/feed", b"/etc/passwd", b"file:///etc/passwd"):
			site.body = body
			self.refused(site)

	def test_a_redirect_to_an_address_inside_is_refused(self, site: Site):
		site.status, site.headers = (
			302,
			{"Location": site.url.replace("127.0.0.1", "[::1]") + "/feed.xml"},
		)
		with pytest.raises(Rejected) as raised:
			self.fetch(site)
		assert raised.value.reason == "internal address"

	def test_a_redirect_to_a_file_is_refused(self, site: Site):
		site.status, site.headers = 302, {"Location": "file:///etc/passwd"}
		with pytest.raises(Rejected) as raised:
			self.fetch(site)
		assert raised.value.reason == "bad address"

	def test_scripts_and_markup_are_stripped(self, site: Site):
		evil = '&lt;script&gt;alert(1)&lt;/script&gt;&lt;p onclick="x()"&gt;hi&lt;img src=x onerror=y&gt;&lt;/p&gt;'
		site.body = feed(item(1, evil, link="javascript:alert(1)")).encode()
		(message,) = self.fetch(site).messages
		assert (message.text, message.url) == ("hi", "")

	def test_more_entries_than_we_keep_are_the_newest(self, site: Site):
		site.body = feed(*(item(number, "x") for number in range(1500))).encode()
		assert len(self.fetch(site).messages) == 1000
