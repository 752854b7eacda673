"""What agents teach, and what was learned from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar


@dataclass(frozen=True)
class SocialArticleSuggestion:
	"""An article that may answer a message, best first; what an agent made of it."""

	doctype: ClassVar[str] = "Social Article Suggestion"
	indexes: ClassVar[tuple] = (("message",), ("ticket",), ("judged_at_ms",))

	message: str
	ticket: str
	article: str
	title: str
	rank: int
	score: int  # 0 to 100
	digest: str
	sentence: str = ""  # of the article, the one that fits the message best
	verdict: str = ""  # helped, wrong; "" = nobody said
	inserted_as: str = ""  # text, link, short answer
	judged_by: str = ""
	judged_at: datetime | None = None  # the newest of both
	name: str = ""


@dataclass(frozen=True)
class SocialCorrection:
	"""What an agent says of a message, where the machine said something else or nothing. The newest word counts."""

	doctype: ClassVar[str] = "Social Correction"
	indexes: ClassVar[tuple] = (("words",), ("said_at_ms",))
	HEADS: ClassVar[tuple] = ("concerns", "need", "tone", "urgent", "spam", "topic")

	message: str
	digest: str  # of the message
	words: str  # digest of the message's words: the same words are judged the same way
	said_by: str
	said_at: datetime
	via: str = "ticket"  # ticket, list, blind sample
	concerns: str = ""  # yes, no; "" = not judged, as for all heads
	need: str = ""
	tone: str = ""
	urgent: str = ""
	spam: str = ""
	topic: str = ""
	was: str = ""  # what the machine had made of it, for people
	name: str = ""

	@property
	def labels(self) -> Mapping[str, str]:
		"""Head → value, of what was judged."""
		return {head: getattr(self, head) for head in self.HEADS if getattr(self, head)}


@dataclass(frozen=True)
class SocialTriageModel:
	"""A model that a night learned from the corrections. Its weights are a file of the host's cache."""

	doctype: ClassVar[str] = "Social Triage Model"
	indexes: ClassVar[tuple] = (("state", "made_at_ms"),)

	digest: str
	made_at: datetime
	state: str  # In Use, Not Better, Replaced, Rolled Back
	corrections: int
	judged_by: int  # judgements that it had not seen
	before: str  # "0.83": share of these that the model before it had right
	after: str
	name: str = ""


@dataclass(frozen=True)
class SocialBlindSample:
	"""A post that nobody was shown, for a person to judge without knowing what the machine said."""

	doctype: ClassVar[str] = "Social Blind Sample"
	indexes: ClassVar[tuple] = (("message",), ("answer", "drawn_at_ms"), ("judged_at_ms",))

	message: str
	digest: str  # of the message
	drawn_at: datetime
	drawn: int  # how many were drawn that day
	drawn_of: int  # from how many posts
	language: str = ""
	answer: str = ""  # needed a reply, needed none, can't tell; "" = not judged yet
	judged_by: str = ""
	judged_at: datetime | None = None
	name: str = ""
