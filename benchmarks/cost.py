"""How many paid reads does a new post cost on X, on a quiet and on a busy day? And how many calls does a day take elsewhere?

Counted from the network's side: what its answers handed out, against what was new to us. X charges a post once a day (UTC)
however often it is read; that is not counted in our favour.
"""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

from benchmarks.faults_agents import Agents
from benchmarks.faults_networks import ROWS, Row, Way, nothing
from benchmarks.faults_stage import Stage, staged
from benchmarks.faults_worker import JOBS, SEND
from social_service import engage, hooks, listen
from social_service.channels.x import prices
from social_service.ledger import Duty, SocialMessage

START = datetime(2027, 3, 3, 0, 0, tzinfo=timezone.utc)
MINUTES = 24 * 60
ANSWERED = 0.3  # of the posts
MOST_READS = 1.05  # paid ones for a new post


@dataclass(frozen=True)
class Day:
	"""``bursts``: the share of the posts that comes in six bursts of ten minutes; the rest comes between 7 and 22 o'clock."""

	name: str
	posts: int
	bursts: float = 0.0
	ways: tuple[Way, ...] = ()  # in which people write, beside the usual ones

	def minutes(self, rng: random.Random) -> Counter[int]:
		"""How many posts come in which minute."""
		begins = [rng.randrange(8 * 60, 21 * 60) for _burst in range(6)]
		in_bursts = round(self.posts * self.bursts)
		times = [rng.choice(begins) + rng.randrange(10) for _post in range(in_bursts)]
		times += [rng.randrange(7 * 60, 22 * 60) for _post in range(self.posts - in_bursts)]
		return Counter(times)


BOTH = Way("@{company} nothing of #heimwerk works: {words}")  # one in twelve names us and fits a search
DAYS_ON_X = (Day("quiet", 30), Day("busy", 3000, 0.6), Day("overlap", 300, ways=(BOTH,)))
DAYS = (Day("quiet", 30), Day("busy", 300, 0.6))


def measure(only: Sequence[str] = ()) -> dict:
	asked = [row for row in ROWS if row.driver in hooks.social_channels and row.prepare is nothing]
	rows = [row for row in asked if not only or row.name in only]
	figures: dict = {}
	for row in rows:
		days = DAYS_ON_X if row.driver == "x" else DAYS
		figures[row.name] = {day.name: _played(row, day) for day in days}
	return figures


def is_cheap(figures: dict) -> bool:
	"""On X, where streams do not overlap; where they do, X hands a post out in each."""
	days = [day for name, day in figures.get("x", {}).items() if name != "overlap"]
	return all(one["reads_per_new_post"] <= MOST_READS and not one["reads_of_stored_posts"] for one in days)


def _played(row: Row, day: Day) -> dict:
	rng = random.Random(1)
	with (
		tempfile.TemporaryDirectory(prefix="social-service-") as folder,
		staged([replace(row, ways=row.ways + day.ways)], Path(folder), START, rng) as stage,
	):
		before = stage.places[0].network.ledger()
		_play(stage, day, rng)
		return _counted(stage, before)


def _play(stage: Stage, day: Day, rng: random.Random) -> None:
	coming, agents = day.minutes(rng), Agents(stage, random.Random(2))
	for minute in range(MINUTES):
		now = START + timedelta(minutes=minute)
		stage.clock.set(now)
		if coming[minute]:
			stage.move_clocks(now)
			for _post in range(coming[minute]):
				stage.somebody_writes()
		_work(stage, now)
		if minute % 7 == 0:
			agents.work(round(stage.posts * ANSWERED))


def _work(stage: Stage, now: datetime) -> None:
	"""A minute of a site's jobs, by one worker."""
	host, clock = stage.host, stage.clock
	due = [(row.duty.value, row.name) for row in listen.due(host, clock) if row.duty is not Duty.PUSH]
	due += [(SEND, name) for name in engage.sweep(host, clock)]
	if due:
		stage.move_clocks(now)
	for kind, name in sorted(due, key=lambda one: one[0] == Duty.DECIDE.value):
		JOBS[kind](host, name, clock)


def _counted(stage: Stage, before: dict) -> dict:
	place = stage.places[0]
	ledger = place.network.ledger()
	strangers = {"channel": place.channel, "is_own": False}
	new = [one for (one,) in stage.host.store.columns(SocialMessage, ["external_id"], strangers)]
	figures = {
		"new": len(new),
		"answers": len(ledger["published"]),
		"calls": ledger["calls"] - before["calls"],
	}
	figures["calls_per_new"] = round(figures["calls"] / max(len(new), 1), 2)
	return figures | (_on_x(new, ledger["reads"][len(before["reads"]) :]) if "reads" in ledger else {})


# --- X -------------------------------------------------------------------------------------------------------


def _on_x(new: list[str], answers: list[dict]) -> dict:
	"""Reads of posts by what they were for, in the order in which X handed them out."""
	known: set[str] = set()
	reads, again, money = Counter(), Counter(), Counter()
	authors: Counter[str] = Counter()
	for answer in answers:
		what = _what_for(answer["path"])
		price = PRICES.get(what, prices.POST_READ)
		for one in answer["items"] if what != "account" else ():
			reads[what] += 1
			again[what] += one in known
			money[what] += price
			known.add(one)
		authors.update(answer["users"])
		reads["context"] += len(answer["posts"])
		money["context"] += prices.POST_READ * len(answer["posts"])
		money["authors"] += prices.USER * len(answer["users"])
	posts = [one for one in new if not one.startswith("dm:")]
	listened = reads["mentions"] + reads["search"]
	return {
		"new_posts": len(posts),
		"reads_per_new_post": round(listened / max(len(posts), 1), 4),
		"reads_of_stored_posts": again["mentions"] + again["search"],
		"reads_for_listening": {what: reads[what] for what in ("mentions", "search")},
		"reads_before_answers": reads["lookup"],
		"reads_back_of_own": reads["own"],
		"context_posts": reads["context"],
		"new_dms": len(new) - len(posts),
		"reads_of_dms": reads["dms"],
		"reads_of_stored_dms": again["dms"],
		"authors": len(authors),
		"reads_of_authors": sum(authors.values()),
		"dollars": {what: round(micros / 1e6, 3) for what, micros in sorted(money.items()) if micros},
	}


PRICES = {"mentions": prices.OWNED_READ, "own": prices.OWNED_READ, "dms": prices.DM_READ}


def _what_for(path: str) -> str:
	if path.endswith("/mentions"):
		return "mentions"
	if "/search/" in path:
		return "search"
	if "dm_" in path:
		return "dms"
	if path.endswith("/users/me") or "/counts/" in path:
		return "account"
	return "own" if path.endswith("/tweets") and "/users/" in path else "lookup"
