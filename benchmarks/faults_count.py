"""What the storm left, counted from the networks' side: their ledgers and the register of who wrote what. Our tables are asked
only where a post or an answer is."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass

from benchmarks.faults_agents import Agents
from benchmarks.faults_stage import Place, Posted, Stage
from social_service import account
from social_service.ledger import SocialMessage, SocialReply
from social_service.records import Fate, ReplyState

CASE, WORD = re.compile(r"case\d{6}"), re.compile(r"answer\d{6}")
CUSTOMERS = "SELECT `ticket`, `text` FROM `ticket_message` WHERE `is_reply` = 0"


@dataclass(frozen=True)
class Found:
	"""Each is a list of sentences, so that a number that is not 0 can be followed."""

	lost: list[str]
	duplicates: list[str]
	double_posts: list[str]
	wrong_person: list[str]
	only_claimed: list[str]  # Sent as we say, and not on the network
	published: int
	states: Counter
	fates: Counter
	failed: Counter  # faults that happened, by effect


def count(stage: Stage, agents: Agents) -> Found:
	ledgers = {place.channel: place.network.ledger() for place in stage.places}
	stored, fates, texts = _stored(stage)
	in_tickets = _in_tickets(stage)
	lost, duplicates = [], _twice_in_tables(stage, texts) + _twice_in_tickets(in_tickets)
	for place in stage.places:
		lost += _lost(place, ledgers[place.channel], stored[place.channel], in_tickets)
	published = [(place, entry) for place in stage.places for entry in ledgers[place.channel]["published"]]
	return Found(
		lost=lost,
		duplicates=duplicates,
		double_posts=_double(published),
		wrong_person=_wrong(stage, agents, published, in_tickets),
		only_claimed=_only_claimed(stage, published),
		published=len(published),
		states=Counter(str(state) for (state,) in stage.host.store.columns(SocialReply, ["state"], {})),
		fates=fates,
		failed=sum((Counter(one["failed"]) for one in ledgers.values()), Counter()),
	)


def read_everything_again(stage: Stage) -> None:
	"""Fresh drivers without a cursor read every stream from the beginning: what a cursor skipped is served now."""
	for place in stage.places:
		driver = account.ready(stage.host, account.the_channel(stage.host, place.channel), stage.clock)
		for stream in driver.streams() if place.row.reads_again else ():
			page = driver.fetch(stream, None, place.since)
			while page.more:
				page = driver.fetch(stream, page.cursor, place.since)


def _stored(stage: Stage) -> tuple[dict, Counter, dict]:
	"""By channel: external id → fate. Fates. By channel: case → how many rows have it."""
	stored: dict = defaultdict(dict)
	texts: dict = defaultdict(Counter)
	fates: Counter = Counter()
	fields = ["channel", "external_id", "fate", "text", "is_own"]
	for channel, external_id, fate, text, is_own in stage.host.store.columns(SocialMessage, fields, {}):
		stored[channel][external_id] = fate
		fates[str(fate)] += 1
		if not is_own:
			texts[channel].update(set(CASE.findall(text)))
	return stored, fates, texts


def _in_tickets(stage: Stage) -> dict[str, list[str]]:
	"""Case → the tickets in which its words stand, once for each time."""
	found: dict[str, list[str]] = defaultdict(list)
	for ticket, text in stage.host.connection.execute(CUSTOMERS):
		for case in set(CASE.findall(text)):
			found[case].append(str(ticket))
	return found


def _lost(place: Place, ledger: dict, stored: dict, in_tickets: dict[str, list[str]]) -> list[str]:
	deleted = {post.id for post in place.posts.values() if post.is_deleted}
	below = {
		post.id for post in place.posts.values() if post.thread in deleted
	}  # most networks take these away, too
	below |= {one["id"] for one in ledger.get("published", ()) if one["reply_to"] in deleted | below}
	gone = deleted | below | set(place.ours)
	there = [*place.posts, *(one for one in ledger["served"] if one not in place.posts)]
	lost = [
		f"{place.row.name}: {one} was never stored" for one in there if one not in stored and one not in gone
	]
	for post in place.posts.values():
		fate = stored.get(post.id)
		if post.id in stored and fate is None:
			lost.append(f"{place.row.name}: {post.id} was never decided")
		elif fate in (Fate.OPENED, Fate.JOINED) and not post.is_deleted and post.case not in in_tickets:
			lost.append(f"{place.row.name}: {post.id} is {fate} and in no ticket")
	return lost


def _twice_in_tables(stage: Stage, texts: dict) -> list[str]:
	return [
		f"{place.row.name}: {case} is stored {number} times"
		for place in stage.places
		for case, number in texts[place.channel].items()
		if number > 1
	]


def _twice_in_tickets(in_tickets: dict[str, list[str]]) -> list[str]:
	return [
		f"{case} stands in the tickets {tickets}" for case, tickets in in_tickets.items() if len(tickets) > 1
	]


def _double(published: list[tuple[Place, dict]]) -> list[str]:
	seen = Counter(
		(place.row.name, word) for place, entry in published for word in WORD.findall(entry["text"])
	)
	return [
		f"{name}: {word} was published {number} times" for (name, word), number in seen.items() if number > 1
	]


def _only_claimed(stage: Stage, published: list[tuple[Place, dict]]) -> list[str]:
	there = {word for _place, entry in published for word in WORD.findall(entry["text"])}
	sent = stage.host.store.columns(SocialReply, ["text"], {"state": ReplyState.SENT})
	return [f"{text} is not on the network" for (text,) in sent if WORD.findall(text)[0] not in there]


# --- to whom -------------------------------------------------------------------------------------------------


def _wrong(
	stage: Stage, agents: Agents, published: list[tuple[Place, dict]], in_tickets: dict[str, list[str]]
) -> list[str]:
	"""Published to somebody else than the one person whose words stand in the ticket, or wider than these."""
	cases: dict[str, list[Posted]] = defaultdict(list)
	for case, tickets in in_tickets.items():
		for ticket in tickets:
			cases[ticket].append(stage.by_case[case])
	wrong = []
	for place, entry in published:
		for word in WORD.findall(entry["text"]):
			problem = _problem(place, entry, cases[agents.tickets[word]])
			wrong += [f"{place.row.name}: {word} {problem}"] if problem else []
	# what began in public may go on in private in the same ticket: of the same person
	mixed = [ticket for ticket, posts in cases.items() if len({one.by for one in posts}) > 1]
	return wrong + [f"ticket {ticket} holds the words of several people" for ticket in mixed]


def _problem(place: Place, entry: dict, asked: list[Posted]) -> str:
	if not asked:
		return ""  # all that was in the ticket was deleted and forgotten
	if any(one.way.is_private for one in asked) and entry["visibility"] not in ("private", "direct"):
		return f"is {entry['visibility']}, and the question was private"
	if not any(place.row.reaches(place, entry, one) for one in asked):
		return f"went to {entry['reply_to']}, and {asked[0].by} asked in {[one.id for one in asked]}: {entry['text']}"
	return ""
