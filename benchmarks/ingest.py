"""What does a post cost from page to fate, and does it stay so when the tables are full?

On the embedded host: milliseconds a post by fate, and ``growth`` = cost with 100,000 stored posts over cost with 1,000.
With a bench, on a throw-away site: the same in units of what the host itself needs for a bare HD Ticket and Communication.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from statistics import median

from benchmarks.on_site import over_floor
from social_service import ticket
from social_service.account import duty_row
from social_service.hosts.base import Host
from social_service.hosts.embedded import EmbeddedHost
from social_service.ledger import Duty, SocialMessage
from social_service.listen.intake import store_page
from social_service.records import Author, Fate, Kind, Message, Page
from social_service.settings import SocialChannel
from social_service.triage.defaults import seeded_rules

TEXTS = {
	Fate.OPENED: "Where is my refund for order {0}? I have been waiting for weeks",
	Fate.WATCHED: "Thank you, great service, number {0}",
	Fate.IGNORED: "free crypto airdrop number {0}",
}
MEASURED = 500
PAGE = 100
FEW, MANY = 1_000, 100_000
ROUNDS = 3
START = datetime(2026, 3, 3, 6, 0, tzinfo=timezone.utc)


def measure(bench: Path | None) -> dict[str, float | None]:
	with embedded() as host:
		channel = connect(host)
		costs = {fate: cost_of(host, channel, fate, MEASURED) for fate in TEXTS}
	figures: dict[str, float | None] = {
		f"{fate.value}_ms": round(cost * 1000, 3) for fate, cost in costs.items()
	}
	figures["growth"] = round(growth(), 3)
	figures |= {"ticketed_over_floor": None, "ignored_over_floor": None}
	if bench:
		figures |= over_floor(bench)
	return figures


@contextmanager
def embedded() -> Iterator[EmbeddedHost]:
	with tempfile.TemporaryDirectory(prefix="social-service-") as folder:
		host = EmbeddedHost(Path(folder) / "desk.sqlite")
		yield host
		host.close()


def connect(host: Host) -> SocialChannel:
	"""A channel that nobody polls: pages are handed to the flow as its driver would."""
	with host.transaction():
		for rule in seeded_rules():
			host.store.add(rule)
		return host.store.add(SocialChannel(title="Benchmark", driver="mastodon"))[0]


def cost_of(host: Host, channel: SocialChannel, fate: Fate, number: int, start: int = 0) -> float:
	"""Seconds a post, stored and decided."""
	posts = [_post(fate, start + one) for one in range(number)]
	began = time.perf_counter()
	for first in range(0, number, PAGE):
		take(host, channel, posts[first : first + PAGE])
	return (time.perf_counter() - began) / number


def take(host: Host, channel: SocialChannel, posts: list[Message]) -> None:
	row = duty_row(host, channel.name, Duty.POLL, key="benchmark")
	now = START + timedelta(days=1)
	with host.transaction():
		row = host.store.change(row, lease_until=None, next_at=now + timedelta(days=1))
	store_page(host, channel, row, Page(tuple(posts), None), now)
	with host.transaction():
		host.store.change(row, lease_until=None, next_at=now + timedelta(days=1))
	ticket.decide(host, duty_row(host, channel.name, Duty.DECIDE).name, lambda: now)


def growth() -> float:
	"""Median over rounds of (cost with many stored posts) / (cost with few), the same posts measured in both."""
	return median(_cost_when_full(MANY, one) / _cost_when_full(FEW, one) for one in range(ROUNDS))


def _cost_when_full(stored: int, seed: int) -> float:
	with embedded() as host:
		channel = connect(host)
		_fill(host, channel, stored)
		cost_of(host, channel, Fate.IGNORED, PAGE, start=10_000_000)  # warm
		fates = (Fate.OPENED, Fate.WATCHED, Fate.IGNORED)
		share = MEASURED // len(fates)
		return sum(cost_of(host, channel, fate, share, start=20_000_000 + seed * 1000) for fate in fates)


def _fill(host: EmbeddedHost, channel: SocialChannel, number: int) -> None:
	"""Straight into the table, a copy of one decided post with other ids."""
	take(host, channel, [_post(Fate.WATCHED, 0)])
	names = [row[1] for row in host.connection.execute("PRAGMA table_info(`tabSocial Message`)")]
	first = list(host.connection.execute("SELECT * FROM `tabSocial Message` LIMIT 1").fetchone())
	unique = {
		name: names.index(name) for name in ("name", "digest", "post_digest", "external_id", "thread_id")
	}

	def rows() -> Iterator[list]:
		for one in range(number):
			row = list(first)
			for name, place in unique.items():
				row[place] = f"fill-{name}-{one}"
			yield row

	marks = ", ".join("?" * len(names))
	with host.transaction():
		host.connection.executemany(f"INSERT INTO `tabSocial Message` VALUES ({marks})", rows())
	if host.store.tally(SocialMessage, (), {})[()] != number + 1:
		raise RuntimeError("the table was not filled")


def _post(fate: Fate, number: int) -> Message:
	return Message(
		external_id=f"{fate.value}-{number}",
		thread_id=f"{fate.value}-{number}",
		kind=Kind.MENTION,
		author=Author(f"person-{number}", f"person{number}", f"Person {number}"),
		text=TEXTS[fate].format(number),
		sent_at=START + timedelta(seconds=number % 80_000),
		language="en",
		is_addressed=True,
		raw={"id": number, "text": TEXTS[fate].format(number), "filler": "x" * 1500},
	)
