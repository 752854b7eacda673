"""Google writes times with 0, 3, 6 or 9 digits below the second; Python 3.10 reads three or six."""

from __future__ import annotations

import re
from datetime import datetime

from social_service.channels.reading import moment

FRACTION = re.compile(r"\.(\d+)")


def time_of(told: object) -> datetime:
	"""May raise Broken."""
	return moment(FRACTION.sub(lambda found: f".{found[1][:6]:0<6}", str(told)))


def milliseconds(told: object) -> int:
	"""Since 1970. May raise Broken."""
	return round(time_of(told).timestamp() * 1000)
