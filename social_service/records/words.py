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

	AWAITING_APPROVAL = "Awaiting approval"
	SENDING = "Sending"
	SENT = "Sent"
	FAILED = "Failed"
	UNKNOWN = "Unknown"
	CANCELLED = "Not sent"


class Change(Word):
	"""What is asked for on a network after the fact: of what somebody wrote, of who writes, of what we answered."""

	HIDE = "hide"
	SHOW = "show"
	DELETE = "delete"
	BLOCK = "block"
	UNBLOCK = "unblock"
	EDIT_ANSWER = "edit answer"
	DELETE_ANSWER = "delete answer"


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
	APPROVED = "approved"
	RETURNED = "returned"
	CANCELLED = "cancelled"
	EDITED = "edited"
	ESCALATED = "escalated"
	WARNED = "warned"
	MISSED = "missed"
	ANSWERED_THERE = "answered on the network"


class Milestone(Word):
	"""What is promised for a ticket, each with a clock of its own."""

	FIRST = "first response"
	NEXT = "next response"
	RESOLUTION = "resolution"
	HAND_OVER = "hand-over"  # what another team was asked for


class ClockState(Word):
	"""``missed`` stays, also when the answer comes later; ``dropped``: nobody will answer; ``void``: its post is in another
	ticket now, or nothing is promised any more."""

	RUNNING = "running"
	ON_HOLD = "on hold"
	MET = "met"
	MISSED = "missed"
	DROPPED = "dropped"
	VOID = "void"
