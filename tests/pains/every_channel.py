"""Every driver on the embedded host, over its simulated network: a driver with a contract test comes in by itself.

``for_every_channel`` makes one test class of a Pain and of each contract in tests/channels, without the contract's tests.
"""

from __future__ import annotations

import pkgutil
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path

import pytest

import tests.channels
from social_service import account, engage, hooks, listen, ticket
from social_service.guard import check_reply
from social_service.hosts.embedded import EmbeddedHost
from social_service.ledger import Duty, SocialMessage, SocialReply
from social_service.listen import push
from social_service.records import AgentReplied
from social_service.sentence import Refused
from social_service.settings import SocialChannel
from social_service.triage.defaults import seeded_rules
from tests.kit.channel_contract import ChannelContract
from tests.kit.driving import CUSTOMER, DAYS, DriverKit, Live

ASKS = "Where is my refund? Please help!"
BOSS = "boss@example.com"
HERE = frozenset({"127.0.0.1"})
WORK = {
	Duty.POLL: listen.poll,
	Duty.ONCE: listen.fetch_once,
	Duty.RECHECK: listen.recheck,
	Duty.SCAN: listen.scan,
	Duty.DECIDE: ticket.decide,
}


def contracts() -> list[type]:
	"""One for each driver and each way in which people write to it."""
	found: dict[tuple, type] = {}
	for module in pkgutil.iter_modules(tests.channels.__path__):
		if module.name.startswith("test_"):
			loaded = import_module(f"tests.channels.{module.name}")
			for kind in vars(loaded).values():
				if isinstance(kind, type) and kind.__module__ == loaded.__name__ and _is_connected(kind):
					found.setdefault((kind.channel_class.code, kind.stream.key), kind)
	return list(found.values())


def _is_connected(kind: type) -> bool:
	"""A driver without its line in the hook is not finished."""
	return issubclass(kind, ChannelContract) and kind.channel_class.code in hooks.social_channels


def for_every_channel(
	namespace: dict, pain: type[Pain], fits: Callable[[type], bool] = lambda _one: True
) -> None:
	"""Puts a test class for each driver that fits into the module's namespace."""
	for contract in filter(fits, contracts()):
		theirs = {name: None for name in dir(contract) if name.startswith("test_")}
		name = f"{contract.__name__}{pain.__name__}"
		namespace[name] = type(name, (pain, contract), {**theirs, "__module__": namespace["__name__"]})


class Place:
	"""A channel of this network, connected to a desk. The time is the network's."""

	def __init__(self, kit: DriverKit, live: Live, path: Path) -> None:
		self.kit, self.live = kit, live
		self.driver, self.network = kit.channel_class, live.network
		self.path = path
		self.heard = len(live.network.pushes()) if self.driver.capabilities.push else 0
		self.host = EmbeddedHost(path, allow_internal=HERE)
		with self.host.transaction():
			for rule in seeded_rules():
				self.host.store.add(rule)
		self.channel = self.connect(live.network.url)
		account.check(self.host, self.channel.name, self.clock)
		self.forward(minutes=1)

	def connect(self, url: str) -> SocialChannel:
		told = {"base_url": url, **self.kit.options(url)}
		common = {key: told[key] for key in told if key in SocialChannel.COMMON}
		more = {key: told[key] for key in told if key not in common}
		new = SocialChannel("Company", self.driver.code, responsible=BOSS, more=more, **common)
		with self.host.transaction():
			channel, _ = self.host.store.add(new)
		self.host.keep_secrets(channel.name, self.kit.secrets)
		return channel

	# --- time and jobs --------------------------------------------------------------------------------------

	def clock(self) -> datetime:
		return self.live.now

	def forward(self, **span: float) -> None:
		self.live.now += timedelta(**span)
		self.network.set_clock(self.live.now)

	def work(self, *duties: Duty) -> int:
		rows = [row for row in listen.due(self.host, self.clock) if row.duty in duties]
		return sum(WORK[row.duty](self.host, row.name, self.clock) for row in rows)

	def round(self, **later: float) -> None:
		"""All that is due after that time is done."""
		self.forward(**(later or {"minutes": 20}))
		self.work(Duty.POLL, Duty.RECHECK, Duty.SCAN, Duty.ONCE)
		self.work(Duty.ONCE)
		self.forward(seconds=31)
		self.work(Duty.DECIDE)

	def rounds(self, number: int = 3) -> None:
		for _round in range(number):
			self.round()

	def deliver(self, calls: list[dict]) -> None:
		for call in calls:
			push.receive(self.host, self.channel.name, call["body"].encode(), call["headers"], self.clock)

	def new_calls(self) -> list[dict]:
		"""What the network has pushed since this was asked for the last time."""
		calls = self.network.pushes(self.heard) if self.driver.capabilities.push else []
		self.heard += len(calls)
		return calls

	# --- people ---------------------------------------------------------------------------------------------

	def people(self, number: int) -> list[str]:
		"""Handles of people whom no other test knows."""
		handles = [f"p{one}{self.live.now:%d%H%M}" for one in range(number)]
		for handle in handles:
			self.network.add_person(handle, f"Person {handle}")
		return handles

	def says(self, text: str = ASKS, by: str = CUSTOMER) -> str:
		"""A person writes, in the way of this contract."""
		with writing_as(by):
			return self.live.mention(text)

	def opened(self, text: str = ASKS, by: str = CUSTOMER) -> SocialMessage:
		"""A person wrote, and it is a ticket."""
		post = self.says(text, by)
		self.rounds(2)
		message = self.message(post)
		assert message and message.ticket, f"{post}: {message and message.fate_reason}"
		return message

	def reply(self, number: str, text: str) -> SocialReply:
		with self.host.transaction():
			message = self.host.desk.reply(number, text, self.clock())
			return engage.queue_reply(
				self.host, AgentReplied(number, message, "agent@example.com", text), self.clock
			)

	def may_answer(self, number: str) -> bool:
		try:
			check_reply(self.host, AgentReplied(number, "m", "agent@example.com", "Thank you."), self.clock)
		except Refused:
			return False
		return True

	def publish(self, **later: float) -> None:
		self.forward(**later)
		for name in engage.sweep(self.host, self.clock):
			engage.send(self.host, name, self.clock)

	# --- what there is --------------------------------------------------------------------------------------

	def message(self, external_id: str) -> SocialMessage | None:
		key = SocialMessage.key(self.channel.name, external_id)
		return next(iter(self.host.store.find(SocialMessage, {"digest": key}, order="name", limit=1)), None)

	def messages(self) -> list[SocialMessage]:
		return self.host.store.find(SocialMessage, {}, order="sent_at,external_id", limit=1000)

	def replies(self) -> list[SocialReply]:
		return self.host.store.find(SocialReply, {}, order="queued_at,name", limit=100)

	def tickets(self) -> list[str]:
		return [str(name) for (name,) in self.table("SELECT name FROM ticket ORDER BY name")]

	def told(self) -> list[str]:
		return [text for (text,) in self.table("SELECT text FROM told")]

	def table(self, statement: str, *values: object) -> list[tuple]:
		return self.host.connection.execute(statement, values).fetchall()

	def published(self, message: SocialMessage) -> list[dict]:
		entries = self.network.ledger()["published"]
		return [one for one in entries if one["reply_to"] == message.external_id]


class writing_as:
	"""Who writes in `Live.mention`: the kits name CUSTOMER there."""

	def __init__(self, handle: str) -> None:
		self.handle = handle

	def __enter__(self) -> None:
		names = [name for name in sys.modules if name.startswith("tests.channels.")]
		self.modules = [sys.modules[name] for name in (*names, "tests.kit.driving")]
		self.modules = [one for one in self.modules if hasattr(one, "CUSTOMER")]
		self._put(self.handle)

	def __exit__(self, *_error: object) -> None:
		self._put(CUSTOMER)

	def _put(self, handle: str) -> None:
		for module in self.modules:
			module.CUSTOMER = handle


class Pain(DriverKit):
	"""Mixed with a contract: its kit, its network, and a desk beside."""

	@pytest.fixture
	def place(
		self, live: Live, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
	) -> Iterator[Place]:
		began = live.now
		for name, module in list(sys.modules.items()):
			if name.startswith("social_service.channels.") and hasattr(module, "now"):
				monkeypatch.setattr(module, "now", lambda: live.now)
		place = Place(self, live, tmp_path / "desk.sqlite")
		yield place
		place.host.close()
		live.network.recover()
		# the next test begins after the last day of this one
		request.node.session.stash[DAYS][live.network.url] += (live.now - began).days + 2
