"""How people want answers to be: who agrees to them, how they begin and end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from social_service.records import Visibility, Word


@dataclass(frozen=True)
class SocialApprovalRule:
	"""An answer for which all of this holds (empty = any) is published when a second person has agreed. The first that fits
	says whose agreement is asked."""

	doctype: ClassVar[str] = "Social Approval Rule"
	indexes: ClassVar[tuple] = ()

	title: str
	enabled: bool = True
	sort_order: int = 100
	channel: str = ""
	visibility: Visibility | None = None
	team: str = ""  # of the ticket
	topic: str = ""  # of the post, as its language
	language: str = ""
	new_agent_days: int = 0  # only agents who are it for fewer days; 0 = whoever answers
	approver_team: str = ""  # "" = the managers
	name: str = ""


class Address(Word):
	"""What ``{name}`` of a greeting stands for."""

	FIRST_NAME = "first name"
	HANDLE = "handle"


@dataclass(frozen=True)
class SocialVoice:
	"""How answers begin and end on a channel, in a language (empty = all). An empty field is as the next wider row says;
	``-`` in it: nothing."""

	doctype: ClassVar[str] = "Social Voice"
	indexes: ClassVar[tuple] = ()

	channel: str = ""
	language: str = ""
	visibility: Visibility | None = None
	address: Address | None = None
	greeting: str = ""
	sign_off: str = ""
	private_request: str = ""  # how a customer is asked to write in private
	name: str = ""
