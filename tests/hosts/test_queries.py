"""Every statement that the whole way runs finds its rows by an index: a site keeps its posts for years."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from social_service import account, audience, corrections, engage, listen, ticket, writing
from social_service.channels.errors import Ambiguous, AuthFailed, AuthProblem
from social_service.conversation import ticket_merged, ticket_split
from social_service.hosts.sql import new_name
from social_service.ledger import (
	Duty,
	SocialArticleSuggestion,
	SocialConversation,
	SocialCorrection,
	SocialDraft,
	SocialMessage,
	SocialPayload,
	SocialProfile,
	SocialReply,
	SocialSLAClock,
	SocialStream,
	SocialTicketEvent,
	digest,
)
from social_service.records import (
	AgentReplied,
	Author,
	ClockState,
	Fate,
	Happening,
	Kind,
	Milestone,
	Need,
	ReplyState,
	Visibility,
)
from social_service.sentence import _
from social_service.settings import SocialSLAPolicy
from social_service.sla.watching import watch
from social_service.voice import Agent, frame_of
from tests.kit.memory_channel import MORNING

ROWS = 600
GROWING = (
	SocialMessage,
	SocialPayload,
	SocialReply,
	SocialConversation,
	SocialProfile,
	SocialArticleSuggestion,
	SocialStream,
	SocialCorrection,
	SocialDraft,
	SocialSLAClock,
	SocialTicketEvent,
)
VALUES = re.compile(r"%s(, %s)*")
TABLE = re.compile(r"^(SELECT|UPDATE|DELETE)\b.*?`tab([^`]+)`", re.DOTALL)
Statement = tuple[str, tuple]


def fill(host) -> None:
	"""What has gathered on a site: most of it decided and answered, some of it waiting."""
	with host.transaction():
		for number in range(ROWS):
			for record in years_ago(number):
				host.store.add(record)


def years_ago(number: int) -> tuple:
	channel, name, key = f"channel-{number % 20}", f"old-{number}", digest("old", str(number))
	fate, state = list(Fate)[number % 6], list(ReplyState)[number % 7]
	message = SocialMessage(
		channel=channel,
		external_id=name,
		digest=key,
		post_digest=key,
		thread_id=f"thread-{number % 90}",
		kind=Kind.MENTION,
		visibility=Visibility.PUBLIC,
		text="Where is my train?",
		sent_at=MORNING,
		stored_at=MORNING,
		fate=fate,
		need=Need.NONE,
		ticket=str(10_000 + number),
		conversation=name,
	)
	return (
		message,
		SocialPayload(name, channel, name, "{}", MORNING),
		SocialProfile("memory", name, key),
		SocialConversation(channel, name, name, key, ticket=str(10_000 + number)),
		SocialReply(
			channel,
			name,
			name,
			name,
			name,
			key,
			"a@example.com",
			"Yes",
			Visibility.PUBLIC,
			state,
			queued_at=MORNING,
		),
		SocialArticleSuggestion(name, name, "refund", "Refund", 1, 50, key),
		SocialStream(channel, name, key, Duty.POLL),
		SocialCorrection(name, key, digest("words", str(number)), "ada@example.com", MORNING, need="none"),
		SocialDraft(str(10_000 + number), "ada@example.com", key, written_at=MORNING),
		SocialSLAClock(str(10_000 + number), Milestone.FIRST, ClockState.MET, MORNING, MORNING, key),
		SocialTicketEvent(str(10_000 + number), Happening.RESOLVED, MORNING, key),
	)


def the_whole_way(desk) -> None:
	"""Each step of each job at least once."""
	world = desk.world
	with desk.host.transaction():
		desk.host.store.add(SocialSLAPolicy("All", 1800, 7200, warn_user="boss@example.com"))
	world.post(1, "Where is my refund?", thread_id="t", by="maria")
	world.post(2, "Mine too, help me", thread_id="t", by="bob", parent_id="p1")
	world.post(3, "Thanks, great service!", by="ada")
	world.post(4, "Where?", author=Author(""))
	desk.round()
	world.post(5, "any update?", thread_id="t", by="maria", parent_id="p1")
	world.faults_after_write = [Ambiguous("timeout")]
	write(desk, "Dear Bob, @otto looks into it")
	desk.reply("1", "On its way.")
	desk.reply("2", "Yours too.")
	for _minute in range(4):
		desk.publish(minutes=2)
	world.post(6, "We answered here.", is_own=True, parent_id="p2", thread_id="t")
	world.gone.add("p2")
	desk.round()
	for row in desk.rows(Duty.RECHECK):
		listen.recheck(desk.host, row.name, desk.clock)
	world.faults["fetch"] = [AuthFailed(AuthProblem.REVOKED, _("Connect again."))]
	desk.round(hours=2)
	die_while_sending(desk)
	go_private(desk)
	account.check(desk.host, desk.channel.name, desk.clock)
	assert watch(desk.host, desk.clock)
	put_aside = desk.message("p3")
	with desk.host.transaction():
		desk.host.store.change(put_aside, fate=Fate.FAILED)
	ticket.retry(desk.host, put_aside.name, desk.clock)
	opinion = corrections.Opinion({"need": "none"}, "ada@example.com", "list")
	for _twice in range(2):
		corrections.correct(desk.host, put_aside.name, opinion, desk.clock)
	with desk.host.transaction():
		ticket_split(desk.host, "1", "77", [desk.message("p5").ticket_message], desk.clock())
		ticket_merged(desk.host, "77", "1", desk.clock())
	account.ChannelVault(desk.host, desk.channel.name, desk.clock).renew("access_token", "s3cret-t0ken", dict)


def write(desk, text: str) -> None:
	"""As far as the bar above the editor has something to say."""
	for agent in ("ada@example.com", "ben@example.com", "ben@example.com"):
		seen = writing.typed(desk.host, AgentReplied("1", "", agent, text), agent, desk.clock)
		desk.clock.forward(seconds=10)
	keys = [one.key for one in seen.warnings]
	replied = AgentReplied("1", "", "ben@example.com", text)
	assert writing.acknowledge(desk.host, replied, "Ben", keys, desk.clock).is_acknowledged
	for agent in ("ada@example.com", "ben@example.com"):
		writing.typed(desk.host, AgentReplied("1", "", agent, ""), agent, desk.clock)


def go_private(desk) -> None:
	"""Whom we asked, back in public, and somebody who does both at once."""
	private = {"visibility": Visibility.PRIVATE, "kind": Kind.DIRECT_MESSAGE}
	desk.world.private_link = "https://memory.example/write"
	desk.reply("1", "Tell us more: https://memory.example/write")
	desk.publish(minutes=2)
	minutes = (desk.clock.now - MORNING) // timedelta(minutes=1)
	desk.world.post(7, "Order 4711", thread_id="dm", by="maria", minutes=minutes, **private)
	desk.world.post(8, "Where is mine?", thread_id="dm-2", by="zoe", minutes=minutes, **private)
	desk.round()
	desk.world.post(9, "Nobody answers me?", thread_id="t", by="maria", minutes=minutes + 30)
	desk.world.post(10, "Where is mine?", thread_id="t10", by="zoe", minutes=minutes + 30)
	desk.round(minutes=40)
	assert [desk.message(one).ticket for one in ("p7", "p9")] == ["1", "1"]
	audience.choose(desk.host, None, "1", Visibility.PUBLIC)
	frame_of(desk.host, "1", Agent("Ada", "AL"))


def die_while_sending(desk) -> None:
	reply = desk.reply("1", "One more thing.")
	leased = desk.host.store.claim(reply, seconds=1, now=desk.clock())
	with desk.host.transaction():
		desk.host.store.change(leased, state=ReplyState.SENDING)
	desk.publish(minutes=5)
	engage.retry(desk.host, reply.name, desk.clock)


def recorded(desk, work: Callable) -> dict[str, Statement]:
	"""The different statements of the store, each with values that it was run with."""
	seen: dict[str, Statement] = {}
	store = desk.host.store
	run = store._run

	def noted(statement, values):
		seen.setdefault(VALUES.sub("%s", statement), (statement, tuple(values)))
		return run(statement, values)

	store._run = noted
	try:
		work(desk)
	finally:
		store._run = run
	return seen


def table_of(statement: str) -> str:
	found = TABLE.match(statement)
	return found.group(2) if found else ""


def scans(desk, statement: Statement) -> list[str]:
	text, values = statement
	plan = desk.host.connection.execute(f"EXPLAIN QUERY PLAN {text.replace('%s', '?')}", values).fetchall()
	return [step[3] for step in plan if step[3].startswith("SCAN")]


@pytest.fixture
def full(desk):
	fill(desk.host)
	return desk


def test_no_statement_reads_a_whole_table(full):
	seen = recorded(full, the_whole_way)
	growing = {kind.doctype for kind in GROWING}
	asked = {text: one for text, one in seen.items() if table_of(text) in growing}
	slow = {text: found for text, one in asked.items() if (found := scans(full, one))}
	assert not slow, "\n".join(f"{found}: {text}" for text, found in slow.items())


def test_the_way_asks_every_table_that_grows(full):
	"""Else the test above proves nothing. Raw bodies are only written."""
	seen = recorded(full, the_whole_way)
	asked = {table_of(text) for text in seen}
	assert asked >= {kind.doctype for kind in GROWING} - {
		"Social Payload",
		"Social Article Suggestion",
		"Social Profile",
	}
	assert len([text for text in seen if table_of(text) == "Social Message"]) >= 12
	assert len([text for text in seen if text.startswith("UPDATE")]) >= 10


@pytest.mark.parametrize("kind", GROWING, ids=lambda kind: kind.__name__)
def test_every_index_that_is_declared_is_there_and_used_by_its_own_question(full, kind):
	declared = {"_".join((kind.doctype.replace(" ", "_"), *index)).lower() for index in kind.indexes}
	there = {row[1] for row in full.host.connection.execute(f"PRAGMA index_list(`tab{kind.doctype}`)")}
	assert declared <= there
	for index in kind.indexes:
		where = " AND ".join(f"`{name}` = ?" for name in index)
		question = f"SELECT * FROM `tab{kind.doctype}` WHERE {where}", ("",) * len(index)
		assert not scans(full, question), index


def test_a_missing_index_would_be_noticed(full):
	seen = recorded(full, the_whole_way)
	for name in ("social_message_ticket", "social_message_post_digest"):
		full.host.connection.execute(f"DROP INDEX `{name}`")
	slow = [text for text, one in seen.items() if table_of(text) == "Social Message" and scans(full, one)]
	assert len(slow) >= 3


IN_ORDER = {
	"10 000 posts wait after a bad night, and are decided 50 at a time": (
		"`fate` IS NULL ORDER BY `sent_at_ms`",
		"social_message_channel_fate_sent_at_ms",
	),
	"each of 10 000 people in one thread is shown the five posts before": (
		"`deleted_at_ms` IS NULL AND `sent_at_ms` < %s ORDER BY `sent_at_ms` DESC",
		"social_message_channel_thread_id_sent_at_ms",
	),
}


@pytest.mark.parametrize("why", IN_ORDER)
def test_what_is_asked_again_and_again_is_read_in_order_and_not_sorted_whole(full, why):
	part, index = IN_ORDER[why]
	((text, values),) = [one for text, one in recorded(full, the_whole_way).items() if part in text]
	plan = full.host.connection.execute(f"EXPLAIN QUERY PLAN {text.replace('%s', '?')}", values).fetchall()
	said = " ".join(step[3] for step in plan)
	assert index in said, said
	assert "USE TEMP B-TREE FOR ORDER BY" not in said, said


def test_names_grow_with_time_so_that_an_index_grows_at_its_end():
	names = [new_name() for _n in range(50)]
	assert len(set(names)) == 50 and all(len(name) == len(names[0]) for name in names)
	assert sorted(name[:11] for name in names) == [name[:11] for name in names]
