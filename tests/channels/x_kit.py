"""What the tests of X share: the recorded payloads, the account, and how to make its driver."""

from __future__ import annotations

import json
from pathlib import Path

from social_service.channels.base import Stream
from social_service.channels.x.driver import X
from social_service.records import Account, Page
from tests.kit.driving import NOW, DriverKit

PAYLOADS = Path(__file__).parents[1] / "payloads/x"
US = Account("900100200300", "heimwerk", "Heimwerk")
MENTIONS, DMS, SEARCH = Stream("mentions"), Stream("dms"), Stream("search:drill")


def payload(name: str) -> dict:
	return json.loads((PAYLOADS / f"{name}.json").read_text())


PROBLEMS = payload("problems")


def problem(name: str) -> dict:
	return PROBLEMS[name]


class XKit(DriverKit):
	channel_class = X
	network_module = "social_service.rehearsal.x_network"
	secrets = {"access_token": "at-5ecret-77", "client_id": "ci-5ecret-77", "client_secret": "cs-5ecret-77"}
	account = US
	spelling = "tweet"

	def options(self, url: str) -> dict[str, str]:
		return {
			"base_url": url,
			"field_spelling": self.spelling,
			"keywords": "drill\n\n#heimwerk OR saw\ndrill",
		}

	def reads(self, stream: Stream, body: object, cursor: str | None = None) -> Page:
		with self.answering("GET", 200, json.dumps(body)):
			return self.offline().fetch(stream, cursor, NOW.isoformat())
