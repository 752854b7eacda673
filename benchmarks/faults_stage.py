"""The stage of the faults benchmark: networks, a desk, connected channels, people who write. Keeps a register of its own of
who wrote what where, so that nothing has to be believed that the product says of itself."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from benchmarks.faults_networks import Row, Way
from benchmarks.faults_worker import LOOPBACK, SharedClock, use_clock
from social_service import account
from social_service.channels import driver as driver_class
from social_service.hosts.embedded import EmbeddedHost
from social_service.rehearsal.network import Network
from social_service.settings import SocialChannel
from social_service.triage.defaults import seeded_rules

PEOPLE = 60
OURS = 3  # posts of the company's own
SKEW_SECONDS = 120.0  # of a network's clock
NEEDS = (
	"{0} my order is broken, please help!",
	"{0} where is my refund?",
	"{0} the app is not working, can you help",
	"{0} please check my account",
)
THANKS = ("{0} thank you so much", "{0} love it, great service", "{0} well done")
SPAM = ("{0} free crypto airdrop",)


@dataclass
class Posted:
	"""A post as its author knows it."""

	id: str
	by: str
	case: str  # stands in its text, and nowhere else
	way: Way
	thread: str  # the id of its first post; of a private talk the person's handle
	needs_answer: bool
	is_deleted: bool = False


@dataclass
class Place:
	"""One network on the stage, with our channel on it."""

	row: Row
	network: Network
	channel: str = ""
	since: str = ""
	skew: float = 0.0
	company_id: str = ""
	ours: list[str] = field(default_factory=list)
	people: dict[str, str] = field(default_factory=dict)  # handle → the network's id
	posts: dict[str, Posted] = field(default_factory=dict)
	threads: list[Posted] = field(default_factory=list)  # where somebody may go on
	calls_taken: int = 0
	grants: int = 0


@dataclass
class Stage:
	host: EmbeddedHost
	database: Path
	clock: SharedClock
	places: list[Place]
	rng: random.Random
	cases: int = 0
	by_case: dict[str, Posted] = field(default_factory=dict)

	@property
	def posts(self) -> int:
		return len(self.by_case)

	def move_clocks(self, now: datetime) -> None:
		self.clock.set(now)
		for place in self.places:
			place.network.set_clock(now, skew=place.skew)

	# --- people ---------------------------------------------------------------------------------------------

	def somebody_writes(self) -> None:
		place = self.rng.choices(self.places, [one.row.share for one in self.places])[0]
		chance = self.rng.random()
		if chance < 0.18 and place.threads:
			self._go_on(place, self.rng.choice(place.threads[-200:]))
		elif chance < 0.25 and place.threads:
			self._join(place, self.rng.choice(place.threads[-200:]))
		else:
			self._begin(place)

	def somebody_regrets(self) -> None:
		"""Edits or deletes one of the younger posts."""
		place = self.rng.choice(self.places)
		recent = [one for one in list(place.posts.values())[-100:] if not one.is_deleted]
		if not recent:
			return
		post = self.rng.choice(recent)
		if self.rng.random() < 0.5 or post.way.is_private:
			if not post.way.is_private:
				text = self._text(place, post.way, f"{post.case} edited: please help, it is broken!")
				place.network.edit(post.id, text)
			return
		post.is_deleted = True
		place.network.delete(post.id)

	def _begin(self, place: Place) -> None:
		way = self.rng.choices(place.row.ways, [one.often for one in place.row.ways])[0]
		by = self.rng.choice(list(place.people))
		more = {
			key: value.format(
				company=place.row.company, ours=self.rng.choice(place.ours) if place.ours else ""
			)
			for key, value in way.more.items()
		}
		post = self._post(place, by, way, more, thread=by if way.is_private else "")
		if way.goes_on:
			place.threads.append(post)

	def _go_on(self, place: Place, first: Posted) -> None:
		if first.is_deleted:
			return self._begin(place)
		more = {"direct_to": place.row.company} if first.way.is_private else {"reply_to": first.id}
		self._post(place, first.by, first.way, more, thread=first.thread)

	def _join(self, place: Place, first: Posted) -> None:
		"""Another person, in the thread of this one."""
		others = [one for one in place.people if one != first.by]
		if first.way.is_private or first.is_deleted:
			return self._begin(place)
		self._post(place, self.rng.choice(others), first.way, {"reply_to": first.id}, thread=first.thread)

	def _post(self, place: Place, by: str, way: Way, more: dict[str, str], thread: str) -> Posted:
		self.cases += 1
		case, chance = f"case{self.cases:06}", self.rng.random()
		kind = NEEDS if chance < 0.6 else THANKS if chance < 0.93 else SPAM
		text = self._text(place, way, self.rng.choice(kind).format(case))
		posted_id = place.network.post(by, text, **more)
		post = Posted(posted_id, by, case, way, thread or posted_id, kind is NEEDS)
		place.posts[posted_id] = self.by_case[case] = post
		return post

	def _text(self, place: Place, way: Way, words: str) -> str:
		return way.text.format(company=place.row.company, words=words)


@contextmanager
def staged(rows: Sequence[Row], folder: Path, start: datetime, rng: random.Random) -> Iterator[Stage]:
	"""Networks started, people there, channels connected."""
	clock_file, database = folder / "clock", folder / "desk.sqlite"
	clock_file.write_bytes(bytes(8))
	clock = SharedClock(clock_file)
	clock.set(start)
	use_clock(clock)
	with ExitStack() as stack:
		host = EmbeddedHost(database, allow_internal=LOOPBACK)
		stack.callback(host.close)
		places = [
			Place(row, stack.enter_context(Network(row.program, start)), since=start.isoformat())
			for row in rows
		]
		stage = Stage(host, database, clock, places, rng)
		with host.transaction():
			for rule in seeded_rules():
				host.store.add(rule)
		for place in places:
			_furnish(place, rng)
			_connect(stage, place)
		yield stage


def _furnish(place: Place, rng: random.Random) -> None:
	place.skew = rng.uniform(-SKEW_SECONDS, SKEW_SECONDS)
	row, network = place.row, place.network
	token = row.token or row.secrets["access_token"]
	place.company_id = network.add_person(row.company, "Heimwerk", token=token)
	for number in range(PEOPLE):
		handle = f"{row.person}{number}"
		place.people[handle] = network.add_person(handle, f"Person {number}")
	row.prepare(place)
	place.ours = [network.post(row.company, f"We have new saws, number {one}") for one in range(OURS)]


def _connect(stage: Stage, place: Place) -> None:
	row, host = place.row, stage.host
	told = {key: value.format(url=place.network.url) for key, value in row.settings.items()}
	fields = {key: value for key, value in told.items() if key in SocialChannel.COMMON}
	more = {key: value for key, value in told.items() if key not in fields}
	channel = SocialChannel(
		title=row.name, driver=row.driver, base_url=place.network.url, more=more, responsible="boss", **fields
	)
	with host.transaction():
		place.channel = host.store.add(channel)[0].name
	host.keep_secrets(place.channel, row.secrets)
	account.check(host, place.channel, stage.clock)
	if row.is_pushed and not driver_class(row.driver).capabilities.push:
		raise RuntimeError(f"{row.driver} does not push")
