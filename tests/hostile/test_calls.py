"""Webhook calls of strangers, to every driver that is pushed to: refused, logged without a secret, and nothing is stored."""

from __future__ import annotations

import inspect
import json
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from social_service.channels.errors import ChannelError, PayloadInvalid, SignatureInvalid
from social_service.ledger import SocialMessage
from social_service.listen import push
from social_service.records import Page
from tests.kit.driving import Live, assert_keeps_secrets
from tests.kit.memory_channel import Memory, World
from tests.kit.receive_contract import BodySigned, ReceiveContract
from tests.pains.every_channel import ASKS, Pain, Place, for_every_channel
from tests.pains.unplugged import Unplugged

TEN_MEGABYTES = 10 * 1024 * 1024
STORES = ("tabSocial Message", "tabSocial Payload", "tabSocial Stream", "ticket", "told", "note")


def stored(place: Place) -> list[int]:
	return [place.table(f"SELECT count(*) FROM `{name}`")[0][0] for name in STORES]


class Strangers(Pain):
	def is_timed(self) -> bool:
		"""Is the time of a call signed too?"""
		return "at" in inspect.signature(self.signed).parameters

	def signs(self, body: bytes, place: Place) -> dict[str, str]:
		return dict(self.signed(body, at=place.clock()) if self.is_timed() else self.signed(body))

	@pytest.fixture
	def call(self, place: Place) -> bytes:
		"""A body as the network sends it; the receiver's clock is the kit's."""
		return next(iter(self.calls())).body

	def refused(
		self, place: Place, body: bytes, headers: Mapping[str, str], error: type[Exception], caplog
	) -> None:
		caplog.set_level(logging.DEBUG)
		before, start = stored(place), time.monotonic()
		with pytest.raises(error) as raised:
			push.receive(place.host, place.channel.name, body, headers, place.clock)
		assert time.monotonic() - start < 3, "a stranger holds the worker"
		assert stored(place) == before
		if isinstance(raised.value, ChannelError):
			assert_keeps_secrets(raised.value, caplog.text, self.secrets)

	def test_a_wrong_a_missing_and_a_stolen_signature(self, place: Place, call: bytes, caplog):
		good = self.signs(call, place)
		name = self.signature_header
		told = good[name]
		wrong = ("", "x", told[:-1], told.swapcase() + "x", told + "0", " " + told[1:], "\x00", "é" * 64)
		for one in wrong:
			self.refused(place, call, {**good, name: one}, SignatureInvalid, caplog)
		self.refused(place, call, {}, SignatureInvalid, caplog)
		self.refused(
			place, call, {key: one for key, one in good.items() if key != name}, SignatureInvalid, caplog
		)

	def test_a_good_signature_over_other_bytes(self, place: Place, call: bytes, caplog):
		if not issubclass(type(self), BodySigned):
			pytest.skip("not supported: signatures over the body")
		headers = self.signs(call, place)
		same = json.dumps(json.loads(call), indent=1).encode()
		for body in (call + b" ", b" " + call, call.replace(b"e", b"f", 1), same, b"", call[:-1], call * 2):
			self.refused(place, body, headers, SignatureInvalid, caplog)

	def test_a_call_that_was_overheard_is_harmless_or_too_old(self, place: Place, hooked: None, caplog):
		place.says(ASKS)
		calls = place.new_calls()
		place.deliver(calls)
		if self.is_timed():
			place.forward(minutes=6)
			for one in calls:
				self.refused(place, one["body"].encode(), one["headers"], SignatureInvalid, caplog)
			return
		place.round()
		before = place.table("SELECT external_id, fate, ticket FROM `tabSocial Message`"), place.tickets()
		place.forward(hours=48)
		place.deliver(calls * 3)
		place.round()
		assert (
			place.table("SELECT external_id, fate, ticket FROM `tabSocial Message`"),
			place.tickets(),
		) == before

	@pytest.fixture
	def hooked(self, live: Live) -> Iterator[None]:
		if hasattr(self, "set_webhook"):
			self.set_webhook(
				live, url="https://desk.example/hook", secret_token=self.secrets["webhook_secret"]
			)
		yield
		if hasattr(self, "set_webhook"):
			self.set_webhook(live)

	def test_ten_megabytes_of_a_stranger_are_not_even_read(
		self, place: Place, call: bytes, caplog, monkeypatch
	):
		"""The door refuses more than one (tests/host): behind it nothing is parsed before it is known who speaks."""
		monkeypatch.setattr(json, "loads", only_small(json.loads))
		body = b'{"posts": ["' + b"x" * TEN_MEGABYTES + b'"]}'
		headers = {**self.signs(b"{}", place), self.signature_header: "0" * 64}
		self.refused(place, body, headers, SignatureInvalid, caplog)

	def test_a_header_of_a_megabyte(self, place: Place, call: bytes, caplog):
		for told in ("sha256=" + "f" * 2**20, "v1," + "A" * 2**20, "v1,A " * 2**18, "é" * 2**20):
			headers = {**self.signs(call, place), self.signature_header: told}
			self.refused(place, call, headers, SignatureInvalid, caplog)

	def test_a_body_nested_without_end(self, place: Place, caplog):
		for body in (b'{"a":' * 200_000, b"[" * 200_000, b'{"a":' * 200_000 + b"1" + b"}" * 200_000):
			self.refused(place, body, self.signs(body, place), PayloadInvalid, caplog)

	def test_ten_thousand_items_in_one_call(self, tmp_path: Path):
		body = flooded(json.loads(next(iter(self.calls())).body), 10_000)
		if items(self.offline().receive(body, self.signed(body))) <= push.MOST_ITEMS:
			pytest.skip("not supported: many things in one call")
		desk = Unplugged(self, tmp_path / "unplugged.sqlite")
		before = desk.table("SELECT * FROM `tabSocial Stream`")
		with pytest.raises(push.TooMuch):
			push.receive(desk.host, desk.channel.name, body, self.signed(body), desk.clock)
		assert desk.table("SELECT * FROM `tabSocial Stream`") == before
		assert desk.table("SELECT * FROM `tabSocial Message`") == []
		desk.host.close()

	def test_a_nul_and_half_a_pair_stop_nothing(self, place: Place, hooked: None):
		post = place.says(f"{ASKS} half \ud83d pair, NUL \x00 and \u202e back")
		place.deliver(place.new_calls())
		place.round()
		message = place.message(post)
		assert message.ticket, message.fate_reason
		assert "half ? pair, NUL \x00" in message.text or "half \ufffd pair" in message.text
		message.text.encode("utf-8")


def only_small(loads: Callable) -> Callable:
	def load(told: str | bytes, *arguments: object, **more: object) -> object:
		assert len(told) < TEN_MEGABYTES, "it was parsed"
		return loads(told, *arguments, **more)

	return load


def flooded(told: object, number: int) -> bytes:
	"""The innermost list of things in it, with so many different ones: Meta puts changes into entries."""
	things = _things(told)
	first = json.dumps(things[0]) if things else ""
	things[:] = [json.loads(_renumbered(first, one)) for one in range(number)] if things else []
	return json.dumps(told).encode()


def _things(told: object) -> list:
	inside = told.values() if isinstance(told, dict) else told if isinstance(told, list) else ()
	inner = next(filter(None, map(_things, inside)), [])
	if inner or not isinstance(told, list):
		return inner
	return told if told and isinstance(told[0], dict) else []


def _renumbered(text: str, number: int) -> str:
	told = json.loads(text)
	_number(told, number)
	return json.dumps(told)


def _number(told: object, number: int) -> None:
	for key, value in list(told.items()) if isinstance(told, dict) else ():
		if isinstance(value, dict):
			_number(value, number)
		elif key in ("id", "comment_id", "media_id", "mid", "item_id") and isinstance(value, (str, int)):
			told[key] = f"{value}{number}" if isinstance(value, str) else value * 100_000 + number


def items(page: Page) -> int:
	return len(page.messages) + len(page.unreadable) + len(page.deleted) + len(page.due)


def test_ten_thousand_items_are_refused_whole_whatever_they_are(desk, monkeypatch):
	world = World()
	posts = tuple(world.post(number, ASKS) for number in range(10_000))
	pages = (Page(posts, None), Page((), None, deleted=tuple(one.external_id for one in posts)))
	pages += (Page((), None, due=tuple(f"comment:{number}" for number in range(10_000))),)
	for page in pages:
		monkeypatch.setattr(Memory, "receive", lambda self, body, headers, page=page: page)
		with pytest.raises(push.TooMuch):
			push.receive(desk.host, desk.channel.name, b"{}", {}, desk.clock)
	assert desk.host.store.find(SocialMessage, {}, order="name", limit=9) == []
	assert desk.table("SELECT stream_key FROM `tabSocial Stream` WHERE duty = 'once'") == []


def test_a_call_to_a_driver_that_is_never_pushed_to(desk):
	with pytest.raises(ChannelError):
		push.receive(desk.host, desk.channel.name, b"{}", {}, desk.clock)


for_every_channel(globals(), Strangers, lambda one: issubclass(one, ReceiveContract))
