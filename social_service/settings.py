"""What people set: channels, triage rules, the service's settings. The flow reads these and never writes them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar
from urllib.parse import urlsplit

from social_service.records import Kind, Visibility, Word
from social_service.sentence import Sentence, _
from social_service.service_hours import span_of


@dataclass(frozen=True)
class SocialChannel:
	"""One connected account. Its credentials are no fields here: the host's ``secret`` has them."""

	doctype: ClassVar[str] = "Social Channel"
	indexes: ClassVar[tuple] = ()
	COMMON: ClassVar[tuple] = (
		"base_url",
		"keywords",
		"hashtags",
	)  # settings of drivers that have a field of their own

	title: str
	driver: str
	enabled: bool = True
	dry_run: bool = False
	stop_publishing: bool = False
	base_url: str = ""
	keywords: str = ""
	hashtags: str = ""
	more: Mapping = field(default_factory=dict)  # the driver's other settings that are no secrets, by key
	team: str = ""
	priority: str = ""
	responsible: str = ""  # the user who hears of a sign-in that failed
	poll_min_s: int = 60
	poll_max_s: int = 900
	silence_minutes: int = 15  # without success, until the responsible person hears of it
	canary: str = ""  # handle of an account whose daily post must arrive; "" = none
	budget_usd: int = 0  # a month; 0 = no limit
	essential: str = ""  # labels of the streams that are read even when the budget is spent, one a line
	parked: str = ""  # why it sleeps and how to answer meanwhile; filled in = parked
	name: str = ""

	@property
	def is_awake(self) -> bool:
		return self.enabled and not self.parked.strip()

	def options(self) -> dict[str, str]:
		"""The not-secret settings, as a driver reads them."""
		return {**self.more, **{key: getattr(self, key) for key in self.COMMON}}


class Outcome:
	"""What a rule says of the posts it matches."""

	EXPLICIT = "needs a reply"
	IMPLICIT = "may need a reply"
	NONE = "no reply needed"
	FOREIGN = "not about us"
	SPAM = "spam"
	IGNORE = "ignore"


@dataclass(frozen=True)
class SocialTriageRule:
	"""If any of the words is in the post (``*`` stands for letters, ``~`` in front takes a typo) and all that it is only for
	holds, so does the outcome. The first rule that fits wins."""

	doctype: ClassVar[str] = "Social Triage Rule"
	indexes: ClassVar[tuple] = ()

	title: str
	outcome: str
	words: str = ""
	enabled: bool = True
	sort_order: int = 100
	channel: str = ""
	kind: Kind | None = None
	language: str = ""
	author: str = ""  # handles, one a line, ``*`` stands for anything
	followers: int = 0  # so many at least
	hours: str = ""  # of the day, in the site's time zone: 22-6, 08:30-17:00
	topic: str = ""
	team: str = ""
	priority: str = ""
	ticket_type: str = ""
	name: str = ""


@dataclass(frozen=True)
class SocialServiceSettings:
	doctype: ClassVar[str] = "Social Service Settings"
	indexes: ClassVar[tuple] = ()
	single: ClassVar[bool] = True

	stop_publishing: bool = False
	undo_seconds: int = 20  # in which an answer can be taken back before it leaves; 0 = it leaves at once
	approval_hours: int = 24  # for so long an answer waits for approval; 0 = until somebody decides
	reopen_public_days: int = 7
	reopen_private_days: int = 30
	languages: str = "de,en"
	brand_names: str = ""  # of the company, one a line
	miss_budget: int = 5  # requests of 100 that triage may miss
	urgent_priority: str = "High"
	reach_breaks_ties: bool = False  # of two that need the same, more followers stand first
	learn_nightly: bool = True
	sample_size: int = 20  # posts a day that people judge blindly
	private_patterns: str = (
		""  # of the company's own numbers, one a line, # for a digit: not in a public answer
	)
	public_contacts: str = ""  # addresses, numbers and handles that may stand in one, one a line
	warn_price_cents: int = 5  # US cents of one answer, from above which its agent is asked; 0 = never
	warn_language: bool = True  # of an answer in another language than the customer's
	articles_address: str = ""  # where strangers read articles; "" = the site itself
	name: str = "Social Service Settings"


def languages_of(settings: SocialServiceSettings) -> list[str]:
	return [one.strip().lower() for one in settings.languages.split(",") if one.strip()]


def brand_of(settings: SocialServiceSettings) -> list[str]:
	"""How people call the company."""
	return [one.strip() for one in settings.brand_names.splitlines() if one.strip()]


@dataclass(frozen=True)
class SocialSLAPolicy:
	"""A promise to everybody who writes on this channel, in public or in private (empty = all). The first that fits holds."""

	doctype: ClassVar[str] = "Social SLA Policy"
	indexes: ClassVar[tuple] = ()

	title: str
	first_response: int  # seconds, as all durations
	resolution: int
	enabled: bool = True
	sort_order: int = 100
	channel: str = ""
	visibility: Visibility | None = None
	hours_of: str = ""  # the host's agreement whose service hours count; "" = around the clock
	promise: str = ""
	agreement: str = ""  # what the host made of it
	name: str = ""

	def fits(self, channel: str, visibility: Visibility) -> bool:
		return self.channel in ("", channel) and self.visibility in (None, visibility)

	def covers(self, other: SocialSLAPolicy) -> bool:
		"""Whatever fits the other one fits this one too."""
		return self.channel in ("", other.channel) and self.visibility in (None, other.visibility)

	def overlaps(self, other: SocialSLAPolicy) -> bool:
		"""Some post fits both."""
		same_channel = not self.channel or other.channel in ("", self.channel)
		return same_channel and (not self.visibility or other.visibility in (None, self.visibility))


def in_order(policies: Iterable[SocialSLAPolicy]) -> list[SocialSLAPolicy]:
	"""Those that are on, the first to be asked first."""
	enabled = (policy for policy in policies if policy.enabled)
	return sorted(enabled, key=lambda policy: (policy.sort_order, policy.title.casefold(), policy.name))


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


SETTINGS = (
	*(SocialChannel, SocialTriageRule, SocialServiceSettings),
	*(SocialSLAPolicy, SocialApprovalRule, SocialVoice),
)


def _is_address(text: str) -> bool:
	try:
		return urlsplit(text).scheme in ("https", "http") and bool(urlsplit(text).hostname)
	except ValueError:  # https://[
		return False


def refuse_channel(channel: SocialChannel, drivers: dict) -> Sentence | None:
	"""Why a channel can't be saved as it is, or None."""
	if channel.driver not in drivers:
		return _(
			"There is no network called {0}. Choose one of: {1}.", channel.driver, ", ".join(sorted(drivers))
		)
	if channel.poll_min_s < 30:
		return _("Asking the network more often than every 30 seconds costs its limit. Enter 30 or more.")
	if channel.poll_max_s < channel.poll_min_s:
		return _("The longest interval must not be shorter than the shortest.")
	if channel.silence_minutes < 5:
		return _("An alarm after less than 5 minutes would call for every hiccup. Enter 5 or more.")
	if channel.budget_usd < 0:
		return _("A budget can't be negative. Enter 0 for no limit.")
	if channel.base_url and not _is_address(channel.base_url):
		return _("{0} is no web address. Enter it as https://example.org.", channel.base_url)
	return None


def refuse_rule(rule: SocialTriageRule) -> Sentence | None:
	"""Why a triage rule can't be saved as it is, or None."""
	if rule.hours.strip() and span_of(rule.hours) is None:
		return _("{0} are no hours of a day. Enter them as 22-6 or 08:30-17:00.", rule.hours)
	if rule.followers < 0:
		return _("Nobody has fewer than 0 followers. Enter 0 for everybody.")
	if rule.language.strip() and not re.fullmatch("[A-Za-z]{2}", rule.language.strip()):
		return _("{0} is no language code. Enter two letters, as de or en.", rule.language)
	for line in (line.strip() for line in rule.words.splitlines()):
		if line.startswith("~") and ("*" in line or len(line[1:].strip()) < 4):
			return _("“{0}”: a word that may have a typo needs four letters or more, and no *.", line)
	return None
