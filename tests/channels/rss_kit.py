"""The hooks of feeds for the contracts, and recorded feeds (invented people)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from types import MappingProxyType

from social_service.channels.base import Stream
from social_service.channels.errors import AuthFailed, AuthProblem, PayloadInvalid, Rejected, Throttled
from social_service.channels.rss.cursor import digest
from social_service.channels.rss.driver import Rss
from social_service.records import Account
from social_service.rehearsal.rss_network import in_html
from tests.kit.driving import DriverKit, Failure

PAYLOADS = Path(__file__).parent.parent / "payloads" / "rss"
HOST = "network.example"
FEED = f"https://{HOST}/feed.xml"
DATED = "Mon, 04 May 2026 08:00:05 GMT"


def payload(name: str) -> str:
	return (PAYLOADS / name).read_text(encoding="utf-8")


def key(address: str = FEED) -> str:
	return digest(address)


def item(number: int, body: str = "", **changes: str) -> str:
	parts = {
		"guid": str(number),
		"link": f"https://{HOST}/post/{number}",
		"pubDate": DATED,
		"author": "erika@mail.example (Erika Baumann)",
		"description": body,
	} | changes
	return "<item>" + "".join(f"<{name}>{text}</{name}>" for name, text in parts.items() if text) + "</item>"


def feed(*items: str) -> str:
	head = "<title>Heimwerk Blog</title><link>https://network.example/</link><language>de-DE</language>"
	return f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{"".join(items)}</channel></rss>'


class RssKit(DriverKit):
	channel_class = Rss
	network_module = "social_service.rehearsal.rss_network"
	secrets = MappingProxyType({})
	company = "127.0.0.1"
	company_token = "feeds have none"
	account = Account("rss", HOST, "Heimwerk Blog", limits={"without_comments": []})
	stream = Stream(f"feed:{key()}")
	addresses_us = False
	longest = 0
	read_failures = (
		Failure(401, "", AuthFailed, {"problem": AuthProblem.PERMISSION}),
		Failure(403, "", AuthFailed, {"problem": AuthProblem.PERMISSION}),
		Failure(404, "", Rejected, {"reason": "gone"}),
		Failure(410, "", Rejected, {"reason": "gone"}),
		Failure(200, "", PayloadInvalid),
		Failure(200, feed(item(1))[:-9], PayloadInvalid),
		Failure(200, "<opml version='1.0'><body/></opml>", PayloadInvalid),
		Failure(429, "", Throttled, {"retry_after": 120.0}, {"Retry-After": "120"}),
	)

	def options(self, url: str) -> dict[str, str]:
		"""A stream is named after the address of its feed."""
		self.stream = Stream(f"feed:{key(f'{url}/feed.xml')}")
		return {"feeds": f"{url}/feed.xml"}

	def item(self, number: int, text: str) -> str:
		return item(number, escape(in_html(text)))

	def external_id(self, number: int) -> str:
		return f"{HOST}:{number}"

	def body(self, items: Sequence[str]) -> str:
		return feed(*items)

	def answer(self, items: Sequence[str]) -> object:
		return self.body(items)

	def broken_items(self) -> Mapping[str, str]:
		return {
			"nothing in it": "<item><category>x</category></item>",
			"no words and no link": item(1002, link=""),
			"no time": item(1002, "hello", pubDate=""),
			"an odd time": item(1002, "hello", pubDate="yesterday"),
		}
