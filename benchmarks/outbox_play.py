"""The play of the outbox benchmark: answers are written, approved, edited, returned, taken back and forgotten, publishing is
stopped and allowed again, and all of it meets the workers that send."""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

from benchmarks.faults_agents import Agents
from benchmarks.faults_crew import Crew
from benchmarks.faults_play import Play
from benchmarks.faults_worker import SEND, Done, Job
from benchmarks.outbox_worker import APPROVE, BOSS, CANCEL, EDIT, RETURN
from social_service.ledger import SocialReply
from social_service.records import ReplyState, Visibility
from social_service.sentence import _
from social_service.settings import SocialApprovalRule, SocialChannel
from social_service.site_settings import the_settings

STEP = timedelta(seconds=20)
UNDO, APPROVAL_HOURS = 20, 1
DECIDES = ((APPROVE, 0.25), (EDIT, 0.12), (RETURN, 0.06))  # of what waits, each step; the rest waits on
TAKES_BACK, TOO_LATE, SECOND_THOUGHT = 0.06, 0.01, 0.3
STOPS, GOES_ON = 0.04, 0.4
NEEDED = 0.7  # of the channels, those whose rules ask for approval in public or in private
WORD = re.compile(r"(?:answer|edited|secret)\d{6}")


@dataclass
class Register:
	"""What people did, kept beside the product, so that nothing has to be believed that it says of itself."""

	rows: dict[str, str] = field(default_factory=dict)  # reply → its word
	asked_to_approve: set[str] = field(default_factory=set)  # replies
	told_not_sent: set[str] = field(default_factory=set)  # words of which a person was told so
	secrets: int = 0  # internal notes
	stopped: list[str] = field(default_factory=list)  # sentences: published while all publishing was stopped


class Writers(Agents):
	"""They also write notes that nobody outside may ever read."""

	def __init__(self, stage, rng: random.Random, register: Register) -> None:
		super().__init__(stage, rng)
		self.register = register

	def work(self, wanted: int) -> None:
		self.left.clear()  # what was refused while publishing was stopped may be answered now
		super().work(wanted)

	def _write(self, ticket: str, channel: str, later: timedelta = timedelta(0)) -> bool:
		written = super()._write(ticket, channel, later)
		if written:
			self.register.rows[self.fresh[-1]] = next(reversed(self.tickets))
			self._note(ticket)
		return written

	def _note(self, ticket: str) -> None:
		host, self.register.secrets = self.stage.host, self.register.secrets + 1
		with host.transaction():
			host.desk.note(ticket, _("Between us: {0}", f"secret{self.register.secrets:06}"))


@dataclass
class OutboxCrew(Crew):
	tried: Counter = field(default_factory=Counter)  # places of lines

	def _beside_each_other(self, jobs: list[Job]) -> list[Job]:
		"""What one answer meets: who sends it, who takes it back, who decides."""
		return sorted(jobs, key=lambda job: (job.kind not in self.places, job.name, self.rng.random()))

	def _paused(self, job: Job, where: str) -> Job:
		"""Before the line that was tried least."""
		if ".py:" in where:
			where = min(self.places[job.kind], key=lambda line: (self.tried[line], self.rng.random()))
			self.tried[where] += 1
		return super()._paused(job, where)


class OutboxPlay(Play):
	def __init__(self, stage, crew: Crew, rng: random.Random) -> None:
		self.register = Register()
		super().__init__(stage, crew, Writers(stage, rng, self.register))
		self._set_up()

	def _set_up(self) -> None:
		host = self.stage.host
		with host.transaction():
			host.desk.put_member("", BOSS)
			host.store.change(the_settings(host), undo_seconds=UNDO, approval_hours=APPROVAL_HOURS)
			for number, place in enumerate(self.stage.places):
				if self.stage.rng.random() < NEEDED:
					visibility = (Visibility.PUBLIC, Visibility.PRIVATE, None)[number % 3]
					rule = SocialApprovalRule(place.row.name, channel=place.channel, visibility=visibility)
					host.store.add(rule)

	# --- the storm ------------------------------------------------------------------------------------------

	def people_write(self, posts: int) -> None:
		"""In peace, until every post is decided."""
		self.is_peaceful = self.crew.is_peaceful = True
		while self.stage.posts < posts:
			self.stage.somebody_writes()
		self.calm(self.now + timedelta(minutes=3))

	def storm(self, replies: int, steps: int) -> None:
		self.is_peaceful = self.crew.is_peaceful = False
		for step in range(1, steps + 1):
			self.stage.move_clocks(self.now + STEP)
			self._make_trouble()
			if self.stage.rng.random() < 0.1:
				self.stage.somebody_regrets()
			self.agents.work(replies * step // steps)
			self._switch_publishing(STOPS, GOES_ON)
			self._watched_minute()
		self.agents.wanted = replies
		self._switch_publishing(0, 1)

	def _watched_minute(self) -> None:
		is_stopped = the_settings(self.stage.host).stop_publishing
		before = self._published() if is_stopped else 0
		self._minute()
		if is_stopped and self._published() > before:
			self.register.stopped.append(f"{self._published() - before} answers left at {self.now}")

	def _orders(self) -> list[Job]:
		"""What the dispatcher, the ticket views and people want, all at once."""
		orders = super()._orders()
		if not self.is_peaceful:
			orders += [*self._decisions(), *self._second_thoughts()]
			by_kind = Counter(job.kind for job in orders if job.kind != SEND)
			self.happened.update({f"asked to {kind}": number for kind, number in by_kind.items()})
		return orders

	def _published(self) -> int:
		return sum(len(place.network.ledger()["published"]) for place in self.stage.places)

	def _decisions(self) -> list[Job]:
		jobs = []
		for reply in self._in_state(ReplyState.AWAITING_APPROVAL):
			chance = self.stage.rng.random()
			for kind, share in DECIDES:
				if 0 <= chance < share:
					jobs.append(Job(kind, reply.name))
					if kind != RETURN:
						self.register.asked_to_approve.add(reply.name)
				chance -= share
		return jobs

	def _second_thoughts(self) -> list[Job]:
		"""Somebody takes back what has not left, what is leaving, what is gone and what nobody knows of."""
		rng, chances = self.stage.rng, {ReplyState.QUEUED: TAKES_BACK, ReplyState.AWAITING_APPROVAL: TOO_LATE}
		chances |= {
			ReplyState.SENDING: SECOND_THOUGHT,
			ReplyState.UNKNOWN: TAKES_BACK,
			ReplyState.FAILED: TOO_LATE,
		}
		found = [(reply, chance) for state, chance in chances.items() for reply in self._in_state(state)]
		return [Job(CANCEL, reply.name) for reply, chance in found if rng.random() < chance]

	def _in_state(self, state: ReplyState) -> list[SocialReply]:
		return self.stage.host.store.find(SocialReply, {"state": state}, order="name", limit=1000)

	def _done(self, done: Done) -> None:
		super()._done(done)
		row = done.result
		if isinstance(row, SocialReply) and row.state is ReplyState.CANCELLED:
			self.register.told_not_sent.add(self.register.rows[row.name])

	# --- stops ----------------------------------------------------------------------------------------------

	def _switch_publishing(self, stops: float, goes_on: float) -> None:
		"""Of the site, and of each channel."""
		host, rng = self.stage.host, self.stage.rng
		for row in (the_settings(host), *host.store.find(SocialChannel, {}, order="name", limit=100)):
			if rng.random() < (goes_on if row.stop_publishing else stops):
				with host.transaction():
					host.store.change(row, stop_publishing=not row.stop_publishing)
				self.happened["publishing stopped or allowed again"] += 1
