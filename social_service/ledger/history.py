"""What the flow stores of a ticket's history besides posts and answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from social_service.records import Happening


@dataclass(frozen=True)
class SocialTicketEvent:
	"""Something that happened to a ticket: a status, a hand-over, a step of moderation. Written once, never changed."""

	doctype: ClassVar[str] = "Social Ticket Event"
	indexes: ClassVar[tuple] = (("ticket", "at_ms"), ("what", "at_ms"))

	ticket: str
	what: Happening
	at: datetime
	digest: str
	by: str = ""  # a user of the host; "" = the service itself
	detail: str = ""  # in their words: why, to whom
	conversation: str = ""
	message: str = ""
	name: str = ""
