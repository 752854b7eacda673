"""JSON Lines, JSON lists and CSV: rows with a text, and where they have it author, time, language, id and reply_to."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

from social_service.archives.file import NO_TIME, Archive, NotAHistory, Reading, decoded, read_time
from social_service.records import Article, Author, Kind, Message
from social_service.sentence import Sentence, _

JSON_LINES = frozenset({".jsonl", ".ndjson"})
LONGEST_RECORD = 200  # lines; a quote that nobody closed must not swallow the rest of the file
CLIPPED = 140
DELIMITERS = ",;\t|"
# our word → how people call that column; the first that a file has counts
COLUMNS = {
	"text": (
		"text",
		"full_text",
		"content",
		"message",
		"body",
		"comment",
		"tweet",
		"post",
		"nachricht",
		"beitrag",
		"inhalt",
	),
	"id": ("id", "id_str", "tweet_id", "post_id", "status_id", "message_id", "external_id"),
	"author": ("author", "author_id", "user", "username", "handle", "screen_name", "from", "autor", "name"),
	"time": ("time", "created_at", "sent_at", "timestamp", "datetime", "date", "published", "zeit", "datum"),
	"lang": ("lang", "language", "sprache"),
	"reply_to": (
		"reply_to",
		"in_reply_to",
		"in_reply_to_id",
		"in_reply_to_status_id",
		"in_response_to_tweet_id",
		"parent_id",
	),
	"network": ("network", "platform", "netzwerk"),
	"own": ("is_own", "own"),
	"inbound": ("inbound",),
	"url": ("url", "link", "permalink"),
	"title": ("title", "question", "titel", "frage"),
}
YES = frozenset({"true", "1", "yes", "y", "ja", "wahr"})
NO = frozenset({"false", "0", "no", "n", "nein", "falsch"})


@dataclass(frozen=True)
class Row:
	line: int
	values: Mapping[str, str]  # by the file's own column names, as they are written there


Found = tuple[list[Row], list[Sentence]]


# --- files → rows --------------------------------------------------------------------------------------------


def read_lines(name: str, text: str, reading: Reading) -> Archive:
	return _archive(name, _json_lines(text), reading)


def read_list(name: str, text: str, reading: Reading) -> Archive:
	return _archive(name, _json_list(name, text), reading)


def read_table(name: str, text: str, reading: Reading) -> Archive:
	return _archive(name, _table(text), reading)


def read_articles(path: Path, changed_at: datetime) -> list[Article]:
	"""A knowledge base: rows with a title and a text."""
	text = decoded(path.read_bytes())
	rows, _broken = _json_lines(text) if text.lstrip().startswith("{") else _table(text)
	named = _columns(rows, "")
	if "title" not in named or "text" not in named:
		raise NotAHistory(_("{0} needs a column title and a column text.", path.name))
	told = ((row, *(_value(row, named, key) for key in ("id", "title", "text"))) for row in rows)
	return [Article(key or f"line {row.line}", title, body, changed_at) for row, key, title, body in told]


def _json_lines(text: str) -> Found:
	rows, broken = [], []
	for number, line in enumerate(text.split("\n"), start=1):
		if not line.strip():
			continue
		try:
			rows.append(Row(number, _flat(json.loads(line))))
		except (ValueError, RecursionError):
			broken.append(_("Line {0} is no JSON object.", number))
	return rows, broken


def _json_list(name: str, text: str) -> Found:
	try:
		items = json.loads(text)
	except json.JSONDecodeError as error:
		raise NotAHistory(_("{0} breaks off or is no JSON: see line {1}.", name, error.lineno)) from None
	rows, broken = [], []
	for number, item in enumerate(items, start=1):
		try:
			rows.append(Row(number, _flat(item)))
		except ValueError:
			broken.append(_("Entry {0} is no JSON object.", number))
	return rows, broken


def _flat(item: object) -> dict[str, str]:
	if not isinstance(item, Mapping):
		raise ValueError("no object")
	return {str(key): _plain(value) for key, value in item.items()}


def _plain(value: object) -> str:
	if isinstance(value, Mapping):  # an author who is an object
		value = next(
			(value[key] for key in ("username", "handle", "acct", "name", "id") if value.get(key)), ""
		)
	return "" if value is None else str(value)


def _table(text: str) -> Found:
	lines = list(io.StringIO(text, newline=""))  # splitlines would cut at letters inside of texts too
	first = next((number for number, line in enumerate(lines) if line.strip()), 0)
	delimiter = max(DELIMITERS, key=lines[first].count) if lines else ","
	records = _records(lines, first, delimiter)
	_line, header = next(records)
	rows, broken = [], []
	for number, cells in records:
		if cells is None:
			broken.append(_("Line {0} can't be read as CSV: look at its quotes.", number))
		elif any(cells):
			rows.append(Row(number, dict(zip(header or (), cells, strict=False))))
	return rows, broken


def _records(lines: list[str], start: int, delimiter: str) -> Iterator[tuple[int, list[str] | None]]:
	"""(line, cells) of each record; None for one that can't be read, and the next line begins anew."""
	csv.field_size_limit(100 * 1024 * 1024)
	while start < len(lines):
		found, used = _record(lines, start, delimiter)
		yield start + 1, found
		start += used


def _record(lines: list[str], start: int, delimiter: str) -> tuple[list[str] | None, int]:
	closed = lines[start].count('"') % 2 == 0
	part = lines[start : start + (1 if closed else LONGEST_RECORD)]
	reader = csv.reader(
		(line.replace("\0", "\ufffd") for line in part), delimiter=delimiter, strict=not closed
	)
	try:
		return next(reader), reader.line_num
	except (csv.Error, StopIteration):
		return None, 1


# --- rows → posts --------------------------------------------------------------------------------------------


def _archive(name: str, found: Found, reading: Reading) -> Archive:
	rows, broken = found
	named = _columns(rows, reading.text_column)
	if rows and "text" not in named:
		seen = ", ".join(dict.fromkeys(key for row in rows[:50] for key in row.values))
		raise NotAHistory(
			_("Which column of {0} has the text? It has: {1}. Name one with --text-column.", name, seen)
		)
	kept = [row for row in rows if _value(row, named, "text").strip()]
	empty = [_("Line {0} has no text.", row.line) for row in rows if not _value(row, named, "text").strip()]
	history = _History(named, reading, kept)
	by_network: dict[str, list[Message]] = {}
	for row, message in zip(kept, history.messages(), strict=True):
		network = (_value(row, named, "network").strip() or name)[:CLIPPED]
		by_network.setdefault(network, []).append(message)
	ordered = {key: tuple(sorted(posts, key=lambda one: one.sent_at)) for key, posts in by_network.items()}
	return Archive(ordered, (*broken, *empty), untimed=history.untimed)


def _columns(rows: list[Row], text_column: str) -> dict[str, str]:
	"""Our word → the file's."""
	written = dict.fromkeys(key for row in rows for key in row.values)
	plain = {key.strip().casefold().replace(" ", "_").lstrip("\ufeff"): key for key in reversed(written)}
	named = {
		ours: next((plain[one] for one in theirs if one in plain), "") for ours, theirs in COLUMNS.items()
	}
	if text_column:
		named["text"] = plain.get(text_column.strip().casefold().replace(" ", "_"), "")
	return {ours: theirs for ours, theirs in named.items() if theirs}


def _value(row: Row, named: Mapping[str, str], key: str) -> str:
	return row.values.get(named[key], "") or "" if key in named else ""


class _History:
	"""The rows of one file as posts: who answers whom, what is our own, when it was."""

	def __init__(self, named: Mapping[str, str], reading: Reading, rows: list[Row]) -> None:
		self.named, self.reading, self.rows = named, reading, rows
		self.account = reading.account.lstrip("@").casefold()
		self.parents = {self._id(row): self._value(row, "reply_to") for row in rows}
		self.own = {self._id(row) for row in rows if self._is_own(row)}
		self.untimed = 0

	def messages(self) -> Iterator[Message]:
		last = NO_TIME
		for row in self.rows:
			told = read_time(self._value(row, "time"), self.reading.zone)
			self.untimed += told is None
			last = told or last + timedelta(seconds=1)
			yield self._message(row, last.astimezone(timezone.utc))

	def _message(self, row: Row, sent_at: datetime) -> Message:
		key, text = self._id(row), self._value(row, "text")
		handle, parent = self._value(row, "author").lstrip("@")[:CLIPPED], self._value(row, "reply_to")
		addressed = self._speaks_to_us(text, parent)
		return Message(
			external_id=key,
			thread_id=self._root(key),
			kind=Kind.MENTION if addressed else Kind.POST,
			author=Author(handle or f"somebody of line {row.line}", handle),
			text=text,
			sent_at=sent_at,
			parent_id=parent,
			url=self._value(row, "url"),
			language=self._value(row, "lang")[:CLIPPED],
			is_own=key in self.own,
			is_addressed=addressed,
		)

	def _speaks_to_us(self, text: str, parent: str) -> bool:
		"""Who does not say which account is theirs replays posts that were meant for them."""
		return not self.account or f"@{self.account}" in text.casefold() or parent in self.own

	def _is_own(self, row: Row) -> bool:
		author = self._value(row, "author").lstrip("@").casefold()
		told = self._value(row, "own").casefold() in YES or self._value(row, "inbound").casefold() in NO
		return told or bool(self.account and author == self.account)

	def _root(self, key: str) -> str:
		"""The first post of the thread, as far as the file tells; a ring of replies ends where it began."""
		seen = {key}
		while (parent := self.parents.get(key, "")) and parent not in seen:
			seen.add(parent)
			key = parent
		return key

	def _id(self, row: Row) -> str:
		return self._value(row, "id") or f"line {row.line:09}"

	def _value(self, row: Row, key: str) -> str:
		return _value(row, self.named, key).strip() if key != "text" else _value(row, self.named, key)
