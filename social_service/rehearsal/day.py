"""The day, played: customers post on simulated networks, the flow runs as its jobs would, scripted agents answer.

The clock is the day's. Faults come as they do: a network that fails for minutes, limits, answers that get lost after
they were taken. Nothing here knows how the flow works inside; it calls the same functions as a site's jobs.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path

from social_service import account, engage, listen, ticket
from social_service.hosts.embedded import EmbeddedHost
from social_service.ledger import Duty
from social_service.rehearsal.agents import Agents
from social_service.rehearsal.network import Network
from social_service.rehearsal.story import Company, Event, load
from social_service.settings import SocialChannel
from social_service.triage.defaults import seeded_rules

TICK = timedelta(minutes=1)
BEFORE = timedelta(minutes=10)  # the channels connect before the first post
AFTER = timedelta(minutes=90)  # to answer what is left and to read everything once more
TOKEN = "rehearsal-token"
MODULES = {
	"x": "social_service.rehearsal.x_network",
	"mastodon": "social_service.rehearsal.mastodon_network",
}
# local time, network, effect, method, part of the path, how often
FAULTS = (
	("08:05", "x", "html", "GET", "mentions", 3),
	("08:20", "mastodon", "throttled", "GET", "notifications", 1),
	("09:10", "x", "timeout_after_write", "POST", "tweets", 2),
	("11:40", "mastodon", "timeout_after_write", "POST", "statuses", 2),
	("13:15", "mastodon", "malformed", "GET", "notifications", 1),
	("15:05", "x", "throttled", "GET", "search", 1),
	("16:30", "x", "unauthorized", "GET", "mentions", 1),
	("18:00", "mastodon", "html", "GET", "tag", 2),
)


@dataclass
class Day:
	"""What is on the stage while the day is played."""

	company: Company
	host: EmbeddedHost
	networks: dict[str, Network]
	now: datetime
	ids: dict[str, str] = field(default_factory=dict)  # key of the script → id on the network
	edits: int = 0
	deletions: int = 0

	def clock(self) -> datetime:
		return self.now


@contextmanager
def staged() -> Iterator[Day]:
	"""Networks started, people there, channels connected, articles and rules in place."""
	company = load()
	start = min(event.at for event in company.events()) - BEFORE
	with ExitStack() as stack:
		folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="social-service-"))
		host = EmbeddedHost(Path(folder) / "desk.sqlite", allow_internal=frozenset({"127.0.0.1"}))
		stack.callback(host.close)
		networks = {code: stack.enter_context(Network(module, start)) for code, module in MODULES.items()}
		day = Day(company, host, networks, start)
		_furnish(day)
		for code in networks:
			_connect(day, code)
		yield day


def play(day: Day, on_tick: Callable[[datetime], None] = lambda now: None) -> Agents:
	"""The whole day, minute by minute, and the evening until everything is answered."""
	events, agents = day.company.events(), Agents(day.host, day.company)
	faults = _faults(day.company)
	end = events[-1].at + AFTER
	waiting = iter(events)
	event = next(waiting, None)
	while day.now < end:
		day.now += TICK
		while event and event.at <= day.now:
			_happen(day, event)
			event = next(waiting, None)
		while faults and faults[0][0] <= day.now:
			_fail(day, faults.pop(0))
		for network in day.networks.values():
			network.set_clock(day.now)
		work(day)
		agents.answer(day.clock)
		on_tick(day.now)
	return agents


def work(day: Day) -> None:
	"""What a site's jobs do in a minute: fetch what is due, decide what waits, send what is queued."""
	for row in listen.due(day.host, day.clock):
		if row.duty is Duty.POLL:
			listen.poll(day.host, row.name, day.clock)
		elif row.duty is Duty.RECHECK:
			listen.recheck(day.host, row.name, day.clock)
	for row in listen.due(day.host, day.clock):
		if row.duty is Duty.DECIDE:
			ticket.decide(day.host, row.name, day.clock)
	for name in engage.sweep(day.host, day.clock):
		engage.send(day.host, name, day.clock)


def _furnish(day: Day) -> None:
	for code, network in day.networks.items():
		network.add_person(day.company.handle, day.company.name, token=TOKEN)
		for person in day.company.people(code):
			network.add_person(person.handle, person.name, followers=person.followers, is_bot=person.is_bot)
	with day.host.transaction():
		for rule in seeded_rules():
			day.host.store.add(rule)
		for article in day.company.articles():
			day.host.desk.put_article(article)


def _connect(day: Day, code: str) -> None:
	channel = SocialChannel(
		title=f"{day.company.name} · {code}",
		driver=code,
		base_url=day.networks[code].url,
		keywords=" OR ".join(f'"{word}"' if " " in word else word for word in day.company.keywords),
		hashtags="\n".join(day.company.hashtags),
	)
	with day.host.transaction():
		stored, _ = day.host.store.add(channel)
	day.host.keep_secrets(
		stored.name, {"access_token": TOKEN, "refresh_token": f"refresh-{TOKEN}", "client_id": "demo"}
	)
	account.check(day.host, stored.name, day.clock)


# --- what happens on the networks ----------------------------------------------------------------------------


def _happen(day: Day, event: Event) -> None:
	network = day.networks[event.network]
	network.set_clock(event.at)
	if event.action == "edit":
		network.edit(day.ids[event.target], event.text)
		day.edits += 1
	elif event.action == "delete":
		network.delete(day.ids[event.target])
		day.deletions += 1
	else:
		day.ids[event.key] = network.post(event.by, event.text, **_links(day, event))


def _links(day: Day, event: Event) -> dict[str, str]:
	links = {"reply_to": event.reply_to, "quote_of": event.quote_of, "repost_of": event.repost_of}
	more = {name: day.ids[key] for name, key in links.items() if key}
	if event.action == "direct":
		more["direct_to"] = day.company.handle
	return more | {"lang": event.language}


def _faults(company: Company) -> list[tuple]:
	def moment(text: str) -> datetime:
		local = datetime.strptime(text, "%H:%M").time()
		return datetime.combine(company.day.date(), local, company.zone).astimezone(timezone.utc)

	return [(moment(at), *rest) for at, *rest in FAULTS]


def _fail(day: Day, fault: tuple) -> None:
	_at, code, effect, method, path, count = fault
	day.networks[code].fail(effect, method=method, path=path, count=count)
