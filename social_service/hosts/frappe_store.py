"""The Store and the host on a Frappe site: MariaDB, the site's clock, its secrets. Knows nothing of tickets."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timezone
from html import escape
from pathlib import Path
from typing import NoReturn
from zoneinfo import ZoneInfo

import frappe
from frappe.utils import get_system_timezone
from frappe.utils.password import get_decrypted_password, remove_encrypted_password, set_encrypted_password

from social_service.hosts.base import Busy, Desk, R, Where
from social_service.hosts.sql import Duplicate, SqlStore
from social_service.hosts.values import shape
from social_service.sentence import Sentence, fill

# an agent who saves a ticket while we do counts as busy, too
BUSY = (frappe.QueryDeadlockError, frappe.QueryTimeoutError, frappe.TimestampMismatchError)
OWNER = "Administrator"  # ledger rows are the system's, whoever's request wrote them
SAVEPOINT = "social_service"
VAULT = "Social Channel"  # its secrets are in Frappe's __Auth and in no field


# --- the site's time and language ---------------------------------------------------------------------------


def to_site_time(moment: datetime) -> datetime:
	"""As Frappe stores a Datetime: naive, in the site's zone."""
	return moment.astimezone(ZoneInfo(get_system_timezone())).replace(tzinfo=None)


def from_site_time(stored: datetime) -> datetime:
	return stored.replace(tzinfo=ZoneInfo(get_system_timezone())).astimezone(timezone.utc)


def say(sentence: Sentence, language: str | None = None) -> str:
	"""Translated: for one person in their language, or (what is stored) in the site's."""
	language = language or frappe.db.get_default("lang") or "en"
	values = tuple(say(one, language) if isinstance(one, Sentence) else one for one in sentence.values)
	return fill(frappe._(sentence.text, lang=language), values)


def refuse(sentence: Sentence) -> NoReturn:
	"""What a person reads when a door says no, in their language. Frappe shows it as HTML."""
	frappe.throw(escape(say(sentence, frappe.local.lang), quote=False))


# --- transactions -------------------------------------------------------------------------------------------


def is_in_transaction() -> bool:
	return bool(getattr(frappe.local, "social_service_transaction", False))


def belongs_to_a_request() -> bool:
	"""Frappe commits for requests and for the events of documents; everywhere else we do."""
	return bool(getattr(frappe.local, "request", None)) or bool(frappe.db._disable_transaction_control)


@contextmanager
def transaction() -> Iterator[None]:
	if is_in_transaction():
		raise RuntimeError("a transaction is open already")
	frappe.local.social_service_transaction = True
	try:
		with _savepoint() if belongs_to_a_request() else _committed():
			yield
	finally:
		frappe.local.social_service_transaction = False


@contextmanager
def durable() -> Iterator[None]:
	"""A transaction that is on disk when it ends; refused where only somebody else can commit."""
	if is_in_transaction() or belongs_to_a_request():
		raise RuntimeError("only a job outside a transaction can make this durable")
	with transaction():
		yield


@contextmanager
def _committed() -> Iterator[None]:
	frappe.db.begin()  # a fresh view of the data. Refuses if somebody left writes uncommitted
	try:
		yield
	except BUSY as error:
		frappe.db.rollback()
		raise Busy(str(error)) from error
	except BaseException:
		frappe.db.rollback()
		raise
	frappe.db.commit()  # nosemgrep: the one place, see docs/decisions.md


@contextmanager
def _savepoint() -> Iterator[None]:
	frappe.db.savepoint(SAVEPOINT)
	try:
		yield
	except frappe.QueryDeadlockError:
		raise  # MariaDB has rolled back everything, the savepoint too
	except BaseException:
		frappe.db.rollback(save_point=SAVEPOINT)
		raise
	frappe.db.release_savepoint(SAVEPOINT)


# --- the store ----------------------------------------------------------------------------------------------


class FrappeStore(SqlStore):
	"""A statement outside a transaction is a transaction of its own, as it is in SQLite."""

	def _run(self, statement: str, values: Sequence[object]) -> tuple[list[tuple], int]:
		if is_in_transaction() or belongs_to_a_request():
			return _execute(statement, values)
		with transaction():
			return _execute(statement, values)

	def _as_bytes(self, column: str) -> str:
		return f"BINARY {column}"  # the site's collation ignores case, accents and trailing blanks

	def _site_time(self, moment: datetime) -> datetime:
		return to_site_time(moment)

	def say(self, sentence: Sentence) -> str:
		return say(sentence)

	def _one_statement(self) -> AbstractContextManager[None]:
		return durable()

	def _constant_columns(self) -> dict[str, object]:
		return {"owner": OWNER, "modified_by": OWNER}

	def _select(self, kind: type[R], where: Where, *, order: str, limit: int, lock: str = "") -> list[R]:
		if getattr(kind, "single", False):
			return [self._single(kind)]
		return super()._select(kind, where, order=order, limit=limit, lock=lock)

	def _single(self, kind: type[R]) -> R:
		"""What an admin has set; a field never saved has the dataclass's default."""
		rows, _ = self._run("SELECT `field`, `value` FROM `tabSingles` WHERE `doctype` = %s", [kind.doctype])
		types = {field: wanted for field, (wanted, _optional) in shape(kind).items() if field != "name"}
		values = {field: value for field, value in rows if field in types and value is not None}
		return kind(**{f: types[f](int(v or 0)) if types[f] in (bool, int) else v for f, v in values.items()})


def _execute(statement: str, values: Sequence[object]) -> tuple[list[tuple], int]:
	try:
		rows = frappe.db.sql(statement, tuple(values))
	except frappe.db._conn.IntegrityError as error:
		if frappe.db.is_duplicate_entry(error):
			raise Duplicate(str(error)) from None
		raise
	return list(rows), frappe.db._cursor.rowcount


# --- the host -----------------------------------------------------------------------------------------------


class FrappeHost:
	"""One for each job or request. Desks bring their own ``desk``."""

	desk: Desk

	def __init__(self, desk: Desk) -> None:
		self.store = FrappeStore()
		self.desk = desk

	def transaction(self) -> AbstractContextManager[None]:
		return transaction()

	@property
	def in_transaction(self) -> bool:
		return is_in_transaction()

	@property
	def zone(self) -> ZoneInfo:
		return ZoneInfo(get_system_timezone())

	@property
	def cache(self) -> Path:
		folder = Path(frappe.get_site_path("private", "social_service")).resolve()
		folder.mkdir(parents=True, exist_ok=True)
		return folder

	def secret(self, channel: str, key: str) -> str:
		with transaction() if not (is_in_transaction() or belongs_to_a_request()) else _nothing():
			return get_decrypted_password(VAULT, channel, key, raise_exception=False) or ""

	def keep_secrets(self, channel: str, values: Mapping[str, str]) -> None:
		with durable():
			for key, value in values.items():
				set_encrypted_password(VAULT, channel, value, key)

	def allowed_internal(self) -> frozenset[str]:
		return frozenset(frappe.conf.get("social_service_allow_internal") or ())


def replace_secrets(channel: str, new: Mapping[str, str], kept: Collection[str]) -> None:
	"""As a person typed them in a form: all others go, what drivers made of the old ones too. Frappe commits."""
	rows = frappe.db.sql("select fieldname from `__Auth` where doctype = %s and name = %s", (VAULT, channel))
	for (key,) in rows:
		if key not in kept:
			remove_encrypted_password(VAULT, channel, key)
	for key, value in new.items():
		set_encrypted_password(VAULT, channel, value, key)


@contextmanager
def _nothing() -> Iterator[None]:
	yield
