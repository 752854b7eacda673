"""One connected account, as people set it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar
from urllib.parse import urlsplit

from social_service.sentence import Sentence, _


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
