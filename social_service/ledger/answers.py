"""What the flow stores of answers on their way to a network."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from social_service.records import ReplyState, Visibility


@dataclass(frozen=True)
class SocialReply:
	"""One row of the outbox: an agent's answer on its way to the network, once."""

	doctype: ClassVar[str] = "Social Reply"
	indexes: ClassVar[tuple] = (
		("state", "next_try_at_ms"),
		("conversation",),
		("ticket",),
		("channel", "external_id"),
	)

	channel: str
	conversation: str
	message: str
	ticket: str
	ticket_message: str
	digest: str
	agent: str
	text: str
	visibility: Visibility
	state: ReplyState
	queued_at: datetime
	attempts: int = 0
	started_at: datetime | None = None
	lease_until: datetime | None = None
	next_try_at: datetime | None = None
	sent_at: datetime | None = None
	external_id: str = ""
	url: str = ""
	error: str = ""
	cost_micros: int = 0
	rule: str = ""  # that asks for approval, by its title
	approver_team: str = ""
	expires_at: datetime | None = None  # until when approval is waited for
	decided_by: str = ""  # who approved or returned it
	decided_at: datetime | None = None
	drafted: str = ""  # as its author wrote it, where the approver changed the text
	stopped_by: str = ""  # who took it back: it does not leave any more
	name: str = ""
