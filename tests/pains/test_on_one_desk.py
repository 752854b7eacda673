"""Pains of the way from a post to its ticket, on a desk with a network in memory: who opens what, and who joins whom."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from social_service import account, engage, listen, ticket
from social_service.hosts.embedded import EmbeddedHost
from social_service.ledger import Duty, SocialMessage
from social_service.listen import push
from social_service.records import AgentReplied, Author, Fate, Page, ReplyState
from social_service.rehearsal.agents import send_anyway
from tests.kit.memory_channel import MORNING, Memory, World

ASKS = "Where is my refund? Please help!"
PARALLEL, RUNS = 20, 100


def tickets(desk) -> list[tuple]:
	return desk.table("SELECT name, is_open, raised_by FROM ticket ORDER BY name")


def our_echo(desk, number: int, *, answer: int = 1, parent: str = "p1") -> None:
	"""The network shows us our own answer, under the id that it gave it."""
	desk.world.post(number, "It is on its way.", by="company", is_own=True, parent_id=parent, thread_id="t")
	desk.world.posts[-1] = replace(desk.world.posts[-1], external_id=f"a{answer}")


@pytest.mark.parametrize("echo", ["before our record commits", "after"])
def test_pain_01_the_echo_of_our_own_answer_opens_nothing(desk, monkeypatch, echo):
	desk.world.post(1, ASKS, thread_id="t")
	desk.round()
	desk.reply("1", "It is on its way.")
	if echo == "before our record commits":
		taken = Memory.send

		def send(self, reply):
			sent = taken(self, reply)
			our_echo(desk, 2)
			desk.round(minutes=1)
			return sent

		monkeypatch.setattr(Memory, "send", send)
		desk.publish()
	else:
		desk.publish()
		our_echo(desk, 2)
	desk.round()
	assert desk.fates() == {"p1": "opened", "a1": "ignored"}
	assert len(tickets(desk)) == 1
	assert [one.state for one in desk.replies()] == [ReplyState.SENT]


def test_pain_02_a_comment_on_our_own_post_is_a_new_open_ticket_of_its_author(desk):
	desk.world.post(1, "New trains on line 7!", by="company", is_own=True, is_addressed=False, thread_id="t")
	desk.world.post(2, ASKS, by="maria", parent_id="p1", thread_id="t")
	desk.round()
	assert desk.fates() == {"p1": "ignored", "p2": "opened"}
	((name, is_open, raised_by),) = tickets(desk)
	assert is_open and raised_by.endswith("@social.invalid")
	assert desk.message("p2").author_id == "id-maria" and desk.message("p2").ticket == str(name)


def test_pain_02_a_later_comment_opens_a_closed_ticket_again(desk):
	desk.world.post(1, "New trains on line 7!", by="company", is_own=True, is_addressed=False, thread_id="t")
	desk.world.post(2, ASKS, by="maria", parent_id="p1", thread_id="t")
	desk.round()
	with desk.host.transaction():
		desk.host.desk.close("1", desk.clock())
	desk.world.post(3, "And where is it now?", by="maria", parent_id="p1", thread_id="t", minutes=60)
	desk.round(hours=2)
	assert desk.fates()["p3"] == "joined"
	assert [bool(is_open) for _name, is_open, _by in tickets(desk)] == [True]


def test_pain_03_five_hundred_reposts_are_reach_and_one_ticket(desk):
	desk.world.post(1, ASKS)
	for number in range(2, 502):
		desk.world.post(number, ASKS, by=f"fan{number}", is_repost=True, parent_id="p1", minutes=2)
	everything_is_read(desk)
	assert len(tickets(desk)) == 1
	assert desk.host.store.tally(SocialMessage, ("parent_id",), {"is_repost": True}) == {("p1",): 500}
	for enabled in (False, True):
		with desk.host.transaction():
			desk.host.store.change(desk.channel, enabled=enabled)
		desk.round()
	everything_is_read(desk)
	assert len(tickets(desk)) == 1, "switching the channel off and on made some"


def everything_is_read(desk) -> None:
	desk.clock.forward(hours=1)
	while desk.listen():
		desk.clock.forward(seconds=1)
	desk.clock.forward(seconds=31)
	while desk.decide():
		desk.clock.forward(seconds=1)


# --- several accounts ----------------------------------------------------------------------------------------


@pytest.fixture
def worlds(desk, monkeypatch) -> dict[str, World]:
	"""Accounts of one network, each with posts of its own; by the account's address."""
	found = {"": desk.world}

	def world(self: Memory) -> World:
		return found[self.connection.options["base_url"]]

	monkeypatch.setattr(Memory, "world", property(world))
	return found


def another(desk, worlds: dict[str, World], name: str) -> str:
	worlds[name] = World()
	with desk.host.transaction():
		channel, _new = desk.host.store.add(replace(desk.channel, title=name, base_url=name, name=""))
	desk.host.keep_secrets(channel.name, {"access_token": f"token-of-{name}"})
	account.check(desk.host, channel.name, desk.clock)
	return channel.name


def test_pain_09_ten_thousand_old_posts_of_one_account_hold_up_no_other(desk, worlds):
	third = [another(desk, worlds, name) for name in ("second", "third")][1]
	worlds[""].posts = [
		replace(one, sent_at=MORNING - timedelta(days=1), external_id=f"old{number}")
		for number in range(10_000)
		for one in [World().post(1, "Thanks")]
	]
	worlds["third"].post(1, ASKS)
	desk.round()
	newest = desk.host.store.find(SocialMessage, {"channel": third}, order="name", limit=9)
	assert [(one.external_id, one.fate) for one in newest] == [("p1", Fate.OPENED)]
	read = desk.host.store.tally(SocialMessage, (), {"channel": desk.channel.name})[()]
	assert 0 < read < 10_000, "the first account is still being read"
	while desk.listen():
		desk.clock.forward(seconds=1)
	assert desk.host.store.tally(SocialMessage, (), {"channel": desk.channel.name})[()] == 10_000


def test_pain_10_five_authors_in_a_thread_are_five_contacts(desk):
	desk.world.post(1, "New trains on line 7!", by="company", is_own=True, is_addressed=False, thread_id="t")
	for number in range(2, 7):
		desk.world.post(number, ASKS, by=f"person{number}", parent_id="p1", thread_id="t")
	everything_is_read(desk)
	assert len({raised_by for _name, _open, raised_by in tickets(desk)}) == len(tickets(desk)) == 5
	names = {sender for (sender,) in desk.table("SELECT sender FROM ticket_message")}
	assert names == {f"Person{number} · Memory" for number in range(2, 7)}


@pytest.mark.parametrize("seed", range(40))
def test_pain_25_whatever_comes_together_nobody_lands_in_anothers_ticket(desk, worlds, seed):
	"""Two authors, two accounts, one batch; parents that are missing, ours, or somebody else's."""
	rng = random.Random(seed)
	channels = {"": desk.channel.name, "second": another(desk, worlds, "second")}
	for number in range(1, 25):
		where, by = rng.choice(list(channels)), rng.choice(["maria", "otto"])
		parent = rng.choice(["", "lost", *(one.external_id for one in worlds[where].posts)])
		more = {"parent_id": parent, "thread_id": rng.choice(["t1", "t2", "t3"]), "minutes": rng.randrange(9)}
		if rng.random() < 0.2:
			more |= {"is_own": True, "author": Author("me", "company", "Company")}
		worlds[where].post(number, rng.choice([ASKS, "Thank you", "And now?"]), by=by, **more)
	for where in worlds.values():
		rng.shuffle(where.posts)
	everything_is_read(desk)
	found = desk.host.store.find(SocialMessage, {}, order="name", limit=100)
	assert len(found) == 24 and all(one.fate for one in found)
	owners: dict[str, set] = {}
	for one in found:
		if one.ticket:
			owners.setdefault(one.ticket, set()).add((one.author_id, one.channel))
	assert owners and all(len(who) == 1 for who in owners.values())
	for name in owners:
		replied = AgentReplied(name, "", "agent@example.com", f"For {name}.")
		send_anyway(desk.host, replied, desk.clock)  # some were answered on the network
		with desk.host.transaction():
			message = desk.host.desk.reply(name, replied.text, desk.clock())
			engage.queue_reply(desk.host, replace(replied, ticket_message=message), desk.clock)
	desk.publish()
	for where, channel in channels.items():
		for answer in worlds[where].answers:
			name = answer.text.removeprefix("For ").removesuffix(".")
			assert owners[name] == {(answer.to.author.external_id, channel)}


# --- at the same time ----------------------------------------------------------------------------------------


def test_pain_18_twenty_first_messages_at_once_are_one_ticket_a_hundred_times(desk, tmp_path, monkeypatch):
	"""An album of pictures: each is a call of its own, and a worker decides after each of them."""

	def receive(_self, body: bytes, _headers) -> Page:
		run, number = body.decode().split()
		post = World().post(int(number), ASKS, by=f"maria{run}", thread_id=f"t{run}", minutes=0)
		return Page((replace(post, external_id=body.decode()),), None)

	monkeypatch.setattr(Memory, "receive", receive)
	desk.clock.forward(minutes=10)
	with ThreadPoolExecutor(PARALLEL) as pool:
		for run in range(RUNS):
			calls = [f"{run} {number}".encode() for number in range(PARALLEL)]
			list(pool.map(arrival(desk, tmp_path / "desk.sqlite"), calls))
			desk.clock.forward(seconds=31)
			desk.decide()
	found = desk.table("SELECT ticket, count(*) FROM ticket_message GROUP BY ticket")
	assert len(tickets(desk)) == RUNS
	assert {count for _ticket, count in found} == {PARALLEL} and len(found) == RUNS


def arrival(desk, path) -> Callable[[bytes], None]:
	def arrives(body: bytes) -> None:
		host = EmbeddedHost(path)
		try:
			push.receive(host, desk.channel.name, body, {}, desk.clock)
			for row in listen.due(host, desk.clock):
				if row.duty is Duty.DECIDE:
					ticket.decide(host, row.name, desk.clock)
		finally:
			host.close()

	return arrives
