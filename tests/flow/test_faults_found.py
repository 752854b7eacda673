"""What the faults benchmark found, as small as it gets. Each test failed before its mend."""

from __future__ import annotations

import pytest

from social_service import account, engage, listen
from social_service.channels.base import Stream
from social_service.channels.errors import Ambiguous, AuthFailed, AuthProblem, Rejected, Unavailable
from social_service.engage import sending
from social_service.ledger import Duty
from social_service.records import ReplyState
from social_service.sentence import _
from tests.kit.memory_channel import Memory

TEXT = "Hello Maria, your refund is on its way."
REVOKED = AuthFailed(AuthProblem.REVOKED, _("Connect again."))


@pytest.fixture
def opened(desk):
	desk.world.post(1, "Where is my refund?")
	desk.round()
	return desk


@pytest.mark.parametrize(
	"why_not_read",
	[REVOKED, Rejected("refused", _("The network refused this.")), Unavailable("down")],
	ids=["sign-in ended", "refused", "down for a day"],
)
def test_what_could_not_be_read_back_is_still_unknown_and_never_sent_again(opened, why_not_read):
	"""It was called Failed, "not published"; the agent pressed Retry, and it stood there twice."""
	reply = opened.reply("1", TEXT)
	opened.world.faults_after_write = [Ambiguous("timeout")]
	opened.world.faults["reconcile"] = [why_not_read] * 12
	for _round in range(14):
		opened.publish(hours=2)
	assert opened.replies()[0].state in (ReplyState.UNKNOWN, ReplyState.SENT)
	engage.retry(opened.host, reply.name, opened.clock)
	for _round in range(14):
		opened.publish(hours=2)
	assert len(opened.world.answers) == 1
	assert opened.replies()[0].state is ReplyState.SENT


def test_a_worker_that_slept_before_the_call_does_not_publish_what_the_next_one_published(
	opened, monkeypatch
):
	"""A machine that was suspended between "Sending" and the call woke up and published a second time."""
	opened.reply("1", TEXT)

	def suspended(place: str) -> None:
		if place == "after Sending":
			monkeypatch.setattr(sending, "pause_point", lambda place: None)
			for _round in range(3):
				opened.publish(minutes=2)

	monkeypatch.setattr(sending, "pause_point", suspended)
	opened.publish()
	assert len(opened.world.answers) == 1
	assert opened.replies()[0].state is ReplyState.SENT


def test_a_channel_whose_check_failed_asks_again_and_says_so(desk, monkeypatch):
	"""Where the streams follow from the account there were none, so nobody asked, and no alarm stood anywhere."""
	monkeypatch.setattr(Memory, "streams", lambda self: (Stream("mentions"),) if self.account else ())
	account.forget(desk.host, desk.channel.name)  # new credentials were entered
	desk.world.faults["check"] = [Unavailable("down")]
	desk.world.post(1, "Where is my refund?")
	for minutes in (1, 15):
		desk.clock.forward(minutes=minutes)
		for row in desk.rows(Duty.ACCOUNT):
			listen.tend(desk.host, row.name, desk.clock)
		listen.watch(desk.host, desk.clock)
		desk.listen()
	desk.clock.forward(minutes=1)
	desk.listen()
	assert desk.fates() == {"p1": "None"}, "it was not read"
	told = [text for (text,) in desk.table("SELECT text FROM told")]
	assert len(told) == 2 and "down" in told[0] and "works again" in told[1]
