"""How the channel contracts get a driver: over a simulated network, or with answers that `responses` gives."""

from __future__ import annotations

import json
import re
import socket
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone

import pytest
import responses

from social_service.channels.base import Channel, Connection, Stream
from social_service.channels.errors import ChannelError
from social_service.channels.http import Http, guarded_session
from social_service.records import Account, Author, Kind, Message, Outgoing, Page, Visibility
from social_service.rehearsal.network import Network

NOW = datetime(2026, 5, 4, 8, 0, tzinfo=timezone.utc)
ANYWHERE = re.compile(r"https?://.*")
CUSTOMER = "erika"
MOST_PAGES = 50  # of one stream, until a post must be there


@dataclass(frozen=True)
class Failure:
	"""A row of the table "the network says … → we raise …". ``detail``: attributes that the error must have."""

	status: int
	body: object
	error: type[ChannelError]
	detail: Mapping[str, object] = field(default_factory=dict)
	headers: Mapping[str, str] = field(default_factory=dict)

	@property
	def text(self) -> str:
		return self.body if isinstance(self.body, str) else json.dumps(self.body)


class KitVault:
	"""Secrets of a test, durable as long as it."""

	def __init__(self, secrets: Mapping[str, str]) -> None:
		self.secrets = dict(secrets)

	def get(self, key: str) -> str:
		return self.secrets.get(key, "")

	def renew(self, key: str, stale: str, exchange: Callable[[], Mapping[str, str]]) -> None:
		if self.get(key) == stale:
			self.secrets.update(exchange())


@dataclass
class Live:
	"""A simulated network on a day of its own, so that tests that share the process do not see each other's posts."""

	network: Network
	now: datetime
	account: Account
	company: str

	@property
	def since(self) -> str:
		return (self.now - timedelta(minutes=1)).isoformat()

	def mention(self, text: str = "the drill smokes") -> str:
		self.now += timedelta(seconds=1)
		self.network.set_clock(self.now)
		return self.network.post(CUSTOMER, f"@{self.company} {text}")


class DriverKit:
	"""The hooks, and what the contracts build with them. A driver's test sets the first group."""

	channel_class: type[Channel]
	network_module: str  # `python -m …` of its simulated network
	secrets: Mapping[str, str]  # by Setting.key; the network knows the company by `company_token`
	company: str = "heimwerk"
	account: Account  # as `check` would have told it, for tests without a network
	stream: Stream = Stream("mentions")
	addresses_us = True  # its posts name, quote or answer our account

	def options(self, url: str) -> dict[str, str]:
		"""The settings that point the driver at ``url``."""
		raise NotImplementedError

	def item(self, number: int, text: str) -> dict:
		"""A post of a person that names us, as the network tells it in ``stream``. Its message has the id ``number``."""
		raise NotImplementedError

	def answer(self, items: Sequence[object]) -> object:
		"""The JSON of one page of ``stream`` with these items."""
		raise NotImplementedError

	def body(self, items: Sequence[object]) -> str:
		"""The page as it comes over the line; for what is no JSON."""
		return json.dumps(self.answer(items))

	def external_id(self, number: int) -> str:
		"""The id that the message of ``item(number, …)`` gets."""
		return str(number)

	def broken_items(self) -> Mapping[str, object]:
		"""Items that can't be read, by what is wrong with them (no author, no time …)."""
		raise NotImplementedError

	@property
	def company_token(self) -> str:
		return next(iter(self.secrets.values()))

	# --- over `responses` ---------------------------------------------------------------------------------

	def offline(self, **changes: object) -> Channel:
		return self.channel_class(self.connection("https://network.example", self.account, **changes))

	def connection(self, url: str, account: Account | None, *, internal: Sequence[str] = ()) -> Connection:
		http = Http(guarded_session(internal))
		return Connection(http, KitVault(self.secrets), self.options(url), account)

	@contextmanager
	def answering(
		self, method: str, status: int, body: str, headers: Mapping[str, str] = {}
	) -> Iterator[None]:
		with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
			mock.add(method, ANYWHERE, body=body, status=status, headers=dict(headers))
			yield

	def page_of(self, items: Sequence[object]) -> object:
		"""What the driver makes of one answer with these items."""
		cursor = self.cursor()
		with self.answering("GET", 200, self.body(items)):
			return self.offline().fetch(self.stream, cursor)

	def cursor(self) -> str:
		"""One that the driver itself made of an empty stream."""
		with self.answering("GET", 200, self.body([])):
			return self.offline().fetch(self.stream, None, NOW.isoformat()).cursor

	def reply(self, text: str = "Thank you, we look into it.", **changes: object) -> Outgoing:
		author = Author("4711", CUSTOMER, "Erika")
		own_id = self.external_id(1001)
		to = Message(own_id, own_id, Kind.MENTION, author, "help", NOW, is_addressed=True)
		return replace(Outgoing("key-1", text, to, Visibility.PUBLIC), **changes)

	# --- over a simulated network -------------------------------------------------------------------------

	@pytest.fixture(scope="class")
	def process(self) -> Iterator[Network]:
		with Network(self.network_module, NOW) as network:
			network.add_person(self.company, "Heimwerk", token=self.company_token)
			network.add_person(CUSTOMER, "Erika")
			yield network

	@pytest.fixture
	def live(self, process: Network, request: pytest.FixtureRequest) -> Live:
		days = request.node.session.stash.setdefault(DAYS, {})
		days[process.url] = days.get(process.url, 0) + 1
		now = NOW + timedelta(days=days[process.url])
		process.set_clock(now)
		account = self.channel_class(self.connection(process.url, None, internal=["127.0.0.1"])).check()
		return Live(process, now, account, self.company)

	def driver(self, live: Live) -> Channel:
		"""A new one, as every job makes it."""
		return self.channel_class(self.connection(live.network.url, live.account, internal=["127.0.0.1"]))

	def received(self, live: Live, text: str = "the drill smokes") -> Message:
		"""A customer's post, as the driver brings it."""
		posted = live.mention(text)
		page = self.driver(live).fetch(self.stream, None, live.since)
		for _more in range(MOST_PAGES):
			if posted in {one.external_id for one in page.messages} or not page.more:
				break
			page = self.driver(live).fetch(self.stream, page.cursor)
		return next(one for one in page.messages if one.external_id == posted)


HTML = "<html><body><h1>Please log in to the hotel's network</h1></body></html>"
DAYS = pytest.StashKey[dict]()


def assert_keeps_secrets(error: BaseException, logged: str, secrets: Mapping[str, str]) -> None:
	shown = "".join(traceback.format_exception(error)) + repr(error) + repr(vars(error)) + logged
	for key, secret in secrets.items():
		assert secret not in shown, f"{key} is shown"


def assert_speaks(error: ChannelError) -> None:
	"""To a person: a whole sentence."""
	said = str(error.sentence)
	assert len(said) > 15 and said[-1] in ".!?" and "{" not in said, said


def with_unknown_fields(told: object) -> object:
	"""The same JSON from a network that has learned something new."""
	if isinstance(told, dict):
		return {**{key: with_unknown_fields(value) for key, value in told.items()}, "of_tomorrow": {"a": [1]}}
	return [with_unknown_fields(one) for one in told] if isinstance(told, list) else told


def ids(page: Page) -> list[str]:
	return [one.external_id for one in page.messages]


def assert_is(error: ChannelError, row: Failure) -> None:
	assert type(error) is row.error, f"{row.status} {row.text[:80]}: {error!r}"
	told = {name: getattr(error, name) for name in row.detail}
	assert told == dict(row.detail), f"{row.status} {row.text[:80]}"
	assert_speaks(error)


def closed_address() -> str:
	with socket.create_server(("127.0.0.1", 0)) as server:
		return f"http://127.0.0.1:{server.getsockname()[1]}"
