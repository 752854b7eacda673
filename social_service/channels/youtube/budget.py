"""YouTube's daily units: every call costs some, and YouTube does not say how many are left. So each stream counts its own.

A project has 10,000 a day, and an answer costs 50: the streams together leave half of them for answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from social_service.channels.google.times import network_time, next_midnight
from social_service.records import Rate

SHARES = {"comments": 3000, "replies": 2000}  # units a day; reading costs one a call


@dataclass(frozen=True)
class Spent:
	"""In the day that ends then."""

	until: str = ""
	units: int = 0

	def after(self, headers: Mapping[str, str]) -> Spent:
		"""One more call of reading."""
		until = next_midnight(network_time(headers)).isoformat()
		return Spent(until, (self.units if until == self.until else 0) + 1)

	def rate(self, stream: str, headers: Mapping[str, str]) -> Rate:
		return Rate(max(0, SHARES[stream] - self.units), next_midnight(network_time(headers)))
