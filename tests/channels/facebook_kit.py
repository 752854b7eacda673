"""Facebook's hooks for the contracts, one kit for each way in which people write, and its recorded payloads."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import responses

from social_service.channels.base import Stream
from social_service.channels.facebook.driver import Facebook
from social_service.channels.meta import inbox
from social_service.records import Account, Author, Kind, Message, Outgoing, Page, Visibility
from tests.channels.meta_kit import READS, WRITES, MetaKit, lacking
from tests.kit.driving import ANYWHERE, CUSTOMER, NOW, Live

PAYLOADS = Path(__file__).parents[1] / "payloads/facebook"
PAGE_ID, POST_ID = "100200300", "100200300_9001"
US = Account(PAGE_ID, "heimwerk", "Heimwerk")


def payload(name: str) -> dict:
	return json.loads((PAYLOADS / f"{name}.json").read_text())


class FacebookKit(MetaKit):
	"""Visitors post on the Page."""

	channel_class = Facebook
	network_module = "social_service.rehearsal.facebook_network"
	account = US
	stream = Stream("posts")
	longest = 8000
	lengths = (("hello", 5), ("  Grüße\n", 5), ("https://heimwerk.example/" + "a" * 80, 105))
	write_path = "/comments"
	answers_privately = True
	private_link = f"https://m.me/{PAGE_ID}"
	read_failures = (*READS, *lacking("pages_read_user_content"))
	write_failures = (*WRITES, *lacking("pages_manage_engagement"))
	recorded = "visitor_post"

	def external_id(self, number: int) -> str:
		return f"{PAGE_ID}_{number}"

	def item(self, number: int, text: str) -> dict:
		return payload(self.recorded) | {"id": self.external_id(number), "message": text}

	def broken_items(self) -> Mapping[str, object]:
		good = self.item(1002, "hello")
		changes = {"no time": {"created_time": None}, "odd time": {"created_time": 7}, "no id": {"id": None}}
		changes |= {"odd author": {"from": "Erika"}, "author without id": {"from": {"name": "E"}}}
		changes |= {"odd text": {"message": ["x"]}}
		return {name: good | change for name, change in changes.items()} | {"a text": "?"}

	def reads(self, stream: str, body: object, cursor: str | None = None) -> Page:
		with self.answering("GET", 200, json.dumps(body)):
			return self.offline().fetch(Stream(stream), cursor, NOW.isoformat())

	@pytest.fixture(autouse=True)
	def clock(self, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
		"""Windows are counted from the network's day."""
		live: Live | None = request.getfixturevalue("live") if "live" in request.fixturenames else None
		monkeypatch.setattr(inbox, "now", lambda: live.now if live else NOW)


class CommentKit(FacebookKit):
	"""People comment below a post of the Page."""

	stream = Stream("comments")
	recorded = "comment"
	read_failures = (*READS, *lacking("pages_read_engagement"))

	def external_id(self, number: int) -> str:
		return f"9001_{number}"

	@contextmanager
	def answering(
		self, method: str, status: int, body: str, headers: Mapping[str, str] = {}
	) -> Iterator[None]:
		newest = {"data": [{"id": "9001_1", "created_time": "2026-05-04T09:00:00+0000"}]}
		wall = {"data": [{"id": POST_ID, "comments": newest | {"summary": {"total_count": 3}}}]}
		with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
			if method == "GET" and status == 200 and body.startswith('{"data": ['):
				mock.get(re.compile(r".*/feed\b.*"), json=wall)
			mock.add(method, ANYWHERE, body=body, status=status, headers=dict(headers))
			yield

	@pytest.fixture(autouse=True)
	def people_comment(self, monkeypatch: pytest.MonkeyPatch) -> None:
		monkeypatch.setattr(Live, "mention", comment_below_ours)


class MessengerKit(FacebookKit):
	"""People write to the Page."""

	stream = Stream("messages")
	recorded = "message"
	write_path = "/messages"
	read_failures = (*READS, *lacking("pages_messaging"))
	write_failures = (*WRITES, *lacking("pages_messaging"))

	def external_id(self, number: int) -> str:
		return f"m_{number}"

	@contextmanager
	def answering(
		self, method: str, status: int, body: str, headers: Mapping[str, str] = {}
	) -> Iterator[None]:
		talk = {"id": "t_1", "updated_time": "2026-05-04T09:00:00+0000"}
		with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
			if method == "GET" and status == 200 and body.startswith('{"data": ['):
				mock.get(re.compile(r".*/conversations\b.*"), json={"data": [talk]})
			mock.add(method, ANYWHERE, body=body, status=status, headers=dict(headers))
			yield

	def broken_items(self) -> Mapping[str, object]:
		good = self.item(1002, "hello")
		changes = {"no time": {"created_time": None}, "no id": {"id": None}, "no author": {"from": None}}
		changes |= {"odd text": {"message": ["x"]}, "odd files": {"attachments": {"data": [7]}}}
		ours = {"from": {"id": PAGE_ID}, "to": {"data": []}}
		return {name: good | change for name, change in changes.items()} | {
			"to nobody": good | ours,
			"a text": "?",
		}

	def reply(self, text: str = "Thank you, we look into it.", **changes: object) -> Outgoing:
		author, hint = Author("7001", "", "Erika"), {"recipient": "7001"}
		to = Message(
			"m_1",
			"messenger:7001",
			Kind.DIRECT_MESSAGE,
			author,
			"help",
			NOW,
			Visibility.PRIVATE,
			is_addressed=True,
			reply_hint=hint,
		)
		return Outgoing(**{**vars(Outgoing("key-1", text, to, Visibility.PRIVATE)), **changes})

	@pytest.fixture(autouse=True)
	def people_write(self, monkeypatch: pytest.MonkeyPatch) -> None:
		monkeypatch.setattr(Live, "mention", write_to_us)


def comment_below_ours(live: Live, text: str = "the drill smokes") -> str:
	if not hasattr(live, "post_id"):
		live.post_id = live.network.post(live.company, "New saws are here")
	live.now += timedelta(seconds=1)
	live.network.set_clock(live.now)
	return live.network.post(CUSTOMER, text, reply_to=live.post_id)


def write_to_us(live: Live, text: str = "the drill smokes") -> str:
	live.now += timedelta(seconds=1)
	live.network.set_clock(live.now)
	return live.network.post(CUSTOMER, text, direct_to=live.company)
