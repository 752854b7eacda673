"""Instagram's hooks for the contracts, one kit for each way in which people write, and its recorded payloads."""

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
from social_service.channels.instagram.driver import Instagram
from social_service.channels.meta import inbox
from social_service.records import Account, Author, Kind, Message, Outgoing, Visibility
from tests.channels.meta_kit import READS, WRITES, MetaKit, lacking
from tests.kit.driving import ANYWHERE, CUSTOMER, NOW, Live

PAYLOADS = Path(__file__).parents[1] / "payloads/instagram"
OWN_ID, PAGE_ID, MEDIA_ID = "17841400100", "100200300", "17840009001"
US = Account(OWN_ID, "heimwerk", "Heimwerk", limits={"page_id": PAGE_ID})
LATER = "2026-05-04T09:00:00+0000"


def payload(name: str) -> dict:
	return json.loads((PAYLOADS / f"{name}.json").read_text())


class InstagramKit(MetaKit):
	"""People comment below a post of ours."""

	channel_class = Instagram
	network_module = "social_service.rehearsal.instagram_network"
	account = US
	stream = Stream("comments")
	longest = 2200
	lengths = (("hello", 5), ("  Grüße\n", 5))
	pages_worth = 120
	write_path = "/replies"
	answers_privately = True
	private_link = f"https://ig.me/m/{US.handle}"
	read_failures = (*READS, *lacking("instagram_basic"))
	write_failures = (*WRITES, *lacking("instagram_manage_comments"))
	recorded = "comment"
	listing = (
		"media",
		{"id": MEDIA_ID, "comments_count": 3, "comments": {"data": [{"id": "1", "timestamp": LATER}]}},
	)

	def external_id(self, number: int) -> str:
		return f"1785000{number}"

	def item(self, number: int, text: str) -> dict:
		return payload(self.recorded) | {"id": self.external_id(number), "text": text}

	def broken_items(self) -> Mapping[str, object]:
		good = self.item(1002, "hello")
		changes = {"no time": {"timestamp": None}, "odd time": {"timestamp": 7}, "no id": {"id": None}}
		changes |= {"odd author": {"from": "erika"}, "odd text": {"text": ["x"]}, "odd post": {"media": 7}}
		return {name: good | change for name, change in changes.items()} | {"a text": "?"}

	@contextmanager
	def answering(
		self, method: str, status: int, body: str, headers: Mapping[str, str] = {}
	) -> Iterator[None]:
		edge, row = self.listing
		with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
			if method == "GET" and status == 200 and body.startswith('{"data": ['):
				mock.get(re.compile(rf".*/{edge}\?.*"), json={"data": [row]})
			mock.add(method, ANYWHERE, body=body, status=status, headers=dict(headers))
			yield

	@pytest.fixture(autouse=True)
	def clock(self, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
		"""Windows are counted from the network's day."""
		live: Live | None = request.getfixturevalue("live") if "live" in request.fixturenames else None
		monkeypatch.setattr(inbox, "now", lambda: live.now if live else NOW)

	@pytest.fixture(autouse=True)
	def people_write(self, monkeypatch: pytest.MonkeyPatch) -> None:
		monkeypatch.setattr(Live, "mention", comment_below_ours)


class DirectKit(InstagramKit):
	"""People write to us."""

	stream = Stream("messages")
	recorded = "message"
	write_path = "/messages"
	read_failures = (*READS, *lacking("instagram_manage_messages"))
	write_failures = (*WRITES, *lacking("instagram_manage_messages"))
	listing = ("conversations", {"id": "t_1", "updated_time": LATER})

	def external_id(self, number: int) -> str:
		return f"aWdf{number}"

	def item(self, number: int, text: str) -> dict:
		return payload("message") | {"id": self.external_id(number), "message": text}

	def broken_items(self) -> Mapping[str, object]:
		good = self.item(1002, "hello")
		changes = {"no time": {"created_time": None}, "no id": {"id": None}, "no author": {"from": None}}
		changes |= {"odd text": {"message": ["x"]}, "odd files": {"attachments": {"data": [7]}}}
		return {name: good | change for name, change in changes.items()} | {"a text": "?"}

	def reply(self, text: str = "Thank you, we look into it.", **changes: object) -> Outgoing:
		author, hint = Author("7001", "erika"), {"recipient": "7001"}
		name, thread = "aWdf1", "instagram:7001"
		how = {"is_addressed": True, "reply_hint": hint}
		to = Message(name, thread, Kind.DIRECT_MESSAGE, author, "help", NOW, Visibility.PRIVATE, **how)
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
