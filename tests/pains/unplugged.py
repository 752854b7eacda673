"""A desk for a driver that never sees its network: what it hears, `responses` says."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path

from social_service import account, listen
from social_service.hosts.embedded import EmbeddedHost
from social_service.ledger import Duty, SocialStream
from social_service.settings import SocialChannel
from tests.kit.driving import NOW, DriverKit
from tests.pains.every_channel import BOSS

ADDRESS = "https://network.example"


class Unplugged:
	"""A connected channel of this driver that never sees a network, and another one that works."""

	def __init__(
		self, kit: DriverKit, path: Path, address: str = ADDRESS, internal: frozenset[str] = frozenset()
	) -> None:
		self.kit, self.now = kit, NOW
		self.host = EmbeddedHost(path, allow_internal=internal)
		self.channel = self.connected(kit.channel_class.code, "Company", kit.options(address))
		self.host.keep_secrets(self.channel.name, kit.connection(ADDRESS, None).vault.secrets)
		row = account.account_row(self.host, self.channel.name)
		facts = {"account": asdict(kit.account), "connected_at": NOW.isoformat()}
		with self.host.transaction():
			self.host.store.change(row, facts=facts, last_success_at=NOW)

	def connected(self, code: str, title: str, told: dict[str, str]) -> SocialChannel:
		common = {key: told[key] for key in told if key in SocialChannel.COMMON}
		more = {key: told[key] for key in told if key not in common}
		new = SocialChannel(title, code, responsible=BOSS, more=more, poll_max_s=60, **common)
		with self.host.transaction():
			return self.host.store.add(new)[0]

	def clock(self) -> datetime:
		return self.now

	def rows(self) -> list[SocialStream]:
		mine = {"channel": self.channel.name, "duty": Duty.POLL}
		return self.host.store.find(SocialStream, mine, order="name", limit=50)

	def poll(self) -> int:
		due = [row for row in listen.due(self.host, self.clock) if row.duty is Duty.POLL]
		return sum(listen.poll(self.host, row.name, self.clock) for row in due)

	def minute(self) -> None:
		self.now += timedelta(minutes=1)
		self.poll()
		listen.watch(self.host, self.clock)

	def told(self) -> list[str]:
		return [text for (text,) in self.table("SELECT text FROM told")]

	def table(self, statement: str) -> list[tuple]:
		return self.host.connection.execute(statement).fetchall()
