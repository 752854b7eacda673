"""Scripted agents: they take the oldest unanswered ticket, answer with the suggested article, and close what is done."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

from social_service import engage, writing
from social_service.account import Clock
from social_service.guard import answered_message, look
from social_service.history import Happened
from social_service.hosts.base import Host
from social_service.hosts.embedded import EmbeddedHost
from social_service.ledger import SocialArticleSuggestion, SocialMessage
from social_service.records import AgentReplied, Happening
from social_service.rehearsal.story import Company
from social_service.sla.keeping import changed

READS_FOR = timedelta(minutes=4)  # nobody answers at once
AT_ONCE = 3  # answers a minute, of the whole team
SHIFT = (time(6, 0), time(22, 0))
GREETINGS = {"de": "Hallo {0}! ", "en": "Hi {0}! "}
OPEN_ENDS = {
	"de": (
		"Danke für deine Nachricht. Wir sehen uns das an und melden uns hier, sobald wir mehr wissen.",
		"Danke für die Ergänzung, das hilft uns. Wir geben es an die Kolleginnen und Kollegen vor Ort weiter.",
		"Wir sind noch dran. Sobald wir eine Auskunft haben, schreiben wir dir hier.",
		"Das haben wir aufgenommen und prüfen es heute noch.",
	),
	"en": (
		"Thanks for your message. We are looking into it and will get back to you here as soon as we know more.",
		"Thanks for adding that, it helps. We are passing it on to our colleagues on site.",
		"We are still on it. As soon as we have an answer, we will write to you here.",
		"We have noted this and will check it today.",
	),
}
UNANSWERED = """SELECT `ticket`.`name` FROM `ticket` JOIN `ticket_message` AS `m` ON `m`.`ticket` = `ticket`.`name`
	WHERE `ticket`.`is_open` = 1 GROUP BY `ticket`.`name`
	HAVING MAX(CASE WHEN `is_reply` THEN -1 ELSE `m`.`name` END) > MAX(CASE WHEN `is_reply` THEN `m`.`name` ELSE -1 END)
	AND MAX(`sent_ms`) <= ? ORDER BY MIN(`sent_ms`) LIMIT ?"""


def send_anyway(host: Host, replied: AgentReplied, clock: Clock) -> None:
	"""They read each warning, and tick it."""
	keys = [one.key for one in look(host, replied, clock).warnings]
	if keys:
		writing.acknowledge(host, replied, replied.agent, keys, clock)


class Agents:
	def __init__(self, host: EmbeddedHost, company: Company) -> None:
		self.host, self.company = host, company
		self.answers = company.answers()
		self.refused: dict[str, int] = {}  # sentence of the guard → how often
		self.left: set[str] = set()  # tickets that can't be answered from here
		self.said: set[str] = set()  # nobody says the same thing twice to the same person

	def answer(self, clock: Clock) -> None:
		if not self._on_duty(clock()):
			return
		before = int((clock() - READS_FOR).timestamp() * 1000)
		rows = self.host.connection.execute(UNANSWERED, (before, AT_ONCE + len(self.left))).fetchall()
		for ticket in [str(row[0]) for row in rows if str(row[0]) not in self.left][:AT_ONCE]:
			self._answer_one(ticket, clock)

	def _on_duty(self, now: datetime) -> bool:
		local = now.astimezone(self.company.zone)
		return local.date() > self.company.day.date() or SHIFT[0] <= local.time() < SHIFT[1]

	def _answer_one(self, ticket: str, clock: Clock) -> None:
		message = answered_message(self.host, ticket)
		if message is None:  # deleted by its author: nothing to answer
			self._close(ticket, clock)
			return
		text = self._text(message)
		replied = AgentReplied(ticket, "", "agent@talwind.example", text)
		send_anyway(self.host, replied, clock)
		try:
			with self.host.transaction():
				shown = self.host.desk.reply(ticket, text, clock())
				engage.queue_reply(self.host, replace(replied, ticket_message=shown), clock)
		except engage.Refused as refused:
			self.refused[refused.sentence.text] = self.refused.get(refused.sentence.text, 0) + 1
			self.left.add(ticket)
			return
		self._close(ticket, clock)

	def _close(self, ticket: str, clock: Clock) -> None:
		with self.host.transaction():
			self.host.desk.close(ticket, clock())
			changed(self.host, [Happened(ticket, Happening.RESOLVED, clock())], clock())

	def _text(self, message: SocialMessage) -> str:
		found = self.host.store.find(
			SocialArticleSuggestion, {"message": message.name}, order="rank", limit=3
		)
		language = message.language if message.language in GREETINGS else "de"
		greeting = GREETINGS[language].format(message.author_name or message.handle)
		known = [
			self.answers[one.article].text for one in found if self.answers[one.article].language == language
		]
		drafts = [greeting + text for text in (*known, *OPEN_ENDS[language])]
		fresh = next((draft for draft in drafts if draft not in self.said), f"{greeting}({len(self.said)})")
		self.said.add(fresh)
		return fresh
