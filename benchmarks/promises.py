"""Does the warning job keep up? On the embedded host, with 10,000 open conversations whose clocks run.

``pass_ms``: one pass of the job with the alarms of one minute, as many as there are when posts come evenly. ``over_scan``: the
same over reading the rows of all running clocks once. ``idle_ms``: a pass with nothing to tell. ``flood_ms_per_alarm``: all are late at
once, as after an outage. ``keep_ms``: the clocks of one ticket worked out anew; ``decide_ms``: a post decided, with its ticket.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from benchmarks.ingest import START, connect, embedded, take
from social_service.hosts.embedded import EmbeddedHost
from social_service.ledger import SocialSLAClock
from social_service.records import Author, Kind, Message, Milestone
from social_service.settings import SocialChannel, SocialSLAPolicy
from social_service.sla.keeping import keep
from social_service.sla.watching import watch

CONVERSATIONS = 10_000
PAGE = 500
KEPT = 500  # tickets that are worked out anew
FIRST_RESPONSE, RESOLUTION = 48 * 3600, 96 * 3600  # `take` reads the posts a day later
SPREAD = timedelta(minutes=45)  # in which the posts came
MOST_SECONDS = 2.0
TEAM = tuple(f"agent{number}@example.com" for number in range(3))


def measure(conversations: int = CONVERSATIONS) -> dict[str, float]:
	with embedded() as host:
		channel = _promise(host)
		spent = _seconds(lambda: _open(host, channel, conversations))
		clock = _Clock(START + SPREAD + timedelta(days=1))
		figures = {
			"conversations": len(_running(host)),
			"decide_ms": _ms(spent / conversations),
			"keep_ms": _ms(_keep_some(host, clock())),
		}
		return {**figures, **_passes(host, clock)}


def is_fast(figures: dict[str, float]) -> bool:
	return figures["pass_ms"] <= MOST_SECONDS * 1000


class _Clock:
	def __init__(self, now: datetime) -> None:
		self.now = now

	def __call__(self) -> datetime:
		return self.now


def _passes(host: EmbeddedHost, clock: _Clock) -> dict[str, float]:
	scan = min(_seconds(lambda: _scan(host)) for _round in range(3))
	clock.now = _first_alarm(host) - timedelta(minutes=1)
	idle = _seconds(lambda: watch(host, clock))
	clock.now += SPREAD / 2  # in the middle, all before is told; then one minute passes
	watch(host, clock)
	clock.now += timedelta(minutes=1)
	alarms: list[int] = []
	one_minute = _seconds(lambda: alarms.append(watch(host, clock)))
	clock.now += timedelta(days=3)
	flood = _seconds(lambda: alarms.append(watch(host, clock)))
	return {
		"rows": _rows(host),
		"scan_ms": _ms(scan),
		"idle_ms": _ms(idle),
		"alarms": alarms[0],
		"pass_ms": _ms(one_minute),
		"over_scan": round(one_minute / scan, 2),
		"flood_alarms": alarms[1],
		"flood_ms_per_alarm": _ms(flood / alarms[1]),
	}


# --- what there is ------------------------------------------------------------------------------------------


def _promise(host: EmbeddedHost) -> SocialChannel:
	channel = connect(host)
	with host.transaction():
		policy = SocialSLAPolicy(
			"All", FIRST_RESPONSE, RESOLUTION, warn_team=True, warn_user="boss@example.com"
		)
		host.store.add(policy)
		for user in TEAM:
			host.desk.put_member("Care", user)
		return host.store.change(channel, team="Care")


def _open(host: EmbeddedHost, channel: SocialChannel, conversations: int) -> None:
	for first in range(0, conversations, PAGE):
		numbers = range(first, min(first + PAGE, conversations))
		take(host, channel, [_post(number, SPREAD * number / conversations) for number in numbers])


def _post(number: int, after: timedelta) -> Message:
	return Message(
		external_id=f"post-{number}",
		thread_id=f"post-{number}",
		kind=Kind.MENTION,
		author=Author(f"person-{number}", f"person{number}", f"Person {number}"),
		text=f"Where is my refund for order {number}? I have been waiting for weeks",
		sent_at=START + after,
		language="en",
		is_addressed=True,
		raw={"id": number},
	)


def _running(host: EmbeddedHost) -> list[tuple]:
	return list(
		host.store.columns(SocialSLAClock, ("ticket",), {"milestone": Milestone.FIRST, "stopped_at": None})
	)


def _rows(host: EmbeddedHost) -> int:
	return host.store.tally(SocialSLAClock, (), {"stopped_at": None})[()]


def _first_alarm(host: EmbeddedHost) -> datetime:
	found = host.store.find(SocialSLAClock, {"milestone": Milestone.FIRST}, order="next_alarm_at", limit=1)
	return found[0].next_alarm_at


# --- what is measured ---------------------------------------------------------------------------------------


def _scan(host: EmbeddedHost) -> int:
	"""All running clocks read as they are stored, and nothing done with them."""
	statement = f"SELECT * FROM `tab{SocialSLAClock.doctype}` WHERE `stopped_at_ms` IS NULL"
	return sum(1 for _row in host.connection.execute(statement).fetchall())


def _keep_some(host: EmbeddedHost, now: datetime) -> float:
	"""Seconds a ticket."""
	some = [ticket for (ticket,) in random.Random(1).sample(_running(host), min(KEPT, len(_running(host))))]
	return _seconds(lambda: [_keep(host, ticket, now) for ticket in some]) / len(some)


def _keep(host: EmbeddedHost, ticket: str, now: datetime) -> None:
	with host.transaction():
		keep(host, ticket, now)


def _seconds(work: Callable[[], object]) -> float:
	began = time.perf_counter()
	work()
	return time.perf_counter() - began


def _ms(seconds: float) -> float:
	return round(seconds * 1000, 3)
