"""How long a 429 asks us to wait, in whichever of the formats a network says it."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

WHEN_SILENT = 60.0  # seconds to wait after a 429 that does not say how long
LONGEST = 24 * 3600.0  # nobody makes us wait longer; asking once more does no harm
YEARS = 10**8  # as seconds: a smaller number counts from now, a larger one from 1970
RESET_HEADERS = ("X-RateLimit-Reset", "x-rate-limit-reset", "RateLimit-Reset")
NUMBER = re.compile(r"\d{1,15}(\.\d+)?")


def wait_seconds(headers: Mapping[str, str], now: float | None = None) -> float:
	"""Knows Retry-After (seconds or date) and a reset as seconds, epoch or ISO 8601, counted by the network's own clock
	(its Date header), because ours may be wrong."""
	after = headers.get("Retry-After", "").strip()
	if after.replace(".", "", 1).isdigit():
		return min(float(after), LONGEST)
	reset = after or next((headers[name] for name in RESET_HEADERS if name in headers), "").strip()
	if NUMBER.fullmatch(reset) and float(reset) < YEARS:
		return min(max(1.0, float(reset)), LONGEST)
	moment = _as_epoch(reset)
	if moment is None:
		return WHEN_SILENT
	reference = _as_epoch(headers.get("Date", "")) or (time.time() if now is None else now)
	return min(max(1.0, moment - reference), LONGEST)


def _as_epoch(text: str) -> float | None:
	if NUMBER.fullmatch(text):
		return float(text)
	for read in (parsedate_to_datetime, lambda t: datetime.fromisoformat(t.replace("Z", "+00:00"))):
		try:
			return read(text).timestamp()
		except (ValueError, TypeError, OverflowError):
			continue
	return None
