"""The embedded host: SQLite and a plain desk. For rehearsal, preview and replay on any laptop; its file is disposable."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timezone, tzinfo
from pathlib import Path

from social_service.hosts.embedded_desk import DESK_TABLES, EmbeddedDesk
from social_service.hosts.schema import sqlite_tables
from social_service.hosts.sql import Duplicate, SqlStore
from social_service.ledger import LEDGER
from social_service.settings import SETTINGS, SocialServiceSettings

BUSY_SECONDS = 30


class SqliteStore(SqlStore):
	for_update = ""  # a transaction holds the whole file

	def __init__(self, connection: sqlite3.Connection) -> None:
		self.connection = connection
		self.statements = 0  # how many were run, for whoever counts them

	def _run(self, statement: str, values: Sequence[object]) -> tuple[list[tuple], int]:
		self.statements += 1
		try:
			cursor = self.connection.execute(statement.replace("%s", "?"), list(values))
		except sqlite3.IntegrityError as error:
			if "UNIQUE" in str(error):
				raise Duplicate(str(error)) from None
			raise
		return cursor.fetchall(), cursor.rowcount

	def _as_bytes(self, column: str) -> str:
		return column  # SQLite compares bytes already

	def _site_time(self, moment: datetime) -> str:
		return moment.isoformat(sep=" ", timespec="milliseconds")

	@contextmanager
	def _one_statement(self) -> Iterator[None]:
		with write_transaction(self.connection):
			yield


@contextmanager
def write_transaction(connection: sqlite3.Connection) -> Iterator[None]:
	if connection.in_transaction:
		raise RuntimeError("a transaction is open already")
	connection.execute("BEGIN IMMEDIATE")
	try:
		yield
	except BaseException:
		connection.execute("ROLLBACK")
		raise
	connection.execute("COMMIT")


class EmbeddedHost:
	"""One connection: make one for each thread or job. ``path`` may be ``:memory:``."""

	def __init__(self, path: str | Path, *, allow_internal: frozenset[str] = frozenset()) -> None:
		self.connection = sqlite3.connect(str(path), timeout=BUSY_SECONDS, isolation_level=None)
		self.connection.execute("PRAGMA journal_mode = WAL")
		self.connection.execute("PRAGMA synchronous = NORMAL")
		self._build()
		self.store = SqliteStore(self.connection)
		self.desk = EmbeddedDesk(self.connection)
		self.cache = Path(path).parent if str(path) != ":memory:" else Path()
		self.zone: tzinfo = timezone.utc
		self._allow_internal = allow_internal

	def close(self) -> None:
		self.connection.close()

	@contextmanager
	def transaction(self) -> Iterator[None]:
		with write_transaction(self.connection):
			yield

	@property
	def in_transaction(self) -> bool:
		return self.connection.in_transaction

	def secret(self, channel: str, key: str) -> str:
		found = self.connection.execute(
			"SELECT `value` FROM `secret` WHERE `channel` = ? AND `key` = ?", (channel, key)
		).fetchone()
		return found[0] if found else ""

	def keep_secrets(self, channel: str, values: Mapping[str, str]) -> None:
		with write_transaction(self.connection):
			self.connection.executemany(
				"INSERT OR REPLACE INTO `secret` VALUES (?, ?, ?)",
				[(channel, *item) for item in values.items()],
			)

	def allowed_internal(self) -> frozenset[str]:
		return self._allow_internal

	def _build(self) -> None:
		"""Make the tables; a database of another schema is thrown away and made anew."""
		schema = "\n".join((sqlite_tables(LEDGER + SETTINGS), DESK_TABLES, SECRETS))
		mark = int(hashlib.sha256(schema.encode()).hexdigest()[:7], 16)
		with write_transaction(self.connection):
			if self.connection.execute("PRAGMA user_version").fetchone()[0] == mark:
				return
			for (name,) in self.connection.execute(TABLES).fetchall():
				self.connection.execute(f"DROP TABLE `{name}`")
			for statement in filter(str.strip, schema.split(";\n")):
				self.connection.execute(statement)
			self.connection.execute(f"PRAGMA user_version = {mark}")
			SqliteStore(self.connection).add(SocialServiceSettings())


SECRETS = (
	"CREATE TABLE `secret` (`channel` TEXT, `key` TEXT, `value` TEXT, PRIMARY KEY (`channel`, `key`));\n"
)
TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
