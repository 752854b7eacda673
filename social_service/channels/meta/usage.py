"""How much of Meta's rate limits is used. It tells percentages and, when they are spent, the minutes until it goes on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

from social_service.records import Rate

HEADERS = ("X-App-Usage", "X-Page-Usage", "X-Business-Use-Case-Usage")
PERCENTAGES = ("call_count", "total_time", "total_cputime")
REGAIN = "estimated_time_to_regain_access"  # minutes
STOP = 95  # percent: from here on a call may be the one too many
PAUSE = timedelta(minutes=10)  # where it does not say how long; the window slides over one hour


def rate_of(headers: Mapping[str, str]) -> Rate | None:
	"""What is left, in percent. 0 means: not now."""
	told = list(_told(headers))
	if not told:
		return None
	used = max(_most(one) for one in told)
	minutes = max(_number(one.get(REGAIN)) for one in told)
	is_spent = used >= STOP or minutes > 0
	pause = timedelta(minutes=minutes) if minutes else PAUSE
	return Rate(0 if is_spent else int(100 - used), network_time(headers) + pause if is_spent else None)


def wait_of(headers: Mapping[str, str]) -> float:
	"""Seconds; 0 where it does not say."""
	return 60.0 * max((_number(one.get(REGAIN)) for one in _told(headers)), default=0)


def network_time(headers: Mapping[str, str]) -> datetime:
	"""The network's own clock; 1970 where it does not tell."""
	try:
		return parsedate_to_datetime(headers.get("Date", "")).astimezone(timezone.utc)
	except (TypeError, ValueError):
		return datetime.fromtimestamp(0, timezone.utc)


def _told(headers: Mapping[str, str]) -> Iterator[Mapping]:
	"""Business use cases come as {page id: [{…}, …]}, the others as {…}."""
	for name in HEADERS:
		try:
			body = json.loads(headers.get(name) or "null")
		except ValueError:
			continue
		if not isinstance(body, Mapping):
			continue
		nested = [one for value in body.values() if isinstance(value, list) for one in value]
		yield from (one for one in nested or [body] if isinstance(one, Mapping))


def _most(one: Mapping) -> float:
	return max(_number(one.get(name)) for name in PERCENTAGES)


def _number(value: object) -> float:
	return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else 0.0
