from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from social_service import account, engage, hooks, listen, ticket
from social_service.hosts.embedded import EmbeddedHost
from social_service.ledger import Duty, SocialMessage, SocialReply
from social_service.records import AgentReplied, Article
from social_service.settings import SocialChannel
from social_service.site_settings import the_settings
from social_service.triage.defaults import seeded_rules
from tests.kit.memory_channel import MORNING, Memory, World


class Clock:
	def __init__(self, now: datetime) -> None:
		self.now = now

	def __call__(self) -> datetime:
		return self.now

	def forward(self, **span: float) -> None:
		self.now += timedelta(**span)


class Desk:
	"""The whole way on the embedded host, as the jobs of a site would walk it."""

	def __init__(self, host: EmbeddedHost, world: World, clock: Clock, channel: SocialChannel) -> None:
		self.host, self.world, self.clock, self.channel = host, world, clock, channel

	def rows(self, duty: Duty) -> list:
		return [row for row in listen.due(self.host, self.clock) if row.duty is duty]

	def listen(self) -> int:
		return sum(listen.poll(self.host, row.name, self.clock) for row in self.rows(Duty.POLL))

	def decide(self) -> int:
		return sum(ticket.decide(self.host, row.name, self.clock) for row in self.rows(Duty.DECIDE))

	def round(self, **later: float) -> None:
		self.clock.forward(**(later or {"minutes": 20}))
		self.listen()
		self.decide()

	def reply(self, number: str, text: str) -> SocialReply:
		with self.host.transaction():
			message = self.host.desk.reply(number, text, self.clock())
			replied = AgentReplied(number, message, "agent@example.com", text)
			return engage.queue_reply(self.host, replied, self.clock)

	def publish(self, **later: float) -> None:
		self.clock.forward(**later)
		for name in engage.sweep(self.host, self.clock):
			engage.send(self.host, name, self.clock)

	def message(self, external_id: str) -> SocialMessage:
		key = SocialMessage.key(self.channel.name, external_id)
		return self.host.store.find(SocialMessage, {"digest": key}, order="name", limit=1)[0]

	def fates(self) -> dict[str, str]:
		found = self.host.store.find(SocialMessage, {}, order="external_id", limit=1000)
		return {one.external_id: str(one.fate) for one in found}

	def replies(self) -> list[SocialReply]:
		return self.host.store.find(SocialReply, {}, order="queued_at,name", limit=100)

	def table(self, statement: str) -> list[tuple]:
		return self.host.connection.execute(statement).fetchall()


@pytest.fixture
def world(monkeypatch) -> World:
	fresh = World()
	monkeypatch.setitem(hooks.social_channels, "memory", "tests.kit.memory_channel.Memory")
	monkeypatch.setattr(Memory, "world", fresh, raising=False)
	return fresh


@pytest.fixture
def clock() -> Clock:
	return Clock(MORNING - timedelta(minutes=5))


@pytest.fixture
def host(tmp_path):
	host = EmbeddedHost(tmp_path / "desk.sqlite")
	yield host
	host.close()


@pytest.fixture
def desk(host, world, clock) -> Desk:
	"""A connected channel with the seeded rules and two articles. No network call may find an open transaction."""

	def no_open_transaction() -> None:
		assert not host.in_transaction, "a network was called inside a transaction"

	world.before_call = no_open_transaction
	with host.transaction():
		new = SocialChannel(title="Company", driver="memory", responsible="boss@example.com")
		channel, _ = host.store.add(new)
		for rule in seeded_rules():
			host.store.add(rule)
		host.store.change(the_settings(host), undo_seconds=0)  # an answer leaves when the test says so
		host.desk.put_article(
			Article("refund", "How do I get a refund?", "Send us the ticket number.", MORNING)
		)
		host.desk.put_article(Article("login", "I can't log in to the app", "Reset your password.", MORNING))
	host.keep_secrets(channel.name, {"access_token": "s3cret-t0ken"})
	account.check(host, channel.name, clock)
	return Desk(host, world, clock, channel)
