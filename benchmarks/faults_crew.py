"""The workers of the faults benchmark: hands out jobs, some of them twice, and kills or stalls workers on the way."""

from __future__ import annotations

import multiprocessing
import random
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path

from benchmarks.faults_worker import RECEIVE, SEND, Done, Job, SharedClock, serve
from social_service.ledger import Duty

WORKERS = 3
TWICE = 0.15  # of the jobs are handed to two workers at once
KILLED, STALLED = 0.02, 0.004
SENDING = 0.12, 0.04  # the same two
SKEW_SECONDS = 15.0  # of a worker's clock
STALLS_FOR = timedelta(minutes=4)  # longer than any lease
STUCK_SECONDS = 60.0
PLACES = {
	Duty.POLL.value: ("after fetch", "after store"),
	Duty.ONCE.value: ("after fetch", "after store"),
	Duty.SCAN.value: ("after fetch", "after store"),
	Duty.DECIDE.value: ("mid-decide",),
	SEND: ("after Sending", "after accepted"),
}
NEVER_STALLED = (Duty.DECIDE.value,)  # SQLite waits for a half decision
ANYWHERE = "anywhere"


@dataclass
class Worker:
	process: BaseProcess
	calls: Connection
	job: Job | None = None
	dies_at: float = 0.0  # monotonic; 0 = it does not
	wakes_at: datetime | None = None  # it stands at a pause point until then
	since: float = 0.0


@dataclass
class Crew:
	"""``work`` returns when all jobs are done or dead; who stalls goes on in a later round."""

	rng: random.Random
	database: Path
	clock_file: Path
	is_peaceful: bool = False
	happened: Counter = field(default_factory=Counter)
	workers: list[Worker] = field(default_factory=list)
	places: Mapping[str, Sequence[str]] = field(default_factory=lambda: PLACES)
	run: Callable[..., None] = serve  # what a worker's process does
	deadly: Mapping[str, tuple[float, float]] = field(default_factory=lambda: {SEND: SENDING})
	signs: int = 0
	stalls: set[str] = field(default_factory=set)  # signs of those that sleep, and do not die

	def __post_init__(self) -> None:
		self.context = multiprocessing.get_context("forkserver")
		self.context.set_forkserver_preload(["benchmarks.faults_preload"])
		self.clock = SharedClock(self.clock_file)

	def work(self, jobs: Iterable[Job]) -> list[Done]:
		self._wake()
		waiting, done = deque(self._arranged(list(jobs))), []
		while waiting or any(one.job and not one.wakes_at for one in self.workers):
			self._hand_out(waiting)
			done += self._collect()
			self._kill()
		return done

	def stop(self) -> None:
		for worker in self.workers:
			worker.process.kill()
			worker.process.join()

	def _arranged(self, jobs: list[Job]) -> list[Job]:
		if self.is_peaceful:
			return jobs
		order = [job for job in jobs if job.kind != RECEIVE and self.rng.random() < TWICE] + jobs
		self.happened["job run by two workers"] += len(order) - len(jobs)
		return self._beside_each_other(order)

	def _beside_each_other(self, jobs: list[Job]) -> list[Job]:
		"""So that those that concern the same thing meet."""
		return sorted(jobs, key=lambda job: (job.kind == Duty.DECIDE.value, job.kind, job.name))

	def _hand_out(self, waiting: deque[Job]) -> None:
		while len([one for one in self.workers if not one.wakes_at]) < WORKERS:
			self.workers.append(self._hire())
		for worker in self.workers:
			if waiting and not worker.job:
				self._hand(worker, waiting.popleft())

	def _hand(self, worker: Worker, job: Job) -> None:
		worker.since, worker.dies_at, stalls = time.monotonic(), 0.0, False
		if not self.is_peaceful:
			chance = self.rng.random()
			deadly, sleepy = self.deadly.get(job.kind, (KILLED, STALLED))
			places = self.places.get(job.kind, ())
			if chance < deadly:
				where = self.rng.choice([*places, ANYWHERE])
				if where == ANYWHERE:
					worker.dies_at = worker.since + self.rng.uniform(0.001, 0.04)
				else:
					job = self._paused(job, where)
			elif chance < deadly + sleepy and places and job.kind not in NEVER_STALLED:
				job, stalls = replace(self._paused(job, self.rng.choice(places)), stalls=True), True
		worker.job = job
		if stalls:
			self.stalls.add(job.sign)
		worker.calls.send(job)

	def _paused(self, job: Job, where: str) -> Job:
		self.signs += 1
		return replace(job, pause_at=where, sign=str(self.clock_file.with_name(f"sign-{self.signs}")))

	def _hire(self) -> Worker:
		ours, theirs = self.context.Pipe()
		skew = self.rng.uniform(-SKEW_SECONDS, SKEW_SECONDS)
		process = self.context.Process(
			target=self.run, args=(theirs, str(self.database), str(self.clock_file), skew), daemon=True
		)
		process.start()
		theirs.close()
		return Worker(process, ours)

	def _collect(self) -> list[Done]:
		busy = {one.calls: one for one in self.workers if one.job and not one.wakes_at}
		armed = any(one.dies_at or (one.job and one.job.sign) for one in busy.values())
		done = []
		for calls in wait(list(busy), timeout=0.002 if armed else 0.5):
			worker = busy[calls]
			try:
				done.append(worker.calls.recv())
			except (EOFError, OSError):
				self._bury(worker)
				continue
			worker.job = None
		return done

	def _kill(self) -> None:
		now = time.monotonic()
		for worker in [one for one in self.workers if one.job and not one.wakes_at]:
			sign = worker.job.sign
			if sign and Path(sign).exists():
				if sign in self.stalls:
					worker.wakes_at = self.clock() + STALLS_FOR
					self.happened[f"worker stalled: {worker.job.pause_at}"] += 1
				else:
					self._slay(worker, worker.job.pause_at)
			elif worker.dies_at and worker.dies_at < now:
				self._slay(worker, f"{ANYWHERE} in {worker.job.kind}")
			elif now - worker.since > STUCK_SECONDS:
				raise RuntimeError(f"a worker is stuck in {worker.job}")

	def _slay(self, worker: Worker, where: str) -> None:
		worker.process.kill()  # SIGKILL
		self.happened[f"worker killed: {where}"] += 1
		self._bury(worker)

	def _bury(self, worker: Worker) -> None:
		worker.process.join()
		worker.calls.close()
		self.workers.remove(worker)

	def _wake(self) -> None:
		"""Who stalled goes on, hours of its own time later."""
		for worker in self.workers:
			if worker.wakes_at and (self.is_peaceful or worker.wakes_at <= self.clock()):
				Path(worker.job.sign).unlink()
				worker.wakes_at, worker.since = None, time.monotonic()
