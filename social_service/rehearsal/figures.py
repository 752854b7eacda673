"""The figures of a rehearsed day. Lost, duplicates and double posts are counted from the networks' side."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from statistics import median, quantiles

from social_service import account
from social_service.ledger import SocialArticleSuggestion, SocialMessage, SocialReply, SocialStream
from social_service.records import Fate, ReplyState
from social_service.rehearsal.day import Day
from social_service.settings import SocialChannel

SHOWN_FATES = (Fate.OPENED, Fate.JOINED, Fate.WATCHED, Fate.IGNORED, Fate.FAILED)


@dataclass(frozen=True)
class Figures:
	"""``by_network``: network → fate → posts. Seconds are between post and the network taking our first answer."""

	by_network: dict[str, Counter]
	tickets: int
	replies_sent: int
	replies_failed: int
	lost: int
	duplicates: int
	double_posts: int
	response_seconds: list[float]
	suggestions: int
	agreed: int  # posts with the fate that an experienced lead wrote beside them
	judged: int
	first_article_right: int
	article_asked: int
	cost_micros: int
	edits: int
	deletions: int

	@property
	def p50(self) -> float:
		return round(median(self.response_seconds), 1) if self.response_seconds else 0.0

	@property
	def p90(self) -> float:
		return (
			round(quantiles(self.response_seconds, n=10)[-1], 1)
			if len(self.response_seconds) > 1
			else self.p50
		)

	def as_json(self) -> dict:
		fates = sum(self.by_network.values(), Counter())
		return {
			"posts": sum(fates.values()),
			"fates": {fate.value: fates.get(fate.value, 0) for fate in SHOWN_FATES},
			"tickets": self.tickets,
			"replies_sent": self.replies_sent,
			"lost": self.lost,
			"duplicates": self.duplicates,
			"double_posts": self.double_posts,
			"first_response_p50_s": self.p50,
			"suggestions": self.suggestions,
		}


def count(day: Day) -> Figures:
	read_everything_again(day)
	ledgers = {code: network.ledger() for code, network in day.networks.items()}
	stored = _stored(day)
	columns = day.host.store.columns
	states = Counter(state for (state,) in columns(SocialReply, ["state"], {}))
	return Figures(
		by_network={code: _fates(stored[code], ledger["served"]) for code, ledger in ledgers.items()},
		tickets=_number(day, "SELECT COUNT(*) FROM `ticket`"),
		replies_sent=states[ReplyState.SENT],
		replies_failed=states[ReplyState.FAILED],
		lost=sum(one not in stored[code] for code, ledger in ledgers.items() for one in ledger["served"]),
		duplicates=_duplicates(day, ledgers, stored),
		double_posts=sum(_doubled(ledger["published"]) for ledger in ledgers.values()),
		response_seconds=_response_seconds(day),
		suggestions=sum(day.host.store.tally(SocialArticleSuggestion, (), {}).values()),
		cost_micros=_cost(day),
		edits=day.edits,
		deletions=day.deletions,
		**_against_the_lead(day, stored),
	)


def read_everything_again(day: Day) -> None:
	"""Fresh drivers without a cursor read every stream from the beginning: what a cursor skipped is served now."""
	since = day.company.day.isoformat()
	for channel in day.host.store.find(SocialChannel, {}, order="name", limit=10):
		driver = account.connect(day.host, channel, day.clock)
		for stream in driver.streams():
			page = driver.fetch(stream, None, since)
			while page.more:
				page = driver.fetch(stream, page.cursor, since)


def _stored(day: Day) -> dict[str, dict[str, tuple]]:
	"""Network → external id → (fate, how many rows)."""
	drivers = {
		channel.name: channel.driver
		for channel in day.host.store.find(SocialChannel, {}, order="name", limit=10)
	}
	found: dict[str, dict[str, tuple]] = {code: {} for code in day.networks}
	fields = ["channel", "external_id", "fate"]
	for channel, external_id, fate in day.host.store.columns(SocialMessage, fields, {}):
		before = found[drivers[channel]].get(external_id, (fate, 0))
		found[drivers[channel]][external_id] = (fate, before[1] + 1)
	return found


def _fates(stored: dict[str, tuple], served: list[str]) -> Counter:
	return Counter(str(stored[one][0]) for one in served if one in stored)


def _duplicates(day: Day, ledgers: dict[str, dict], stored: dict[str, dict[str, tuple]]) -> int:
	"""Served posts that stand in our tables, or in tickets, more than once."""
	rows = sum(
		stored[code][one][1] - 1
		for code, ledger in ledgers.items()
		for one in ledger["served"]
		if one in stored[code]
	)
	shown = _number(
		day, "SELECT COUNT(*) - COUNT(DISTINCT `key`) FROM `ticket_message` WHERE `key` IS NOT NULL"
	)
	opened = [one for (one,) in day.host.store.columns(SocialMessage, ["ticket_message"], {}) if one]
	return rows + shown + len(opened) - len(set(opened))


def _doubled(published: list[dict]) -> int:
	"""Answers that the network shows more than once under the same post."""
	seen = Counter((one["reply_to"], one["text"]) for one in published)
	return sum(number - 1 for number in seen.values())


def _response_seconds(day: Day) -> list[float]:
	answered = "SELECT (`first_response_ms` - `started_ms`) / 1000.0 FROM `ticket` WHERE `first_response_ms` IS NOT NULL"
	return [row[0] for row in day.host.connection.execute(answered)]


def _cost(day: Day) -> int:
	store = day.host.store
	fetched = sum(one for (one,) in store.columns(SocialStream, ["cost_micros"], {}))
	return fetched + sum(one for (one,) in store.columns(SocialReply, ["cost_micros"], {}))


def _against_the_lead(day: Day, stored: dict[str, dict[str, tuple]]) -> dict[str, int]:
	"""How often our fate is the one in the script, and how often the first suggestion is the article in it."""
	first = dict(day.host.store.columns(SocialArticleSuggestion, ["message", "article"], {"rank": 1}))
	names = dict(day.host.store.columns(SocialMessage, ["external_id", "name"], {}))
	agreed = judged = right = asked = 0
	for event in day.company.events():
		external_id = day.ids.get(event.key, "")
		if event.action in ("edit", "delete") or external_id not in stored[event.network]:
			continue
		fate = stored[event.network][external_id][0]
		judged, agreed = judged + 1, agreed + (fate is event.fate)
		if event.article and fate is Fate.OPENED:
			asked, right = asked + 1, right + (first.get(names[external_id]) == event.article)
	return {"agreed": agreed, "judged": judged, "first_article_right": right, "article_asked": asked}


def _number(day: Day, statement: str) -> int:
	return day.host.connection.execute(statement).fetchone()[0]
