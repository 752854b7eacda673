"""Invented years of posts an hour in which nothing happens, and storms to put into them. Seeded; only counts, no texts.

They are made in another way than the detector thinks (lasting moods, days that go their own way, small stirs), so that
what holds here holds for more than its own model.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone

import numpy as np

HOURS = 24
DAYS = 364
START = date(2024, 1, 1)  # a Monday
HOLIDAYS = ("01-01", "03-29", "04-01", "05-01", "05-09", "05-20", "10-03", "12-25", "12-26")
OFFICE = (2, 1, 1, 1, 2, 4, 10, 22, 42, 55, 60, 58, 52, 54, 56, 54, 50, 42, 34, 30, 26, 20, 12, 5)
EVENING = (14, 8, 4, 3, 2, 4, 8, 14, 20, 25, 28, 30, 34, 32, 30, 30, 34, 40, 50, 62, 70, 66, 50, 28)
COMMUTERS = (4, 2, 2, 2, 6, 22, 55, 90, 70, 40, 30, 28, 30, 32, 34, 44, 70, 84, 66, 40, 26, 20, 14, 8)


@dataclass(frozen=True)
class Company:
	name: str
	a_day: float  # posts on an ordinary day
	hours: tuple[int, ...]
	saturday: float
	sunday: float
	growth: float  # of a year
	mood: float  # how far the hours of a few days stray together: standard deviation of their logarithm
	unrest: float  # the same of a few hours
	noise: float  # of an hour alone, besides chance
	stirs: float = 1.0  # a month: something small is shared and forgotten
	campaigns: float = 1.0  # a month, known before


COMPANIES = (
	Company("workshop", 6, OFFICE, 0.5, 0.3, 0.2, 0.1, 0.2, 0.2, stirs=0.5, campaigns=0.5),
	Company("insurer", 60, OFFICE, 0.4, 0.3, 0.0, 0.15, 0.25, 0.25),
	Company("shop", 300, EVENING, 1.2, 1.35, 0.6, 0.2, 0.25, 0.3, stirs=2, campaigns=2),
	Company("railway", 2400, COMMUTERS, 0.6, 0.5, 0.1, 0.25, 0.35, 0.2, stirs=1.5),
)


@dataclass(frozen=True)
class Storm:
	kind: str
	begins: int  # hour of the year
	peaks: int
	ends: int


@dataclass(frozen=True)
class Year:
	company: Company
	counts: np.ndarray  # an hour each, from START 00:00 UTC
	expected: np.ndarray  # what an all-knowing one would expect
	campaigns: tuple[date, ...]
	holidays: tuple[date, ...]
	storms: tuple[Storm, ...] = field(default=())

	def hours(self) -> Iterator[tuple[datetime, int]]:
		first = datetime(START.year, START.month, START.day, tzinfo=timezone.utc)
		return ((first + timedelta(hours=hour), int(count)) for hour, count in enumerate(self.counts))


def quiet_year(company: Company, seed: int, days: int = DAYS) -> Year:
	rng = np.random.default_rng([seed, int(company.a_day)])
	dates = [START + timedelta(days=day) for day in range(days)]
	holidays = tuple(day for day in dates if f"{day:%m-%d}" in HOLIDAYS)
	campaigns = _campaigns(company, dates, np.random.default_rng(int(company.a_day)))  # planned: of all seeds
	expected = (
		_usual(company, dates, holidays) * _pushed(campaigns, dates, rng) * _stirred(company, len(dates), rng)
	)
	moved = (
		expected
		* _wander(rng, expected.size, company.mood, 40)
		* _wander(rng, expected.size, company.unrest, 3)
	)
	moved *= rng.gamma(1 / company.noise**2, company.noise**2, expected.size)
	return Year(company, rng.poisson(moved), expected, tuple(campaigns), holidays)


def _usual(company: Company, dates: list[date], holidays: tuple[date, ...]) -> np.ndarray:
	hours = np.array(company.hours) / sum(company.hours) * company.a_day
	share = {5: company.saturday, 6: company.sunday}
	days = [company.sunday if day in holidays else share.get(day.weekday(), 1.0) for day in dates]
	growth = (1 + company.growth) ** (np.arange(len(dates)) / DAYS)
	return np.outer(np.array(days) * growth, hours).ravel()


def _campaigns(company: Company, dates: list[date], rng: np.random.Generator) -> list[date]:
	return [day for day in dates if day.weekday() < 5 and rng.random() < company.campaigns / 21.7]


def _pushed(campaigns: list[date], dates: list[date], rng: np.random.Generator) -> np.ndarray:
	"""From nine in the morning to the evening."""
	factor = np.ones((len(dates), HOURS))
	for day in campaigns:
		factor[dates.index(day), 9:22] *= rng.uniform(1.3, 2.2)
	return factor.ravel()


def _stirred(company: Company, days: int, rng: np.random.Generator) -> np.ndarray:
	factor = np.ones(days * HOURS)
	for _stir in range(rng.poisson(company.stirs * days / 30.4)):
		begin, length = rng.integers(0, days * HOURS), rng.integers(2, 7)
		factor[begin : begin + length] *= rng.uniform(1.3, 2.0)
	return factor


def _wander(rng: np.random.Generator, size: int, spread: float, hours: float) -> np.ndarray:
	"""A mean of one, and a memory of so many hours."""
	kept = np.exp(-1 / hours)
	steps = rng.standard_normal(size) * np.sqrt(1 - kept**2)
	at = rng.standard_normal()
	for hour in range(size):
		at = steps[hour] = kept * at + steps[hour]
	return np.exp(spread * steps - spread**2 / 2)


# --- storms ------------------------------------------------------------------------------------------------------

KINDS = ("sudden", "slow", "small")
APART = 26  # days from one storm to the next, about: a month of quiet around each
FIRST = 42  # days of quiet before the first


def with_storms(year: Year, seed: int) -> Year:
	rng = np.random.default_rng([seed, 7])
	storms, more = [], np.zeros(year.counts.size)
	for number, day in enumerate(range(FIRST, year.counts.size // HOURS - 10, APART)):
		kind = KINDS[number % len(KINDS)]
		begins = day * HOURS + int(rng.integers(0, 5 * HOURS))
		shape = _shape(kind, rng)
		peak = int(np.argmax(shape))
		more[begins : begins + shape.size] += shape * year.expected[begins : begins + shape.size]
		storms.append(Storm(kind, begins, begins + peak, begins + shape.size))
	counts = year.counts + rng.poisson(more)
	return Year(year.company, counts, year.expected, year.campaigns, year.holidays, tuple(storms))


def _shape(kind: str, rng: np.random.Generator) -> np.ndarray:
	"""How many times the usual comes on top of it, hour by hour."""
	if kind == "sudden":  # there within two hours, half of it gone every six
		height = rng.uniform(4, 12)
		return height * np.concatenate([[0.35, 0.8], 0.5 ** (np.arange(30) / 6)])
	if kind == "slow":  # two days to rise, two to stay, one to go
		height = rng.uniform(1.0, 2.0)
		return height * np.concatenate([np.linspace(0.05, 1, 48), np.ones(48), np.linspace(1, 0.1, 24)])
	return np.full(16, rng.uniform(1.0, 1.6))  # small: double for half a day and the night
