"""What the flow stores of posts, people and answers.

Times are aware UTC; the store keeps them as milliseconds beside a Datetime for people. Only the Store writes these.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from social_service.records import Author, Fate, Kind, Message, Need, Visibility, Word


def digest(*parts: str) -> str:
	"""A unique key that keeps case, accents and blanks apart, as network ids need (the host's collation does not)."""
	return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def month_of(moment: datetime) -> str:
	return moment.strftime("%Y-%m")


class Duty(Word):
	"""What a stream row stands for: something to fetch, or a lease and state of its channel."""

	POLL = "poll"
	RECHECK = "recheck"
	DECIDE = "decide"
	ACCOUNT = "account"
	SCAN = "scan"  # a stream read again without its cursor: each night, or to close a gap
	PUSH = "push"  # what webhook calls brought
	ONCE = "once"  # one thing that a webhook call hinted at


@dataclass(frozen=True)
class SocialStream:
	"""One cursor, lease, next time and health of a channel."""

	doctype: ClassVar[str] = "Social Stream"
	indexes: ClassVar[tuple] = (("channel", "duty"), ("duty", "next_at_ms"))

	channel: str
	stream_key: str
	digest: str
	duty: Duty
	label: str = ""
	cursor: str | None = None
	began_at: datetime | None = None  # older posts were there before we listened: they are watched
	lease_until: datetime | None = None
	next_at: datetime | None = None
	interval_s: int = 0
	failures: int = 0
	last_error: str = ""
	last_tried_at: datetime | None = None
	last_success_at: datetime | None = None
	seen: int = 0
	stored: int = 0
	found_late: int = 0  # posts that should have come long before
	calls: int = 0
	cost_micros: int = 0
	cost_month: str = ""  # "2026-11", UTC as networks bill
	month_cost_micros: int = 0  # of that month
	rate_left: str = ""
	rate_resets_at: datetime | None = None
	gap_since: datetime | None = None
	gap_until: datetime | None = None
	gap_reason: str = ""
	alarm: str = ""  # why the responsible person was called, until it is over
	alarm_at: datetime | None = None
	facts: Mapping = field(default_factory=dict)
	name: str = ""

	@staticmethod
	def key(channel: str, stream_key: str) -> str:
		return digest(channel, stream_key)

	def cost_after(self, cost: int, now: datetime) -> dict[str, object]:
		"""The columns of the row's costs when another ``cost`` (millionths of a dollar) comes on top."""
		month = month_of(now)
		before = self.month_cost_micros if self.cost_month == month else 0
		return {
			"cost_micros": self.cost_micros + cost,
			"cost_month": month,
			"month_cost_micros": before + cost,
		}


@dataclass(frozen=True)
class SocialProfile:
	"""A person on a network. Kept only for people whom we answer."""

	doctype: ClassVar[str] = "Social Profile"
	indexes: ClassVar[tuple] = ()

	network: str
	external_id: str
	digest: str
	handle: str = ""
	display_name: str = ""
	profile_url: str = ""
	followers: int = 0
	is_bot: bool = False
	name: str = ""

	@staticmethod
	def key(network: str, external_id: str) -> str:
		return digest(network, external_id)

	@property
	def address(self) -> str:
		"""The e-mail-shaped stand-in that the host needs; nothing is ever mailed to it."""
		return f"{self.digest[:24]}@social.invalid"

	@property
	def label(self) -> str:
		return self.display_name or self.handle or self.external_id


@dataclass(frozen=True)
class SocialConversation:
	"""One person in one thread of one channel."""

	doctype: ClassVar[str] = "Social Conversation"
	indexes: ClassVar[tuple] = (("ticket",), ("first_post_at_ms",), ("profile", "channel"))

	channel: str
	thread_id: str
	profile: str
	digest: str
	visibility: Visibility = Visibility.PUBLIC
	team: str = ""
	ticket: str = ""
	first_post_at: datetime | None = None
	last_customer_at: datetime | None = None
	first_response_at: datetime | None = None
	last_agent_at: datetime | None = None
	switch_asked_at: datetime | None = None  # for a private message that has not come yet
	answers: int = 0  # that were taken: who counts on from an old number comes second
	name: str = ""

	@staticmethod
	def key(channel: str, thread_id: str, author_id: str) -> str:
		return digest(channel, thread_id, author_id)


@dataclass(frozen=True)
class SocialMessage:
	"""One post that the network served, with its one fate."""

	doctype: ClassVar[str] = "Social Message"
	indexes: ClassVar[tuple] = (
		("channel", "fate", "sent_at_ms"),
		("sent_at_ms", "fate"),
		("channel", "thread_id", "sent_at_ms"),
		("conversation", "sent_at_ms"),
		("ticket",),
		("post_digest",),
	)

	channel: str
	external_id: str
	digest: str
	post_digest: str
	thread_id: str
	kind: Kind
	visibility: Visibility
	text: str
	sent_at: datetime
	stored_at: datetime
	stream: str = ""
	parent_id: str = ""
	author_id: str = ""
	handle: str = ""
	author_name: str = ""
	author_url: str = ""
	followers: int = 0
	is_bot: bool = False
	is_own: bool = False
	is_repost: bool = False
	is_addressed: bool = False
	language: str = ""
	url: str = ""
	media: tuple = ()
	reply_hint: Mapping = field(default_factory=dict)
	edited_at: datetime | None = None
	revision: int = 0  # how often it was edited; every raw body is kept
	is_late: bool = False  # it came long after it was written: after an outage, or by a nightly scan
	deleted_at: datetime | None = None
	decided_at: datetime | None = None
	fate: Fate | None = None
	fate_reason: str = ""
	need: Need | None = None
	tone: str = ""  # negative, neutral, positive
	is_urgent: bool = False
	decided_by: str = ""  # rule, form, words or agent; "" = nobody judged the words
	confidence: str = ""  # "87": so many of 100 verdicts like this one are right; "" where no chance is known
	topic: str = ""
	team: str = ""
	priority: str = ""
	conversation: str = ""
	ticket: str = ""
	ticket_message: str = ""
	answer_as: Visibility | None = None  # as an agent chose while this was the newest post; None = nobody did
	name: str = ""

	@staticmethod
	def key(channel: str, external_id: str) -> str:
		return digest(channel, external_id)

	def as_served(self) -> Message:
		"""The message as its driver knows it, without the raw body."""
		author = Author(self.author_id, self.handle, self.author_name, self.author_url)
		return Message(
			external_id=self.external_id,
			thread_id=self.thread_id,
			kind=self.kind,
			author=author,
			text=self.text,
			sent_at=self.sent_at,
			visibility=self.visibility,
			parent_id=self.parent_id,
			url=self.url,
			language=self.language,
			is_own=self.is_own,
			is_repost=self.is_repost,
			is_addressed=self.is_addressed,
			edited_at=self.edited_at,
			media=tuple(self.media),
			reply_hint=self.reply_hint,
		)


@dataclass(frozen=True)
class SocialPayload:
	"""The raw body as it came, for whoever doubts what we made of it. Has a retention of its own."""

	doctype: ClassVar[str] = "Social Payload"
	indexes: ClassVar[tuple] = (("message",),)

	message: str
	channel: str
	external_id: str
	raw: str
	received_at: datetime
	name: str = ""
