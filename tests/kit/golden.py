"""Reads `tests/golden/clocks.md`: histories of tickets and what was computed for them by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

from social_service.service_hours import ServiceHours, read_spans
from social_service.sla.clocks import Event, Terms, What

TABLE = Path(__file__).parent.parent / "golden" / "clocks.md"
YEAR, BERLIN = 2026, ZoneInfo("Europe/Berlin")
ZONES = {
	"CET": timezone(timedelta(hours=1)),
	"CEST": timezone(timedelta(hours=2)),
	"EST": timezone(timedelta(hours=-5)),
	"IST": timezone(timedelta(hours=5, minutes=30)),
}
DAY = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d+ \w{3}"
MOMENT = rf"{DAY} \d\d:\d\d(?: (?:{'|'.join(ZONES)}))?"
LINE = re.compile(rf"- (?P<at>{MOMENT}) (?P<what>.+)")
WORDS = {what.value: what for what in What} | {"answer there": What.ANSWER}
COLUMNS = 8


@dataclass(frozen=True)
class Expected:
	clock: str  # "first A"
	began: datetime
	warning: datetime | None
	due: datetime
	ended: datetime | None
	counted: timedelta
	held: timedelta
	so: str


@dataclass
class History:
	title: str
	terms: Terms
	now: datetime | None = None
	events: list[Event] = field(default_factory=list)
	left_out: list[str] = field(default_factory=list)
	expected: list[Expected] = field(default_factory=list)


def histories() -> list[History]:
	_head, *parts = re.split(r"^### ", TABLE.read_text(encoding="utf-8"), flags=re.MULTILINE)
	return [_history(part) for part in parts]


def _history(text: str) -> History:
	history = History(text.splitlines()[0], _terms(text))
	for line in text.splitlines()[1:]:
		if found := LINE.fullmatch(line):
			_take(history, _moment(found["at"]), found["what"])
		elif line.startswith("| ") and not line.startswith("| clock"):
			history.expected.append(_expected(line))
	return history


def _terms(text: str) -> Terms:
	said = re.search(r"^Promise: (.*)$", text, re.MULTILINE)
	told = dict(re.findall(r"(first|next|resolution|warning) ([\d:]+)", said[1]) if said else ())
	seconds = {name: int(_length(value).total_seconds()) for name, value in told.items() if name != "warning"}
	return Terms(
		first=seconds.get("first", 3600),
		next=seconds.get("next", 2400),
		resolution=seconds.get("resolution"),
		hours=_hours(text),
		warn_percent=int(told.get("warning", 75)),
	)


def _hours(text: str) -> ServiceHours:
	hours = re.search(r"^Hours: (.*?)(?: in (\S+))?$", text, re.MULTILINE)
	days = re.search(r"^Holidays: (.*)$", text, re.MULTILINE)
	spans = read_spans(hours[1].replace(";", "\n")) if hours and hours[1] != "around the clock" else None
	closed = frozenset(_date(one.strip()) for one in days[1].split(",")) if days else frozenset()
	return ServiceHours(ZoneInfo(hours[2]) if hours and hours[2] else BERLIN, spans, closed)


def _take(history: History, at: datetime, said: str) -> None:
	if said == "now":
		history.now = at
	elif said.startswith("no event: "):
		history.left_out.append(said.removeprefix("no event: "))
	else:
		word, _comma, read = said.partition(", read ")
		name, _blank, key = word.partition(" ") if word.startswith("customer") else (word, "", "")
		history.events.append(Event(at, WORDS[name], _later(at, read) if read else None, key))


def _later(at: datetime, clock: str) -> datetime:
	hour, minute = map(int, clock.split(":"))
	return at.astimezone(BERLIN).replace(hour=hour, minute=minute).astimezone(timezone.utc)


def _expected(line: str) -> Expected:
	cells = [cell.strip() for cell in line.strip("| ").split("|")]
	assert len(cells) == COLUMNS, line
	moments = [None if cell == "-" else _moment(cell) for cell in cells[1:5]]
	return Expected(cells[0], *moments, _length(cells[5]), _length(cells[6]), cells[7])


def _length(text: str) -> timedelta:
	hours, _colon, minutes = text.partition(":")
	return timedelta(0) if text == "-" else timedelta(hours=int(hours), minutes=int(minutes))


def _date(text: str) -> date:
	return datetime.strptime(f"{text} {YEAR}", "%d %b %Y").date()


def _moment(text: str) -> datetime:
	day, clock, zone = re.fullmatch(rf"({DAY}) (\d\d:\d\d)(?: (\w+))?", text).groups()
	on = _date(day.partition(" ")[2])
	assert day.startswith(on.strftime("%a")), f"{text}: this is a {on:%A}"
	wall = datetime.combine(on, datetime.strptime(clock, "%H:%M").time())
	return wall.replace(tzinfo=_zone(zone)).astimezone(timezone.utc)


def _zone(name: str | None) -> tzinfo:
	return ZONES[name] if name else BERLIN


def lines() -> Iterator[str]:
	"""Every line of a list, for the check that the reader passes over none."""
	return (line for line in TABLE.read_text(encoding="utf-8").splitlines() if re.match(rf"- {DAY}", line))
