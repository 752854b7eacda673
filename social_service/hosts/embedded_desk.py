"""The embedded desk: tickets, their messages, notes and articles in SQLite. It keeps them and has no rules."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

from social_service.hosts.base import Can
from social_service.hosts.values import from_ms, to_ms
from social_service.records import Article, Delivery, Kind, NewTicket, Standing, TicketMessage, TicketState
from social_service.sentence import Sentence
from social_service.service_hours import ServiceHours, read_spans
from social_service.settings import SocialSLAPolicy

DESK_TABLES = """
CREATE TABLE `ticket` (`name` INTEGER PRIMARY KEY, `subject` TEXT, `raised_by` TEXT, `started_ms` INTEGER, `is_open` INTEGER,
	`closed_ms` INTEGER, `first_response_ms` INTEGER, `channel` TEXT, `network` TEXT, `conversation` TEXT, `kind` TEXT,
	`handle` TEXT, `url` TEXT, `team` TEXT, `priority` TEXT, `follows` TEXT, `merged_into` TEXT DEFAULT '',
	`ticket_type` TEXT, `topic` TEXT, `language` TEXT, `customer` TEXT, `assigned` TEXT DEFAULT '', `response_by_ms` INTEGER,
	`resolution_by_ms` INTEGER, `on_hold_ms` INTEGER, `is_missed` INTEGER DEFAULT 0);
CREATE TABLE `ticket_message` (`name` INTEGER PRIMARY KEY, `ticket` INTEGER, `key` TEXT UNIQUE, `sender` TEXT, `text` TEXT,
	`sent_ms` INTEGER, `visibility` TEXT, `is_reply` INTEGER DEFAULT 0, `delivery` TEXT);
CREATE INDEX `ticket_message_ticket` ON `ticket_message` (`ticket`);
CREATE TABLE `note` (`ticket` INTEGER, `text` TEXT);
CREATE TABLE `member` (`team` TEXT, `user` TEXT, PRIMARY KEY (`team`, `user`));
CREATE TABLE `told` (`whom` TEXT, `text` TEXT, `ticket` TEXT);
CREATE TABLE `article` (`name` TEXT PRIMARY KEY, `title` TEXT, `text` TEXT, `changed_ms` INTEGER, `is_published` INTEGER);
"""
NEW_TICKET = """INSERT INTO `ticket` (`subject`, `raised_by`, `started_ms`, `is_open`, `channel`, `network`, `conversation`, `kind`,
	`handle`, `url`, `team`, `priority`, `follows`, `ticket_type`, `topic`, `language`)
	VALUES (?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
STATE = """SELECT `name`, `is_open`, `closed_ms`, `merged_into`, `team`, `on_hold_ms`, `channel`, `kind`, `priority`, `ticket_type`,
	`customer`, `topic`, `language`, `assigned` FROM `ticket` WHERE `name` IN ({0})"""
RANKS = ("", "Low", "Medium", "High", "Urgent")


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
		values += (new.ticket_type, str(new.topic), new.language)
		ticket = str(self.connection.execute(NEW_TICKET, values).lastrowid)
		return ticket, self.add_message(ticket, first, reopen=False)

	def add_message(self, ticket: str, message: TicketMessage, *, reopen: bool) -> str:
		known = self._one("SELECT `name` FROM `ticket_message` WHERE `key` = ?", message.key)
		if known:
			return str(known[0])
		if reopen:
			self._run("UPDATE `ticket` SET `is_open` = 1, `closed_ms` = NULL WHERE `name` = ?", ticket)
		for field in ("topic", "language"):
			if value := str(getattr(message, field)):
				self._run(f"UPDATE `ticket` SET `{field}` = ? WHERE `name` = ?", value, ticket)
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

	def rewrite(self, message_id: str, text: str) -> None:
		self._run("UPDATE `ticket_message` SET `text` = ? WHERE `name` = ?", text, message_id)

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

	def members(self, team: str) -> Sequence[str]:
		statement = "SELECT `user` FROM `member` WHERE `team` = ? ORDER BY `user`"
		return [user for (user,) in self.connection.execute(statement, (team,))]

	def tickets(self, names: Sequence[str]) -> dict[str, TicketState]:
		marks = ", ".join("?" * len(names))
		return {str(row[0]): _state(row) for row in self.connection.execute(STATE.format(marks), list(names))}

	def route(self, ticket: str, *, team: str, priority: str) -> None:
		if team:
			self._run("UPDATE `ticket` SET `team` = ? WHERE `name` = ?", team, ticket)
		(now,) = self._one("SELECT coalesce(`priority`, '') FROM `ticket` WHERE `name` = ?", ticket) or ("",)
		if priority and (now not in RANKS or priority in RANKS[RANKS.index(now) + 1 :]):
			self._run("UPDATE `ticket` SET `priority` = ? WHERE `name` = ?", priority, ticket)

	def service_hours(self, policy: SocialSLAPolicy) -> ServiceHours:
		zone = ZoneInfo(policy.time_zone) if policy.time_zone else timezone.utc
		return ServiceHours(zone, read_spans(policy.hours) if policy.hours.strip() else None)

	def show_standing(self, ticket: str, standing: Standing) -> None:
		moments = (
			standing.response_by,
			standing.resolution_by,
			standing.on_hold_since,
			standing.responded_at,
		)
		self._run(
			"UPDATE `ticket` SET `response_by_ms` = ?, `resolution_by_ms` = ?, `on_hold_ms` = ?, "
			"`first_response_ms` = ?, `is_missed` = ? WHERE `name` = ?",
			*(moment and to_ms(moment) for moment in moments),
			int(standing.is_missed),
			ticket,
		)

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

	def assign(self, ticket: str, user: str) -> None:
		self._run("UPDATE `ticket` SET `assigned` = ? WHERE `name` = ?", user, ticket)

	def put_member(self, team: str, user: str) -> None:
		self._run("INSERT OR IGNORE INTO `member` VALUES (?, ?)", team, user)

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


def _state(row: tuple) -> TicketState:
	name, is_open, closed, merged, team, held, channel, kind, *facts, assigned = row
	priority, ticket_type, customer, topic, language = (fact or "" for fact in facts)
	return TicketState(
		name=str(name),
		is_open=bool(is_open),
		closed_at=from_ms(closed) if closed else None,
		merged_into=str(merged or ""),
		team=team or "",
		is_on_hold=held is not None,
		channel=channel,
		kind=Kind(kind),
		priority=priority,
		ticket_type=ticket_type,
		customer=customer,
		topic=topic,
		language=language,
		assigned=tuple(filter(None, (assigned or "").split(","))),
	)
