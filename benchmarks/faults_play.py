"""The play of the faults benchmark: people write, agents answer, jobs run as each minute's dispatcher would order them, and
everything that can fail fails. Then the faults stop, and the rest is worked off."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from benchmarks.faults_agents import Agents
from benchmarks.faults_crew import Crew
from benchmarks.faults_stage import Place, Stage
from benchmarks.faults_worker import RECEIVE, SEND, Done, Job
from social_service import account, engage, listen
from social_service.channel_setup import begin_again
from social_service.channels.errors import ChannelError
from social_service.hosts.base import In
from social_service.ledger import Duty, SocialMessage, SocialReply, SocialStream
from social_service.records import ReplyState

TICK = timedelta(minutes=1)
READS_FAIL, WRITES_FAIL, RECOVERS, CURSORS_LOST, SIGN_INS_END, FORGED = 0.35, 0.3, 0.3, 0.15, 0.02, 0.2
CALL_TWICE, CALL_LATE, CALL_LOST = 0.2, 0.2, 0.05
BURSTS = (1, 1, 1, 2, 3)
RARE = {
	"unauthorized": 0.1,
	"throttled": 0.5,
}  # they stop a network for long: most of the time another fault is taken
REGRETS = 0.02  # edits and deletions, for each post
SLOWLY = timedelta(minutes=5)
SETTLES_FOR = timedelta(hours=1)
PATIENCE = timedelta(hours=30)


@dataclass
class Play:
	stage: Stage
	crew: Crew
	agents: Agents
	happened: Counter = field(default_factory=Counter)
	troubles: Counter = field(default_factory=Counter)
	undelivered: dict[tuple, tuple] = field(default_factory=dict)  # webhook calls to which nobody said yes
	to_decide: set[str] = field(default_factory=set)
	is_peaceful: bool = False

	@property
	def now(self) -> datetime:
		return self.stage.clock()

	def storm(self, posts: int, replies: int, ticks: int) -> None:
		rng = self.stage.rng
		for tick in range(1, ticks + 1):
			self.stage.move_clocks(self.now + TICK)
			while self.stage.posts < posts * tick // ticks:
				self.stage.somebody_writes()
				if rng.random() < REGRETS:
					self.stage.somebody_regrets()
			self._make_trouble()
			self._minute()
			self.agents.work(replies * tick // ticks)
		self.agents.wanted = replies

	def calm(self, until: datetime) -> None:
		"""No more faults; until everything is read, decided and sent, and at least until ``until``."""
		self.is_peaceful = self.crew.is_peaceful = True
		begun = self.now
		for place in self.stage.places:
			place.network.recover()
		while self.now < until or not self._is_over(begun):
			if self.now - begun > PATIENCE:
				self.troubles[f"not over after {PATIENCE}; left: {self._what_is_left(begun)}"] += 1
				return
			step = TICK if self.now - begun < SETTLES_FOR else SLOWLY
			self.stage.move_clocks(self.now + step)
			self._reconnect(certainly=True)
			self._minute()
			self.agents.work(self.agents.wanted)

	# --- a minute -------------------------------------------------------------------------------------------

	def _minute(self) -> None:
		host, clock = self.stage.host, self.stage.clock
		jobs = [Job(row.duty.value, row.name) for row in listen.due(host, clock) if row.duty is not Duty.PUSH]
		listen.watch(host, clock)
		jobs += self._orders()
		self._run([*self._calls(), *jobs])
		waiting = {account.duty_row(host, channel, Duty.DECIDE).name for channel in self.to_decide}
		self.to_decide.clear()
		self._run([Job(Duty.DECIDE.value, name) for name in sorted(waiting)])
		self._run([Job(SEND, name) for name in self.agents.take_fresh()])

	def _orders(self) -> list[Job]:
		"""What is to be done in the outbox."""
		return [Job(SEND, name) for name in engage.sweep(self.stage.host, self.stage.clock)]

	def _run(self, jobs: list[Job]) -> None:
		for done in self.crew.work(jobs):
			self._done(done)

	def _done(self, done: Done) -> None:
		self.to_decide |= {done.undecided} - {""}
		for trouble in done.troubles:
			self.troubles[trouble] += 1
		if done.job.kind == RECEIVE:
			self._taken(done)

	# --- webhook calls --------------------------------------------------------------------------------------

	def _calls(self) -> list[Job]:
		"""Of this minute and late ones, out of order; some twice, some with another signature, some never."""
		rng, calls = self.stage.rng, list(self.undelivered.values())
		for place in [one for one in self.stage.places if one.row.is_pushed]:
			for call in place.network.pushes(place.calls_taken):
				place.calls_taken += 1
				if not self.is_peaceful and place.row.may_lose_calls and rng.random() < CALL_LOST:
					self.happened["webhook call lost"] += 1
					continue
				self.undelivered[place.channel, place.calls_taken] = place, call, place.calls_taken
				if not self.is_peaceful and rng.random() < CALL_LATE:
					self.happened["webhook call late"] += 1
				else:
					calls.append((place, call, place.calls_taken))
		jobs = [job for place, call, number in calls for job in self._call(place, call, number)]
		if not self.is_peaceful:
			rng.shuffle(jobs)
			self.happened["webhook calls out of order"] += len(jobs)
		return jobs

	def _call(self, place: Place, call: dict, number: int) -> list[Job]:
		rng, body = self.stage.rng, call["body"].encode()
		job = Job(RECEIVE, place.channel, body, call["headers"], call=number)
		if self.is_peaceful:
			return [job]
		jobs = [job]
		if rng.random() < CALL_TWICE:
			jobs.append(job)
			self.happened["webhook call twice"] += 1
		if rng.random() < FORGED:
			forged, headers = body.replace(b"case", b"fake"), call["headers"]
			if not place.row.signs_body:
				headers = {name: f"{value[1:]}x" for name, value in headers.items()}
			jobs.append(Job(RECEIVE, place.channel, forged, headers))
			self.happened["webhook call forged"] += 1
		return jobs

	def _taken(self, done: Done) -> None:
		if not done.refused:
			self.undelivered.pop((done.job.name, done.job.call), None)
		elif done.job.call >= 0:
			self.troubles[f"a webhook call of a network was refused: {done.refused}"] += 1
		if not done.refused and done.job.call < 0 and b"fake" in done.job.body:
			self.troubles["a forged webhook call was taken"] += 1

	# --- trouble --------------------------------------------------------------------------------------------

	def _make_trouble(self) -> None:
		rng = self.stage.rng
		for place in self.stage.places:
			row = place.row
			if rng.random() < RECOVERS:
				place.network.recover()
			if row.reads and rng.random() < READS_FAIL:
				more = {"seconds": round(rng.uniform(0.02, 0.2), 3)}
				place.network.fail(self._effect(row.reads), count=rng.choice(BURSTS), **more)
			if row.writes and rng.random() < WRITES_FAIL:
				method, path = rng.choice(row.publishes)
				place.network.fail(self._effect(row.writes), method=method, path=path)
			if row.renews and rng.random() < SIGN_INS_END:
				place.network.fail(row.expiry)
			if rng.random() < CURSORS_LOST / len(self.stage.places):
				self._lose_a_cursor(place)
		self._reconnect(certainly=False)

	def _effect(self, effects: tuple[str, ...]) -> str:
		effect = self.stage.rng.choice(effects)
		if self.stage.rng.random() < RARE.get(effect, 1):
			return effect
		return self.stage.rng.choice([one for one in effects if one not in RARE])

	def _lose_a_cursor(self, place: Place) -> None:
		host = self.stage.host
		polled = {"channel": place.channel, "duty": Duty.POLL, "lease_until": None}
		rows = host.store.find(SocialStream, polled, order="stream_key", limit=100)
		if rows:
			with host.transaction():
				host.store.change(self.stage.rng.choice(rows), only_if={"lease_until": None}, cursor=None)
			self.happened["cursor lost"] += 1

	def _reconnect(self, *, certainly: bool) -> None:
		"""The responsible person hears of a sign-in that failed, and connects again."""
		host = self.stage.host
		for place in self.stage.places:
			polled = {"channel": place.channel, "duty": Duty.POLL}
			rows = host.store.find(SocialStream, polled, order="name", limit=1000)
			waits = [
				row for row in rows if row.alarm and row.failures and row.next_at and row.next_at > self.now
			]
			if waits and (certainly or self.stage.rng.random() < 0.3):
				place.row.grant_anew(place, host)
				begin_again(host, place.channel, self.stage.clock)
				with suppress(ChannelError):  # the form shows it
					account.check(host, place.channel, self.stage.clock)
				self.happened["connected again"] += 1

	# --- the end --------------------------------------------------------------------------------------------

	def _is_over(self, begun: datetime) -> bool:
		return not self._what_is_left(begun)

	def _what_is_left(self, begun: datetime) -> str:
		store = self.stage.host.store
		waiting = store.tally(SocialMessage, (), {"fate": None})[()]
		underway = {"state": In((ReplyState.QUEUED, ReplyState.SENDING))}
		sending = store.tally(SocialReply, (), underway)[()]
		looked_for = [
			at for (at,) in store.columns(SocialReply, ("next_try_at",), {"state": ReplyState.UNKNOWN})
		]
		sending += sum(at is not None for at in looked_for)
		unread = [
			f"{row.label}, read at {row.last_success_at}, tried at {row.last_tried_at}, next at {row.next_at}: {row.last_error}"
			for row in store.find(SocialStream, {"duty": Duty.POLL}, order="name", limit=1000)
			if row.last_success_at is None or row.last_success_at < begun + timedelta(minutes=20)
		]
		left = {"undecided": waiting, "to send": sending, "unread": unread, "calls": len(self.undelivered)}
		left["agents"] = self.agents.has_work()
		return ", ".join(f"{name}: {value}" for name, value in left.items() if value)
