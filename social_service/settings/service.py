"""The settings of the whole service: one row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


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
