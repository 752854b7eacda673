"""What a channel's streams brought, for the form and the terminal: counts that must add up, and how long it took."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from social_service.hosts.base import From, Host
from social_service.ledger import Duty, SocialMessage, SocialStream
from social_service.listen.intake import source_of
from social_service.records import Fate
from social_service.settings import SocialChannel

LAG_OF = timedelta(hours=24)


@dataclass(frozen=True)
class Figures:
	"""Of one stream. stored = decided + failed + waiting. Lags in seconds, of the last 24 hours, without late posts."""

	seen: int = 0  # posts served, repetitions included
	stored: int = 0
	decided: int = 0
	failed: int = 0
	waiting: int = 0
	found_late: int = 0
	stored_p50_s: int | None = None  # from the network's time to our table
	stored_p95_s: int | None = None
	lag_p50_s: int | None = None  # from the network's time to its fate
	lag_p95_s: int | None = None
	counted: int | None = None  # by the network itself, in the span of the last scan
	ours: int | None = None  # in the same span


def of_channel(host: Host, channel: SocialChannel, now: datetime) -> dict[str, Figures]:
	"""By stream key."""
	rows = host.store.find(SocialStream, {"channel": channel.name}, order="name", limit=1000)
	fates = host.store.tally(SocialMessage, ("stream", "fate"), {"channel": channel.name})
	lags = _lags(host, channel, now)
	listening = [row for row in rows if row.duty in (Duty.POLL, Duty.PUSH, Duty.ONCE)]
	scans = {source_of(row): row for row in rows if row.duty is Duty.SCAN}
	return {
		row.stream_key: _figures(row, scans.get(row.stream_key), _of(fates, row), lags[row.stream_key])
		for row in listening
	}


def _of(fates: dict[tuple, int], row: SocialStream) -> dict[Fate | None, int]:
	return {fate: number for (stream, fate), number in fates.items() if stream == row.stream_key}


def _figures(
	row: SocialStream,
	scan: SocialStream | None,
	fates: dict[Fate | None, int],
	lags: list[tuple[float, float | None]],
) -> Figures:
	stored, waiting, failed = sum(fates.values()), fates.get(None, 0), fates.get(Fate.FAILED, 0)
	arrived = [lag for lag, _decided in lags]
	decided = [lag for _arrived, lag in lags if lag is not None]
	result = scan.facts.get("result", {}) if scan else {}
	return Figures(
		seen=row.seen if row.duty is not Duty.PUSH else stored,
		stored=stored,
		decided=stored - waiting - failed,
		failed=failed,
		waiting=waiting,
		found_late=row.found_late + (scan.found_late if scan else 0),
		stored_p50_s=percentile(arrived, 50),
		stored_p95_s=percentile(arrived, 95),
		lag_p50_s=percentile(decided, 50),
		lag_p95_s=percentile(decided, 95),
		counted=result.get("counted"),
		ours=result.get("ours"),
	)


def _lags(host: Host, channel: SocialChannel, now: datetime) -> dict[str, list[tuple[float, float | None]]]:
	found: dict[str, list] = defaultdict(list)
	recent = {"channel": channel.name, "stored_at": From(now - LAG_OF), "sent_at": From(now - LAG_OF)}
	columns = ("stream", "sent_at", "stored_at", "decided_at", "is_late")
	for stream, sent, stored, decided, late in host.store.columns(SocialMessage, columns, recent):
		if not late:
			lag = (decided - sent).total_seconds() if decided else None
			found[stream].append(((stored - sent).total_seconds(), lag))
	return found


def percentile(values: Sequence[float], share: int) -> int | None:
	"""The nearest rank; None of nothing."""
	ordered = sorted(values)
	return round(ordered[max(-(-len(ordered) * share // 100) - 1, 0)]) if ordered else None
