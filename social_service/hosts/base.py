"""What we need from a helpdesk, whichever it is. `now` is always an argument; no HTTP inside a transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import Enum
from pathlib import Path
from typing import Protocol, TypeVar

from social_service.records import Article, Delivery, NewTicket, Standing, TicketMessage, TicketState
from social_service.sentence import Sentence
from social_service.service_hours import ServiceHours
from social_service.settings import SocialSLAPolicy

R = TypeVar("R")


@dataclass(frozen=True)
class In:
	"""Any of these values."""

	values: tuple


@dataclass(frozen=True)
class Before:
	"""Smaller than; a row without a value does not match."""

	value: object


@dataclass(frozen=True)
class From:
	"""This or greater; a row without a value does not match."""

	value: object


PART = 1000  # names that one statement asks for


def in_parts(names: Iterable[str]) -> Iterator[In]:
	"""Many names, as many at once as a statement takes. Each once, in their order."""
	every = sorted(set(names))
	return (In(tuple(every[start : start + PART])) for start in range(0, len(every), PART))


Where = Mapping[str, object]  # field → value | None | In | Before | From, joined by AND


class TooLong(ValueError):
	"""A value does not fit its column. Nothing was written: a cut network id would be another id."""


class Busy(Exception):
	"""The database was busy (deadlock, lock wait). Everything of this transaction was undone; the same may work later."""


class Store(Protocol):
	"""Frozen at seven methods; another needs a paragraph in docs/decisions.md."""

	def add(self, record: R) -> tuple[R, bool]:
		"""(stored, is_new). If its unique digest is there already: a locking read of the row that was first."""

	def get(self, kind: type[R], names: Sequence[str]) -> dict[str, R]: ...

	def find(self, kind: type[R], where: Where, *, order: str, limit: int) -> list[R]:
		"""``order``: field names separated by commas, ``-`` in front for descending. ``limit`` ≤ 1000."""

	def change(self, record: R, *, only_if: Where | None = None, **values: object) -> R | None:
		"""One UPDATE of the named columns. None = ``only_if`` no longer holds: not ours."""

	def claim(self, record: R, *, seconds: int, now: datetime) -> R | None:
		"""Take the lease, durable on return, with the row as it is now. None = somebody else has it."""

	def tally(self, kind: type, by: Sequence[str], where: Where) -> dict[tuple, int]: ...

	def columns(self, kind: type, fields: Sequence[str], where: Where) -> Iterator[tuple]: ...


class Can(str, Enum):
	"""What a desk is able to do; what is missing hides its button."""

	ARTICLES = "articles"
	TEAMS = "teams"
	BADGES = "badges"
	OWN_SLA = "own SLA"


class Desk(Protocol):
	can: frozenset[Can]

	def open_ticket(self, new: NewTicket, first: TicketMessage) -> tuple[str, str]:
		"""(ticket, message id). Its clock starts at ``new.started_at``. Mails nobody."""

	def add_message(self, ticket: str, message: TicketMessage, *, reopen: bool) -> str:
		"""The message's id; the same for the same ``message.key``, however often it is called."""

	def mark_reply(self, message_id: str, state: Delivery, at: datetime) -> None:
		"""Shows how the reply stands. SENT is the ticket's first response."""

	def rewrite(self, message_id: str, text: str) -> None:
		"""The reply's message in the ticket shows this text: the one that is published."""

	def note(self, ticket: str, text: Sentence) -> None:
		"""An internal note, never published."""

	def erase(self, ticket: str, message_id: str, text: str) -> None:
		"""Take somebody's words out of the ticket: the message (where one is given), its subject, and notes that quote
		``text``. Times and states stay."""

	def tell(self, whom: str, text: Sentence, ticket: str | None = None) -> None:
		"""A notification to one user of the host."""

	def members(self, team: str) -> Sequence[str]:
		"""Users who may be asked, in their order; of "" the managers."""

	def tickets(self, names: Sequence[str]) -> dict[str, TicketState]: ...

	def route(self, ticket: str, *, team: str, priority: str) -> None:
		"""To this team, with this priority; "" leaves what it has, and a priority is never lowered."""

	def service_hours(self, policy: SocialSLAPolicy) -> ServiceHours:
		"""When somebody answers under this policy."""

	def show_standing(self, ticket: str, standing: Standing) -> None:
		"""Badges, lists and deadlines of the host say this."""

	def articles(self, changed_since: datetime | None) -> Iterator[Article]:
		"""Withdrawn ones included, with ``is_published`` False."""

	def synonyms(self) -> Mapping[str, Sequence[str]]:
		"""Word → words that mean it, in articles and in posts."""


class Host(Protocol):
	store: Store
	desk: Desk
	cache: Path  # a folder for files that can be made again
	zone: tzinfo  # in which the people of the helpdesk read the clock

	def transaction(self) -> AbstractContextManager[None]:
		"""Everything inside or nothing. In a job it commits; in a request it is a savepoint."""

	def secret(self, channel: str, key: str) -> str:
		"""'' when there is none."""

	def keep_secrets(self, channel: str, values: Mapping[str, str]) -> None:
		"""All or none, durable on return."""

	def allowed_internal(self) -> frozenset[str]:
		"""Addresses inside the company's network that channels may reach (an admin lists them in the site's config)."""
