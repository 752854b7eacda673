"""Ticket view: before writing an agent knows who will read it and whether it may go out; afterwards how it ended."""

from __future__ import annotations

import pytest

from social_service import engage, ticket_view
from social_service.channels.errors import Rejected, Unavailable
from social_service.records import ReplyState, Visibility
from social_service.sentence import Refused, Sentence, _


def opened(desk, text="Where is my refund?", **more):
	desk.world.post(1, text, **more)
	desk.round()
	return desk


def look(desk):
	return ticket_view.look(desk.host, "1", desk.clock)


@pytest.mark.parametrize(
	("visibility", "action", "audience"),
	[
		(
			Visibility.PUBLIC,
			"Reply publicly on Memory",
			"Public reply to @maria on Memory: everybody can read it",
		),
		(
			Visibility.PRIVATE,
			"Reply privately on Memory",
			"Private reply to @maria on Memory: only they read it",
		),
	],
)
def test_an_agent_knows_before_writing_who_will_read_it(desk, visibility, action, audience):
	view = look(opened(desk, visibility=visibility))
	assert (str(view.action), str(view.audience)) == (action, audience)
	assert view.why_not is None
	assert view.reply_state is None


@pytest.mark.parametrize(
	("more", "channel", "told"),
	[
		({"reply_hint": {"closed": True}}, {}, "The window to answer is closed"),
		({}, {"enabled": False}, "is disabled"),
		({}, {"dry_run": True}, "in dry run"),
	],
)
def test_an_agent_knows_before_writing_why_it_can_not_go_out(desk, more, channel, told):
	opened(desk, **more)
	desk.host.store.change(desk.channel, **{"enabled": True} | channel)
	assert told in str(look(desk).why_not)


def test_the_last_word_of_a_person_who_took_it_back_can_not_be_answered(desk):
	opened(desk)
	desk.host.store.change(desk.message("p1"), deleted_at=desk.clock())
	assert "deleted the post" in str(look(desk).why_not)


def test_a_ticket_that_no_network_knows_has_no_view(desk):
	assert look(desk) is None


def test_a_channel_whose_network_is_gone_still_shows_the_post(desk):
	opened(desk)
	desk.host.store.change(desk.channel, driver="nowhere")
	assert "nowhere" in str(look(desk).why_not)


def test_only_a_reply_that_failed_for_good_can_be_tried_again(desk):
	opened(desk)
	desk.world.faults["send"] = [Unavailable(_("down")), Rejected("no", _("No."))]
	desk.reply("1", "Hello Maria")
	desk.publish()
	assert not look(desk).can_retry  # it tries by itself
	desk.publish(hours=2)
	assert (look(desk).reply_state, look(desk).can_retry) == (ReplyState.FAILED, True)
	engage.retry(desk.host, ticket_view.stuck_reply(desk.host, "1").name, desk.clock)
	desk.publish()
	assert look(desk).reply_state is ReplyState.SENT
	with pytest.raises(Refused, match="nothing to try again"):
		ticket_view.stuck_reply(desk.host, "1")


def test_an_agent_reads_what_made_a_ticket_of_the_post(desk):
	opened(desk)
	row = desk.message("p1")
	told = {"topic": "refunds", "tone": "negative", "is_urgent": True, "confidence": "87"}
	desk.host.store.change(row, fate_reason="It asks a question", **told)
	assert [str(one) for one in look(desk).why] == [
		"Why: It asks a question",
		"topic: refunds",
		"tone: negative",
		"urgent",
		"87 of 100 such verdicts are right",
	]
	desk.host.store.change(row, fate_reason="It may be a request: 87 of 100 such posts are one")
	assert str(look(desk).why[-1]) == "urgent"
	desk.host.store.change(row, fate_reason="", **dict.fromkeys(told, ""))
	assert look(desk).why == ()


def test_an_agent_sees_how_many_others_say_the_same(desk):
	text = "The app shows a black screen after the update, what can I do?"
	opened(desk, text)
	assert look(desk).alike == 0
	desk.world.post(2, text, by="otto")
	desk.round()
	assert look(desk).alike == 1
	assert ticket_view.look(desk.host, "1", desk.clock, frozenset({"another team"})).alike == 0


def test_the_first_post_says_why_there_is_a_ticket(desk):
	opened(desk, "Where is my refund?")
	desk.world.post(2, "Thank you!", thread_id="t1")
	desk.round()
	assert desk.message("p2").ticket == "1"
	assert look(desk).why[0] == _("Why: {0}", Sentence(desk.message("p1").fate_reason))
