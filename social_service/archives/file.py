"""What every reader of archives gives, and how bytes become text and times."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime

from social_service.records import Message
from social_service.sentence import Sentence

NO_TIME = datetime(2000, 1, 1, tzinfo=timezone.utc)  # where posts without a time begin
YEARS = range(1990, 2101)
LONG_AGO_MS = 100_000_000_000  # larger numbers count milliseconds, smaller ones seconds
PATTERNS = (
	"%a %b %d %H:%M:%S %z %Y",  # X
	"%d.%m.%Y %H:%M:%S",
	"%d.%m.%Y %H:%M",
	"%d.%m.%Y",
	"%Y/%m/%d %H:%M:%S",
	"%Y-%m-%d %H:%M:%S %Z",
)


class NotAHistory(ValueError):
	"""The file can't be replayed; the sentence says why and what to do."""

	def __init__(self, sentence: Sentence) -> None:
		self.sentence = sentence
		super().__init__(str(sentence))


@dataclass(frozen=True)
class Reading:
	"""How a person wants a file read. ``zone``: of times that name none; None is this machine's."""

	text_column: str = ""
	account: str = ""  # the company's own handle, if the file holds its answers too
	zone: tzinfo | None = None


@dataclass(frozen=True)
class Archive:
	"""``asked_at``: own answer → when the post was written that it answers, as far as the archive tells."""

	by_network: Mapping[str, tuple[Message, ...]]
	broken: tuple[Sentence, ...] = ()
	is_own: bool = False  # a person's own archive: it holds what the account wrote and nothing else
	asked_at: Mapping[str, datetime] = field(default_factory=dict)
	untimed: int = 0

	@property
	def size(self) -> int:
		return sum(map(len, self.by_network.values()))

	@property
	def has_times(self) -> bool:
		return self.untimed < self.size


def decoded(body: bytes) -> str:
	"""UTF-8 or UTF-16 with its mark, UTF-8 without, else what Windows and Excel write."""
	if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
		return body.decode("utf-16", "replace")
	text = body.decode("utf-8-sig", "replace")
	strange = text.count("\ufffd")
	if (
		strange and strange >= sum(letter > "\x7f" for letter in text) / 2
	):  # one bad byte is no reason to change
		return body.decode("cp1252", "replace")
	return text


def read_time(value: object, zone: tzinfo | None) -> datetime | None:
	"""Aware UTC; None for what is no time or none of ours."""
	try:
		moment = _moment(str(value).strip()) if value else None
		if moment is None:
			return None
		if moment.tzinfo is None:
			moment = moment.replace(tzinfo=zone) if zone else moment.astimezone()
		return moment.astimezone(timezone.utc) if moment.year in YEARS else None
	except (OverflowError, OSError, ValueError):
		return None


def _moment(text: str) -> datetime | None:
	if text.replace(".", "", 1).isdigit():
		return _counted(float(text))
	for read in (_iso, *(_by(pattern) for pattern in PATTERNS), parsedate_to_datetime):
		try:
			return read(text)
		except (ValueError, TypeError, IndexError):
			continue
	return None


def _counted(number: float) -> datetime | None:
	"""Seconds or milliseconds since 1970; a small number is no time at all."""
	seconds = number / 1000 if number > LONG_AGO_MS else number
	return (
		datetime.fromtimestamp(seconds, timezone.utc)
		if seconds > timedelta(days=365).total_seconds()
		else None
	)


def _iso(text: str) -> datetime:
	return datetime.fromisoformat(text.replace("Z", "+00:00").replace(" UTC", "+00:00"))


def _by(pattern: str) -> Callable[[str], datetime]:
	return lambda text: datetime.strptime(text, pattern)
