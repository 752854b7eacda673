"""Fixed vocabularies. Their values are stored and shown."""

from __future__ import annotations

from enum import Enum


class Word(str, Enum):
	"""A fixed vocabulary; its value is what is stored and shown."""

	def __str__(self) -> str:
		return self.value


class Kind(Word):
	MENTION = "mention"
	COMMENT = "comment"
	DIRECT_MESSAGE = "direct message"
	REVIEW = "review"
	POST = "post"


class Visibility(Word):
	PUBLIC = "public"
	PRIVATE = "private"


class Need(Word):
	EXPLICIT = "explicit"
	IMPLICIT = "implicit"
	NONE = "none"


class Fate(Word):
	OPENED = "opened"
	JOINED = "joined"
	FOLDED = "folded"
	WATCHED = "watched"
	IGNORED = "ignored"
	FAILED = "failed"


class Judgement(Word):
	"""What an agent says of a suggested article."""

	HELPED = "helped"
	WRONG = "wrong"


class ReplyState(Word):
	AWAITING_APPROVAL = "Awaiting Approval"
	QUEUED = "Queued"
	SENDING = "Sending"
	SENT = "Sent"
	FAILED = "Failed"
	UNKNOWN = "Unknown"
	CANCELLED = "Cancelled"


class Delivery(Word):
	"""How a reply stands, as the ticket shows it."""

	SENDING = "Sending"
	SENT = "Sent"
	FAILED = "Failed"
	UNKNOWN = "Unknown"


class Happening(Word):
	"""What happened to a ticket besides posts and answers."""

	ASSIGNED = "assigned"
	ON_HOLD = "on hold"
	RESUMED = "resumed"
	RESOLVED = "resolved"
	REOPENED = "reopened"
	HANDED_OVER = "handed over"
	MERGED = "merged"
	SPLIT = "split"
	ASKED_FOR_PRIVATE = "asked for private"
	MOVED_TO_PRIVATE = "moved to private"
	MOVED_TO_PUBLIC = "moved to public"
	WRITTEN = "written"
	APPROVED = "approved"
	RETURNED = "returned"
	CANCELLED = "cancelled"
	REMINDED = "reminded"
	HIDDEN = "hidden"
	SHOWN = "shown"
	DELETED = "deleted"
	BLOCKED = "blocked"
	UNBLOCKED = "unblocked"
	EDITED = "edited"
	ESCALATED = "escalated"
	WARNED = "warned"
	MISSED = "missed"
