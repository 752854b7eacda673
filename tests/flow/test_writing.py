"""Who writes on what: a draft begins with the first letter, goes on while its text changes, and is forgotten when it was sent."""

from __future__ import annotations

import pytest

from social_service import engage, writing
from social_service.ledger import SocialDraft
from social_service.records import AgentReplied
from social_service.sentence import Refused

ALEX, BEN = "alex@example.com", "ben@example.com"
TEXT = "Your refund is on its way."


@pytest.fixture
def opened(desk):
	desk.world.post(1, "Where is my refund?", thread_id="t")
	desk.round()
	return desk


def types(desk, text: str, agent: str = ALEX, ticket: str = "1") -> writing.Seen:
	name = agent.removesuffix("@example.com").title()
	return writing.typed(desk.host, AgentReplied(ticket, "", agent, text), name, desk.clock)


def drafts(desk) -> dict[str, SocialDraft]:
	return {one.agent: one for one in desk.host.store.find(SocialDraft, {}, order="name", limit=10)}


def told(sentences) -> list[str]:
	return [str(getattr(one, "sentence", one)) for one in sentences]


@pytest.mark.parametrize(
	("text", "used", "stops"),
	[("Hello", 5, []), ("x" * 101, 101, ["Too long for Memory by 1: 101 of 100 characters."]), ("", 0, [])],
)
def test_an_answer_is_measured_as_the_network_counts(opened, text, used, stops):
	seen = types(opened, text)
	assert seen.length.used == used
	assert told(seen.stops) == stops


def test_a_draft_says_which_post_it_answers_and_since_when_and_not_what(opened):
	with opened.host.transaction():
		opened.host.store.change(opened.message("p1"), revision=2)
	began = opened.clock()
	types(opened, "Your")
	opened.clock.forward(minutes=2)
	types(opened, TEXT)
	opened.clock.forward(minutes=2)
	types(opened, TEXT)  # looked at again, not written
	row = drafts(opened)[ALEX]
	assert (row.ticket, row.agent_name, row.message) == ("1", "Alex", opened.message("p1").name)
	assert (row.revision, row.began_at) == (2, began)
	assert (row.written_at - began).total_seconds() == 120
	assert "refund" not in repr(row)


@pytest.mark.parametrize("end", ["sent", "thrown away", "only blanks"])
def test_a_draft_that_has_ended_is_forgotten(opened, end):
	types(opened, TEXT)
	if end == "sent":
		with opened.host.transaction():
			message = opened.host.desk.reply("1", TEXT, opened.clock())
			engage.queue_reply(opened.host, AgentReplied("1", message, ALEX, TEXT), opened.clock)
	else:
		types(opened, "" if end == "thrown away" else " \n ")
	row = drafts(opened)[ALEX]
	assert (row.message, row.began_at, row.written_at, row.text_digest) == ("", None, None, "")
	opened.clock.forward(hours=1)
	types(opened, "And one more")
	assert drafts(opened)[ALEX].began_at == opened.clock(), "the next one is another one"
	assert len(drafts(opened)) == 1


def test_a_refused_answer_is_still_a_draft(opened):
	types(opened, "x" * 101)
	with pytest.raises(Refused), opened.host.transaction():
		message = opened.host.desk.reply("1", "x" * 101, opened.clock())
		engage.queue_reply(opened.host, AgentReplied("1", message, ALEX, "x" * 101), opened.clock)
	assert drafts(opened)[ALEX].written_at


@pytest.mark.parametrize(("later", "begins_anew"), [({"hours": 23}, False), ({"hours": 24}, True)])
def test_a_draft_of_yesterday_begins_anew(opened, later, begins_anew):
	types(opened, TEXT)
	opened.clock.forward(**later)
	types(opened, f"{TEXT} Sorry!")
	assert (drafts(opened)[ALEX].began_at == opened.clock()) is begins_anew


def test_two_who_write_are_both_told_and_only_the_second_is_asked(opened):
	types(opened, "Your refund")
	opened.clock.forward(seconds=20)
	second = types(opened, "We paid", BEN)
	first = types(opened, TEXT)
	assert told(second.warnings) == ["Alex is writing an answer here. Agree which of you sends."]
	assert (told(first.warnings), told(first.beside)) == ([], ["Ben is writing here, too."])
	assert told(types(opened, "").warnings) == ["Ben is writing an answer here. Agree which of you sends."]
	assert told(types(opened, "", "eve@example.com").warnings) == [
		"Ben is writing an answer here. Agree which of you sends."
	]


def test_who_reads_without_a_word_is_no_writer(opened):
	types(opened, "")
	assert drafts(opened) == {}
	assert types(opened, TEXT, BEN).warnings == ()


def test_nothing_is_kept_of_a_ticket_that_no_network_knows(opened):
	seen = types(opened, TEXT, ticket="77")
	assert drafts(opened) == {}
	assert [one.key for one in seen.stops] == ["gone"]


def test_the_bar_says_whether_the_tick_holds(opened):
	types(opened, "Your refund", BEN)
	opened.clock.forward(seconds=20)
	seen = types(opened, TEXT)
	assert not seen.is_acknowledged
	replied, keys = AgentReplied("1", "", ALEX, TEXT), [one.key for one in seen.warnings]
	assert writing.acknowledge(opened.host, replied, "Alex", keys, opened.clock).is_acknowledged
	assert not writing.acknowledge(opened.host, replied, "Alex", [], opened.clock).is_acknowledged
	assert not types(opened, "").is_acknowledged


def test_without_a_warning_there_is_nothing_to_acknowledge(opened):
	replied = AgentReplied("1", "", ALEX, TEXT)
	seen = writing.acknowledge(opened.host, replied, "Alex", ["price:1"], opened.clock)
	assert (seen.warnings, seen.is_acknowledged) == ((), False)
	assert drafts(opened)[ALEX].acknowledged == ()
