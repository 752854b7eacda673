"""The embedded desk: tickets, their messages, notes and articles in SQLite. It keeps them and has no rules."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from social_service.hosts.base import Can
from social_service.hosts.values import from_ms, to_ms
from social_service.records import Article, Delivery, NewTicket, TicketMessage, TicketState
from social_service.sentence import Sentence

DESK_TABLES = """
CREATE TABLE `ticket` (`name` INTEGER PRIMARY KEY, `subject` TEXT, `raised_by` TEXT, `started_ms` INTEGER, `is_open` INTEGER,
	`closed_ms` INTEGER, `first_response_ms` INTEGER, `channel` TEXT, `network` TEXT, `conversation` TEXT, `kind` TEXT,
	`handle` TEXT, `url` TEXT, `team` TEXT, `priority` TEXT, `follows` TEXT, `merged_into` TEXT DEFAULT '');
CREATE TABLE `ticket_message` (`name` INTEGER PRIMARY KEY, `ticket` INTEGER, `key` TEXT UNIQUE, `sender` TEXT, `text` TEXT,
	`sent_ms` INTEGER, `visibility` TEXT, `is_reply` INTEGER DEFAULT 0, `delivery` TEXT);
CREATE INDEX `ticket_message_ticket` ON `ticket_message` (`ticket`);
CREATE TABLE `note` (`ticket` INTEGER, `text` TEXT);
CREATE TABLE `told` (`whom` TEXT, `text` TEXT, `ticket` TEXT);
CREATE TABLE `article` (`name` TEXT PRIMARY KEY, `title` TEXT, `text` TEXT, `changed_ms` INTEGER, `is_published` INTEGER);
"""
NEW_TICKET = """INSERT INTO `ticket` (`subject`, `raised_by`, `started_ms`, `is_open`, `channel`, `network`, `conversation`, `kind`,
	`handle`, `url`, `team`, `priority`, `follows`) VALUES (?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""


class EmbeddedDesk:
	can: frozenset[Can] = frozenset({Can.ARTICLES})

	def __init__(self, connection: sqlite3.Connection) -> None:
		self.connection = connection

	def open_ticket(self, new: NewTicket, first: TicketMessage) -> tuple[str, str]:
		values = (
			new.subject,
			new.raised_by,
			to_ms(new.started_at),
			new.channel,
			new.network,
			new.conversation,
		)
		values += (new.kind.value, new.handle, new.url, new.team, new.priority, new.follows)
		ticket = str(self.connection.execute(NEW_TICKET, values).lastrowid)
		return ticket, self.add_message(ticket, first, reopen=False)

	def add_message(self, ticket: str, message: TicketMessage, *, reopen: bool) -> str:
		known = self._one("SELECT `name` FROM `ticket_message` WHERE `key` = ?", message.key)
		if known:
			return str(known[0])
		if reopen:
			self._run("UPDATE `ticket` SET `is_open` = 1, `closed_ms` = NULL WHERE `name` = ?", ticket)
		cursor = self.connection.execute(
			"INSERT INTO `ticket_message` (`ticket`, `key`, `sender`, `text`, `sent_ms`, `visibility`) VALUES (?, ?, ?, ?, ?, ?)",
			(
				ticket,
				message.key,
				message.sender_name,
				message.text,
				to_ms(message.sent_at),
				message.visibility.value,
			),
		)
		return str(cursor.lastrowid)

	def mark_reply(self, message_id: str, state: Delivery, at: datetime) -> None:
		self._run("UPDATE `ticket_message` SET `delivery` = ? WHERE `name` = ?", state.value, message_id)
		if state is Delivery.SENT:
			self._run(
				"UPDATE `ticket` SET `first_response_ms` = coalesce(`first_response_ms`, ?) "
				"WHERE `name` = (SELECT `ticket` FROM `ticket_message` WHERE `name` = ?)",
				to_ms(at),
				message_id,
			)

	def note(self, ticket: str, text: Sentence) -> None:
		self._run("INSERT INTO `note` VALUES (?, ?)", ticket, str(text))

	def erase(self, ticket: str, message_id: str, text: str) -> None:
		if text:
			self._run("UPDATE `note` SET `text` = replace(`text`, ?, '…') WHERE `ticket` = ?", text, ticket)
		if not message_id:
			return
		self._run("UPDATE `ticket_message` SET `text` = '…' WHERE `name` = ?", message_id)
		first = "SELECT min(`name`) FROM `ticket_message` WHERE `ticket` = `ticket`.`name`"
		self._run(
			f"UPDATE `ticket` SET `subject` = `handle` || ': …' WHERE `name` = ? AND ({first}) = CAST(? AS INTEGER)",
			ticket,
			message_id,
		)

	def tell(self, whom: str, text: Sentence, ticket: str | None = None) -> None:
		self._run("INSERT INTO `told` VALUES (?, ?, ?)", whom, str(text), ticket)

	def tickets(self, names: Sequence[str]) -> dict[str, TicketState]:
		marks = ", ".join("?" * len(names))
		rows = self.connection.execute(
			f"SELECT `name`, `is_open`, `closed_ms`, `merged_into` FROM `ticket` WHERE `name` IN ({marks})",
			list(names),
		)
		return {
			str(name): TicketState(
				str(name), bool(is_open), from_ms(closed) if closed else None, str(merged or "")
			)
			for name, is_open, closed, merged in rows
		}

	def articles(self, changed_since: datetime | None) -> Iterator[Article]:
		since = to_ms(changed_since) if changed_since else -1
		rows = self.connection.execute(
			"SELECT `name`, `title`, `text`, `changed_ms`, `is_published` FROM `article` WHERE `changed_ms` >= ?",
			(since,),
		)
		for name, title, text, changed, published in rows.fetchall():
			yield Article(name, title, text, from_ms(changed), bool(published))

	def synonyms(self) -> Mapping[str, Sequence[str]]:
		return {}

	# --- what an agent does by hand in a real helpdesk ------------------------------------------------------

	def reply(self, ticket: str, text: str, at: datetime) -> str:
		"""An agent's answer as it stands in the ticket; publishing it is the flow's."""
		cursor = self.connection.execute(
			"INSERT INTO `ticket_message` (`ticket`, `text`, `sent_ms`, `is_reply`, `delivery`) VALUES (?, ?, ?, 1, 'Sending')",
			(ticket, text, to_ms(at)),
		)
		return str(cursor.lastrowid)

	def close(self, ticket: str, at: datetime) -> None:
		self._run("UPDATE `ticket` SET `is_open` = 0, `closed_ms` = ? WHERE `name` = ?", to_ms(at), ticket)

	def put_article(self, article: Article) -> None:
		values = (
			article.name,
			article.title,
			article.text,
			to_ms(article.changed_at),
			int(article.is_published),
		)
		self._run("INSERT OR REPLACE INTO `article` VALUES (?, ?, ?, ?, ?)", *values)

	def _run(self, statement: str, *values: object) -> None:
		self.connection.execute(statement, values)

	def _one(self, statement: str, *values: object) -> tuple | None:
		return self.connection.execute(statement, values).fetchone()
