"""Our driver and flow against a genuine Bluesky network. Without one it says so, loudly, and skips."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import datetime, timedelta, timezone

import pytest

from social_service import account
from social_service.hosts.embedded import EmbeddedHost
from social_service.settings import SocialChannel
from social_service.site_settings import the_settings
from social_service.triage.defaults import seeded_rules
from tests.bluesky.ours import INSIDE, Ours
from tests.bluesky.people import Person
from tests.bluesky.servers import DidNotStart, running_network, what_is_missing
from tests.flow.conftest import Desk

NOT_RUN: list[str] = []


@pytest.fixture(scope="session")
def network() -> Iterator[Mapping[str, str]]:
	if missing := what_is_missing():
		NOT_RUN.append(missing)
		pytest.skip(missing)
	with ExitStack() as stack:
		try:
			started = stack.enter_context(running_network())
		except DidNotStart as error:
			NOT_RUN.append(str(error))
			pytest.skip(str(error))
		yield started


def pytest_terminal_summary(terminalreporter) -> None:
	if NOT_RUN:
		terminalreporter.section("THE TESTS AGAINST A GENUINE BLUESKY NETWORK DID NOT RUN", sep="!", red=True)
		terminalreporter.write_line(NOT_RUN[0])


@pytest.fixture
def company(network) -> Person:
	return Person(network, "company")


@pytest.fixture
def customer(network) -> Person:
	return Person(network, "customer")


@pytest.fixture
def other(network) -> Person:
	return Person(network, "other")


@pytest.fixture
def ours(company) -> Ours:
	return Ours(company)


class WallClock:
	"""The network's posts carry real times. ``forward``: what is due later is due now."""

	def __init__(self) -> None:
		self.ahead = timedelta()

	def __call__(self) -> datetime:
		return datetime.now(timezone.utc) + self.ahead

	def forward(self, **span: float) -> None:
		self.ahead += timedelta(**span)


@pytest.fixture
def desk(tmp_path, company) -> Iterator[Desk]:
	"""The whole flow on the embedded host, connected to the genuine network with an app password."""
	host, clock = EmbeddedHost(tmp_path / "desk.sqlite", allow_internal=INSIDE), WallClock()
	settings = {"driver": "bluesky", "base_url": company.url, "more": {"identifier": company.handle}}
	with host.transaction():
		channel, _ = host.store.add(
			SocialChannel(title="Company", responsible="boss@example.com", **settings)
		)
		for rule in seeded_rules():
			host.store.add(rule)
		host.store.change(the_settings(host), undo_seconds=0)  # an answer leaves when the test says so
	host.keep_secrets(channel.name, {"app_password": company.app_password()})
	account.check(host, channel.name, clock)
	yield Desk(host, None, clock, channel)
	host.close()
