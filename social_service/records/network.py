"""What a network says, and what it is told. Texts are plain and complete, times aware UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from social_service.records.words import Kind, Visibility
from social_service.sentence import Sentence


@dataclass(frozen=True)
class Author:
	"""A person as the network knows them. ``external_id`` never changes; handle and name do."""

	external_id: str
	handle: str = ""
	name: str = ""
	url: str = ""
	avatar_url: str = ""
	followers: int = 0
	is_bot: bool = False


@dataclass(frozen=True)
class Message:
	"""One post, comment or direct message, as its driver read it. Texts are plain and complete, times aware UTC."""

	external_id: str
	thread_id: str
	kind: Kind
	author: Author
	text: str
	sent_at: datetime
	visibility: Visibility = Visibility.PUBLIC
	parent_id: str = ""
	url: str = ""
	language: str = ""  # as the network says: ISO 639-1, "" when it does not know
	is_own: bool = False  # written by the connected account itself
	is_repost: bool = False  # carries somebody else's words unchanged; `parent_id` is theirs
	is_addressed: bool = False  # names, quotes or answers the connected account
	edited_at: datetime | None = None
	media: tuple[str, ...] = ()  # https addresses of pictures and videos
	reply_hint: Mapping = field(default_factory=dict)  # what the driver needs to answer it later (JSON-able)
	raw: Mapping = field(default_factory=dict)


@dataclass(frozen=True)
class Unreadable:
	"""An item that the driver could not parse. It is stored as failed, with its raw body, and stops nothing."""

	external_id: str
	reason: Sentence
	raw: object = None


@dataclass(frozen=True)
class Gap:
	"""A span of which the network no longer tells: shown, never silently skipped. None = it does not say."""

	since: datetime | None
	until: datetime | None
	reason: Sentence


@dataclass(frozen=True)
class Rate:
	"""What is left of a rate-limit bucket."""

	remaining: int
	resets_at: datetime | None = None


@dataclass(frozen=True)
class Page:
	"""One answer of a stream. Store it, then its cursor, in one transaction."""

	messages: tuple[Message, ...]
	cursor: str | None
	more: bool = False  # the next page is there already
	deleted: tuple[str, ...] = ()  # external ids that the network says are gone
	unreadable: tuple[Unreadable, ...] = ()
	gap: Gap | None = None
	rate: Rate | None = None
	cost: int = 0  # millionths of a US dollar
	due: tuple[str, ...] = ()  # of a webhook call: keys of the streams that have something new to be fetched


@dataclass(frozen=True)
class Account:
	"""Whose account a channel is connected to, and what its network allows (``limits`` is JSON-able, driver's own)."""

	external_id: str
	handle: str
	name: str = ""
	url: str = ""
	limits: Mapping = field(default_factory=dict)
	missing: tuple[str, ...] = ()  # permissions that the credentials lack
	cost: int = 0


@dataclass(frozen=True)
class SignIn:
	"""From when until when the credentials hold."""

	since: datetime
	until: datetime

	def spent(self, now: datetime) -> float:
		"""The share of its lifetime that is over: 0 at the beginning, 1 at the end."""
		return (now - self.since) / max(self.until - self.since, timedelta(seconds=1))


@dataclass(frozen=True)
class Outgoing:
	"""A reply as a driver gets it. ``key`` is the same at every attempt and never used for another reply."""

	key: str
	text: str
	to: Message
	visibility: Visibility
	started_at: datetime | None = None  # first attempt, for reading back; None before it

	def __post_init__(self) -> None:
		"""What was said in private is answered in private, whoever asks for more."""
		if self.to.visibility is Visibility.PRIVATE:
			object.__setattr__(self, "visibility", Visibility.PRIVATE)


@dataclass(frozen=True)
class Sent:
	"""The network took the reply and gave it this id."""

	external_id: str
	url: str = ""
	cost: int = 0
	sent_at: datetime | None = None  # the network's own time where it says


@dataclass(frozen=True)
class NotSent:
	"""The network was read back and does not have the reply."""


@dataclass(frozen=True)
class Length:
	"""How long a text is, as the network counts it."""

	used: int
	limit: int
	unit: str = "characters"

	@property
	def fits(self) -> bool:
		return 0 < self.used <= self.limit


@dataclass(frozen=True)
class Permission:
	"""May we answer? ``reason`` says what a person can do when not."""

	allowed: bool
	reason: Sentence | None = None
	until: datetime | None = None
