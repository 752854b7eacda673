"""The agents of the faults benchmark: they answer what waits, sometimes twice in a row, and press Retry where it failed."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from benchmarks.faults_stage import Stage
from social_service import engage
from social_service.ledger import SocialReply
from social_service.records import AgentReplied, ReplyState
from social_service.rehearsal.agents import send_anyway

READS_FOR = timedelta(minutes=3)
AGAIN, CLOSES, RETRIES = 0.06, 0.6, 0.3
MOST_RETRIES = 4
UNANSWERED = """SELECT `ticket`.`name`, `ticket`.`channel` FROM `ticket` JOIN `ticket_message` AS `m`
	ON `m`.`ticket` = `ticket`.`name` WHERE `ticket`.`is_open` = 1 GROUP BY `ticket`.`name`
	HAVING MAX(CASE WHEN `is_reply` THEN -1 ELSE `m`.`name` END) > MAX(CASE WHEN `is_reply` THEN `m`.`name` ELSE -1 END)
	AND MAX(`sent_ms`) <= ? ORDER BY `ticket`.`name`"""


@dataclass
class Agents:
	stage: Stage
	rng: random.Random
	wanted: int = 0
	written: int = 0  # answers that went into the outbox
	by_channel: Counter = field(default_factory=Counter)
	refused: Counter = field(default_factory=Counter)
	left: set[str] = field(default_factory=set)  # tickets that can't be answered from here
	tickets: dict[str, str] = field(default_factory=dict)  # word of the answer → ticket
	retried: Counter = field(default_factory=Counter)
	fresh: list[str] = field(default_factory=list)

	def take_fresh(self) -> list[str]:
		"""What was written since: the request that queued it enqueues its job as well."""
		taken, self.fresh = self.fresh, []
		return taken

	def has_work(self) -> bool:
		return self.written < self.wanted and bool(self._unanswered())

	def work(self, wanted: int) -> None:
		waiting = self._unanswered() if self.written < wanted else []
		while waiting and self.written < wanted:
			fewest = min({channel for _name, channel in waiting}, key=lambda one: (self.by_channel[one], one))
			ticket = self.rng.choice([name for name, channel in waiting if channel == fewest])
			waiting = [one for one in waiting if one[0] != ticket]
			self._answer(ticket, fewest)
		self._press_retry()

	def _unanswered(self) -> list[tuple[str, str]]:
		before = int((self.stage.clock() - READS_FOR).timestamp() * 1000)
		rows = self.stage.host.connection.execute(UNANSWERED, (before,)).fetchall()
		return [(str(name), channel) for name, channel in rows if str(name) not in self.left]

	def _answer(self, ticket: str, channel: str) -> None:
		host = self.stage.host
		if not self._write(ticket, channel):
			self.left.add(ticket)
			return
		if self.rng.random() < AGAIN:
			self._write(ticket, channel, later=timedelta(seconds=1))
		if self.rng.random() < CLOSES:
			with host.transaction():
				host.desk.close(ticket, self.stage.clock())

	def _write(self, ticket: str, channel: str, later: timedelta = timedelta(0)) -> bool:
		host = self.stage.host

		def clock() -> datetime:
			return self.stage.clock() + later

		word = f"answer{len(self.tickets):06}"
		self.tickets[word] = ticket
		text = f"We are on it, {word} is for you."
		replied = AgentReplied(ticket, "", "agent@example.com", text)
		send_anyway(host, replied, clock)
		try:
			with host.transaction():
				shown = host.desk.reply(ticket, text, clock())
				queued = engage.queue_reply(host, replace(replied, ticket_message=shown), clock)
		except engage.Refused as refused:
			self.refused[str(refused.sentence)[:60]] += 1
			del self.tickets[word]
			return False
		self.fresh.append(queued.name)
		self.written += 1
		self.by_channel[channel] += 1
		return True

	def _press_retry(self) -> None:
		store = self.stage.host.store
		ended = store.find(SocialReply, {"state": ReplyState.FAILED}, order="name", limit=1000)
		asked = {"state": ReplyState.UNKNOWN, "next_try_at": None}
		ended += store.find(SocialReply, asked, order="name", limit=1000)
		for reply in ended:
			most = MOST_RETRIES if reply.state is ReplyState.FAILED else 1
			if self.retried[reply.name] < most and self.rng.random() < RETRIES:
				self.retried[reply.name] += 1
				engage.retry(self.stage.host, reply.name, self.stage.clock)
