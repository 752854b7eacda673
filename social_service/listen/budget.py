"""What a channel costs: this month's money so far and to be expected, and what the limit makes of the intervals."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from social_service.hosts.base import From, Host
from social_service.ledger import SocialReply, SocialStream, month_of
from social_service.settings import SocialChannel

NEAR, SLOWEST = 0.8, 10.0  # from this share on intervals stretch, up to this many times
SURE_AFTER = timedelta(hours=12)  # a forecast from less is a guess


@dataclass(frozen=True)
class Budget:
	"""Of one channel in one month (UTC, as networks bill). Money in millionths of a US dollar; limit 0 = none."""

	limit_micros: int
	spent_micros: int
	forecast_micros: int
	calls: int = 0  # since the channel was made
	cost_per_call_micros: int = 0

	@property
	def share(self) -> float:
		return self.spent_micros / self.limit_micros if self.limit_micros else 0.0

	@property
	def is_spent(self) -> bool:
		return self.share >= 1

	@property
	def stretch(self) -> float:
		"""How many times longer the intervals get."""
		over = max(self.share - NEAR, 0) / (1 - NEAR)
		return min(1 + over * (SLOWEST - 1), SLOWEST)


def of_channel(host: Host, channel: SocialChannel, now: datetime) -> Budget:
	rows = host.store.find(SocialStream, {"channel": channel.name}, order="name", limit=1000)
	start, end = _month(now)
	spent = sum(row.month_cost_micros for row in rows if row.cost_month == month_of(start))
	sent = {"channel": channel.name, "sent_at": From(start)}
	spent += sum(cost for (cost,) in host.store.columns(SocialReply, ("cost_micros",), sent))
	elapsed = max(now - start, SURE_AFTER)
	calls = sum(row.calls for row in rows)
	return Budget(
		limit_micros=channel.budget_usd * 1_000_000,
		spent_micros=spent,
		forecast_micros=round(spent * ((end - start) / elapsed)),
		calls=calls,
		cost_per_call_micros=round(sum(row.cost_micros for row in rows) / calls) if calls else 0,
	)


def is_essential(channel: SocialChannel, row: SocialStream) -> bool:
	"""Is it read even when the money is spent? The admin names streams by their label."""
	named = {line.strip().casefold() for line in channel.essential.splitlines() if line.strip()}
	return row.label.casefold() in named or row.stream_key.casefold() in named


def next_month(now: datetime) -> datetime:
	return _month(now)[1]


def _month(now: datetime) -> tuple[datetime, datetime]:
	start = now.astimezone(timezone.utc).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
	return start, start + timedelta(days=monthrange(start.year, start.month)[1])
