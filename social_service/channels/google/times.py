"""Google's times, and Google's day, at whose end it counts its quotas anew."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from social_service.channels.reading import moment


def milliseconds(told: object) -> int:
	"""Since 1970. May raise Broken."""
	return round(moment(told).timestamp() * 1000)


def network_time(headers: Mapping[str, str]) -> datetime:
	"""Google's own; ours may be wrong."""
	try:
		return parsedate_to_datetime(headers.get("Date", "")).astimezone(timezone.utc)
	except (TypeError, ValueError):
		return datetime.now(timezone.utc)


def until_midnight(headers: Mapping[str, str]) -> float:
	"""Seconds until Google counts the day anew."""
	moment = network_time(headers)
	return (next_midnight(moment) - moment).total_seconds()


def next_midnight(moment: datetime) -> datetime:
	"""In California, where Google's day ends."""
	tomorrow = moment.astimezone(_california()) + timedelta(days=1)
	return tomorrow.replace(hour=0, minute=0, second=0, microsecond=0, fold=0).astimezone(timezone.utc)


def _california() -> tzinfo:
	try:
		return ZoneInfo("America/Los_Angeles")
	except ZoneInfoNotFoundError:  # a machine without time zones: an hour late in summer, which harms nobody
		return timezone(timedelta(hours=-8))
