"""TIDs, the keys of records: 53 bits of microseconds since 1970, ten bits that number a clock, in 13 digits. Pure."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from social_service.channels.bluesky.cursor import EPOCH

DIGITS = "234567abcdefghijklmnopqrstuvwxyz"  # they sort as what they write
LENGTH = 13
CLOCKS = 1024
TID = re.compile(f"[234567a-j][{DIGITS}]{{{LENGTH - 1}}}")


def write_tid(microseconds: int, clock: int) -> str:
	number, digits = microseconds * CLOCKS + clock, ""
	for _place in range(LENGTH):
		number, rest = divmod(number, len(DIGITS))
		digits = DIGITS[rest] + digits
	return digits


def time_of(key: str) -> datetime | None:
	"""When the record was first written; None for a key that is no TID."""
	if not TID.fullmatch(key):
		return None
	number = 0
	for digit in key:
		number = number * len(DIGITS) + DIGITS.index(digit)
	try:
		return EPOCH + timedelta(microseconds=number // CLOCKS)
	except OverflowError:
		return None
