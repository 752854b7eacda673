"""What the flow stores of answers that are still being written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar


@dataclass(frozen=True)
class SocialDraft:
	"""That an agent writes an answer, to which post and since when; not what it says. Empty again when it was sent."""

	doctype: ClassVar[str] = "Social Draft"
	indexes: ClassVar[tuple] = (("ticket", "written_at_ms"),)

	ticket: str
	agent: str
	digest: str  # of both
	agent_name: str = ""
	message: str = ""  # the customer's newest post when it began
	revision: int = 0  # of that post
	began_at: datetime | None = None
	written_at: datetime | None = None  # its text changed last
	text_digest: str = ""
	acknowledged: tuple = ()  # keys of the warnings that the agent sends past
	acknowledged_digest: str = ""  # of the text that they were shown for
	acknowledged_at: datetime | None = None
	name: str = ""
