"""What people set: channels, triage rules, the service's settings. The flow reads these and never writes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from social_service.records import Kind
from social_service.sentence import Sentence, _


@dataclass(frozen=True)
class SocialChannel:
	"""One connected account. Its credentials are no fields here: the host's ``secret`` has them."""

	doctype: ClassVar[str] = "Social Channel"
	indexes: ClassVar[tuple] = ()

	title: str
	driver: str
	enabled: bool = True
	dry_run: bool = False
	base_url: str = ""
	keywords: str = ""
	hashtags: str = ""
	field_spelling: str = ""
	team: str = ""
	priority: str = ""
	responsible: str = ""  # the user who hears of a sign-in that failed
	poll_min_s: int = 60
	poll_max_s: int = 900
	name: str = ""

	def options(self) -> dict[str, str]:
		"""The not-secret settings, as a driver reads them."""
		return {
			"base_url": self.base_url,
			"keywords": self.keywords,
			"hashtags": self.hashtags,
			"field_spelling": self.field_spelling,
		}


class Outcome:
	"""What a rule says of the posts it matches."""

	EXPLICIT = "needs a reply"
	IMPLICIT = "may need a reply"
	NONE = "no reply needed"
	FOREIGN = "not about us"
	SPAM = "spam"


@dataclass(frozen=True)
class SocialTriageRule:
	"""If any of the words is in the post (``*`` stands for letters), the outcome holds. The first rule that fits wins."""

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
	team: str = ""
	priority: str = ""
	name: str = ""


@dataclass(frozen=True)
class SocialServiceSettings:
	doctype: ClassVar[str] = "Social Service Settings"
	indexes: ClassVar[tuple] = ()
	single: ClassVar[bool] = True

	stop_publishing: bool = False
	reopen_public_days: int = 7
	reopen_private_days: int = 30
	languages: str = "de,en"
	name: str = "Social Service Settings"


SETTINGS = (SocialChannel, SocialTriageRule, SocialServiceSettings)


def refuse_channel(channel: SocialChannel, drivers: dict) -> Sentence | None:
	"""Why a channel can't be saved as it is, or None."""
	if channel.driver not in drivers:
		return _("There is no network called {0}. Choose one of: {1}.", channel.driver, ", ".join(sorted(drivers)))
	if channel.poll_min_s < 30:
		return _("Asking the network more often than every 30 seconds costs its limit. Enter 30 or more.")
	if channel.poll_max_s < channel.poll_min_s:
		return _("The longest interval must not be shorter than the shortest.")
	if channel.base_url and not channel.base_url.startswith(("https://", "http://")):
		return _("{0} is no web address. Enter it as https://example.org.", channel.base_url)
	return None
