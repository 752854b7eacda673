"""A promise to customers, as people set it, and for whom it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from social_service.records import Kind, Visibility

TEXTS = ("channel", "topic", "ticket_type", "language", "priority")  # conditions that are one text


@dataclass(frozen=True)
class Facts:
	"""What is known of a ticket, or of a post that would open one. Empty: not known, or there is none."""

	channel: str
	visibility: Visibility | None
	kind: Kind | None = None
	topic: str = ""
	ticket_type: str = ""
	language: str = ""
	priority: str = ""
	customer: str = ""


def visibility_of(kind: Kind) -> Visibility:
	"""A ticket's kind says whether it is private."""
	return Visibility.PRIVATE if kind is Kind.DIRECT_MESSAGE else Visibility.PUBLIC


@dataclass(frozen=True)
class SocialSLAPolicy:
	"""A promise to everybody for whom all of this holds (empty = all). The first that fits holds."""

	doctype: ClassVar[str] = "Social SLA Policy"
	indexes: ClassVar[tuple] = ()

	title: str
	first_response: int  # seconds of service, as all durations
	resolution: int
	enabled: bool = True
	sort_order: int = 100
	channel: str = ""
	visibility: Visibility | None = None
	kind: Kind | None = None
	topic: str = ""
	ticket_type: str = ""
	language: str = ""  # two letters
	priority: str = ""
	customers: str = ""  # the host's, one a line
	next_response: int = 0  # 0 = as the first
	hours: str = ""  # Mon-Fri 8-12, 13-18; a line for each; "" = around the clock, or those of an agreement
	hours_of: str = ""  # the host's agreement whose service hours count
	holidays: str = ""  # the host's list
	time_zone: str = ""  # "" = the site's
	warn_percent: int = 75  # of the time; 0 = no warning
	warn_agent: bool = True
	warn_team: bool = False
	warn_user: str = ""  # the manager
	escalate_priority: str = ""  # when it is missed, as what follows
	escalate_team: str = ""
	escalate_user: str = ""
	promise: str = ""
	agreement: str = ""  # what the host made of it
	name: str = ""

	@property
	def customer_names(self) -> frozenset[str]:
		return frozenset(line.strip() for line in self.customers.splitlines() if line.strip())

	def unmet(self, facts: Facts) -> Iterator[str]:
		"""Its conditions that do not hold, by the name of the field."""
		for name in TEXTS:
			if getattr(self, name) not in ("", getattr(facts, name)):
				yield name
		if self.visibility not in (None, facts.visibility):
			yield "visibility"
		if self.kind not in (None, facts.kind):
			yield "kind"
		if self.customer_names and facts.customer not in self.customer_names:
			yield "customers"

	def fits(self, facts: Facts) -> bool:
		return next(self.unmet(facts), None) is None

	def covers(self, other: SocialSLAPolicy) -> bool:
		"""Whatever fits the other one fits this one too."""
		return (
			all(getattr(self, name) in ("", getattr(other, name)) for name in TEXTS)
			and self.visibility in (None, other._seen_by)
			and self.kind in (None, other.kind)
			and (not self.customer_names or frozenset() < other.customer_names <= self.customer_names)
		)

	def overlaps(self, other: SocialSLAPolicy) -> bool:
		"""Some ticket fits both."""
		pairs = [(getattr(self, name), getattr(other, name)) for name in (*TEXTS, "kind", "_seen_by")]
		customers = (self.customer_names, other.customer_names)
		return all(not one or not two or one == two for one, two in pairs) and (
			not all(customers) or bool(customers[0] & customers[1])
		)

	@property
	def _seen_by(self) -> Visibility | None:
		return self.visibility or (visibility_of(self.kind) if self.kind else None)


def in_order(policies: Iterable[SocialSLAPolicy]) -> list[SocialSLAPolicy]:
	"""Those that are on, the first to be asked first."""
	enabled = (policy for policy in policies if policy.enabled)
	return sorted(enabled, key=lambda policy: (policy.sort_order, policy.title.casefold(), policy.name))
