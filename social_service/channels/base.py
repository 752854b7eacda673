"""The one interface of every network. A driver knows its network and nothing of tickets, databases or sites."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Protocol

from social_service.channels.changing import Changing
from social_service.channels.errors import NotSupported
from social_service.channels.http import Http
from social_service.records import Account, Length, Message, NotSent, Outgoing, Page, Permission, Sent, SignIn
from social_service.sentence import _

SIGNED_IN_SINCE, SIGNED_IN_UNTIL = "signed_in_since", "signed_in_until"


@dataclass(frozen=True)
class Capabilities:
	"""What a network can do. What is False here hides its button; the driver raises NotSupported for it."""

	public_reply: bool = False
	private_reply: bool = False
	search: bool = False
	reads_single: bool = False  # `get` works, so edits and deletions can be noticed
	push: bool = False
	hide: bool = False  # what others wrote
	show: bool = False
	remove: bool = False
	block: bool = False  # who wrote it
	unblock: bool = False
	edit: bool = False  # what we answered
	delete: bool = False
	is_idempotent: str = "read back"  # "key" | "own id" | "upsert" | "read back" | "a person looks"
	counts: str = "characters"  # how length is counted, for the README's table
	costs: str = "free"
	recheck_minutes: int = 0  # how often messages of open tickets are read again; 0 = only before a reply
	forgets_deleted: bool = False  # its terms: what was deleted there is removed here too (the figures stay)


@dataclass(frozen=True)
class Stream:
	"""One thing a channel listens to, with a cursor of its own: mentions, dms, search:<words> …"""

	key: str
	label: str = ""
	min_seconds: int = 60  # never polled more often
	bucket: str = ""  # streams that share a rate limit; "" = all of the channel do
	scan_days: int = (
		0  # how far back the nightly scan reads again, without a cursor; 0 = never (reading costs money)
	)


@dataclass(frozen=True)
class Setting:
	"""One thing that an admin fills in to connect. Secret ones are Password fields and never shown again."""

	key: str
	label: str
	secret: bool = False
	required: bool = True
	default: str = ""
	lines: bool = False  # one a line


class Vault(Protocol):
	"""The secrets of one channel."""

	def get(self, key: str) -> str: ...

	def renew(self, key: str, stale: str, exchange: Callable[[], Mapping[str, str]]) -> None:
		"""Under the account's lock: if ``key`` still holds ``stale``, keep what ``exchange`` brings, durably, before
		anybody uses it. Else somebody was faster and nothing is done."""


@dataclass(frozen=True)
class Connection:
	"""All that a driver needs. ``options`` are the not-secret settings (base_url, keywords …), by key."""

	http: Http
	vault: Vault
	options: Mapping[str, str] = field(default_factory=dict)
	account: Account | None = None  # None only before the first `check`


class Channel(Changing, ABC):
	"""A driver. Every method may raise any of the eight errors of ``channels.errors`` and nothing else."""

	code: ClassVar[str]  # stored on Social Channel, never renamed
	label: ClassVar[str]
	capabilities: ClassVar[Capabilities]
	settings: ClassVar[tuple[Setting, ...]]

	def __init__(self, connection: Connection) -> None:
		self.connection = connection
		self.http = connection.http
		self.account = connection.account

	def __repr__(self) -> str:
		return f"<{type(self).__name__} {self.account.handle if self.account else 'not checked'}>"

	@abstractmethod
	def check(self) -> Account:
		"""Whose account is this, what may it do, what does its network allow?"""

	@abstractmethod
	def streams(self) -> tuple[Stream, ...]:
		"""Needs no network call: it follows from options and account."""

	@abstractmethod
	def fetch(self, stream: Stream, cursor: str | None, since: str | None = None) -> Page:
		"""The next page after ``cursor``, whose text only this driver reads. ``None`` = first connect: begin at
		``since`` (ISO 8601, UTC). Resuming after any page misses and repeats nothing."""

	@abstractmethod
	def measure(self, text: str, to: Message | None = None) -> Length:
		"""As the network counts. No network call."""

	def price(self, text: str, to: Message | None = None) -> int:
		"""What the network would charge for this answer, in millionths of a US dollar. No network call."""
		return 0

	def may_reply(self, message: Message) -> Permission:
		"""From what is stored, without a network call: window, summons, visibility."""
		return Permission(self.capabilities.public_reply)

	def may_reply_privately(self, message: Message) -> Permission:
		"""May a public post be answered so that its author alone reads it? As ``may_reply``; no reason: the network has no
		such answer."""
		return Permission(False)

	def private_link(self, message: Message) -> str:
		"""Where the author of a public post can write to our account in private; "" = the network has no such address, or we
		would not hear of it. No network call."""
		return ""

	def send(self, reply: Outgoing) -> Sent:
		"""Publish once. A write whose outcome is unknown raises Ambiguous."""
		raise NotSupported(_("{0} takes no replies from here.", self.label))

	def reconcile(self, reply: Outgoing) -> Sent | NotSent:
		"""Is our text already there? Can't tell: Ambiguous."""
		raise NotSupported(_("{0} takes no replies from here.", self.label))

	def get(self, external_ids: Sequence[str]) -> dict[str, Message | None]:
		"""The messages as they are now; None = the network says that it is gone. At most 100 ids."""
		raise NotSupported(_("{0} does not let us read single posts.", self.label))

	def thread(self, message: Message) -> tuple[Message, ...]:
		"""What was said before ``message``, oldest first."""
		raise NotSupported(_("{0} does not let us read threads.", self.label))

	def count(self, stream: Stream, since: datetime, until: datetime) -> int:
		"""How many posts the network itself counts in this stream, to hold ours against it."""
		raise NotSupported(_("{0} does not count its posts for us.", self.label))

	# --- credentials that end --------------------------------------------------------------------------------

	def sign_in(self) -> SignIn | None:
		"""No network call. None = the credentials do not end, or nobody knows when. An exchange for ``vault.renew``
		keeps both times (ISO 8601) with the new token."""
		since, until = (self.connection.vault.get(key) for key in (SIGNED_IN_SINCE, SIGNED_IN_UNTIL))
		if not (since and until):
			return None
		return SignIn(datetime.fromisoformat(since), datetime.fromisoformat(until))

	def renew(self) -> None:
		"""Renew the credentials before they end, through ``vault.renew``."""
		raise NotSupported(_("The sign-in at {0} can't be renewed from here. Connect again.", self.label))

	# --- being pushed to -------------------------------------------------------------------------------------

	def receive(self, body: bytes, headers: Mapping[str, str]) -> Page:
		"""A webhook call: verify (SignatureInvalid), then parse (PayloadInvalid). No network call; a page without a
		cursor. Calls come twice and out of order. What is only hinted at stands in ``Page.due``."""
		raise NotSupported(_("{0} does not push to us.", self.label))

	def challenge(self, query: Mapping[str, str]) -> str:
		"""What to answer when the network asks whether the webhook address is ours (SignatureInvalid: it is not)."""
		raise NotSupported(_("{0} does not ask for our webhook address.", self.label))
