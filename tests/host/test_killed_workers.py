"""A worker dies at the worst place, as by a power cut. Nothing is lost, nothing is done twice."""

from __future__ import annotations

import os
import signal
import time

import pytest

from social_service import tasks
from social_service.pause import SIGN, WHERE
from social_service.records import Fate, ReplyState
from tests.host.bench import kill

LISTENING = ("after fetch", "after store", "mid-decide")
SENDING = ("after Sending", "after accepted")


def start_and_kill(stage, place: str, sign) -> None:
	"""A real worker comes to the place and is killed there, with the process that does the job."""
	worker = stage.site.worker({WHERE: place, SIGN: str(sign)})
	stage.wait(lambda: sign.exists() and sign.read_text())
	kill(worker)
	os.kill(int(sign.read_text()), signal.SIGKILL)
	time.sleep(0.5)  # until MariaDB has noticed and rolled back
	stage.refresh()


def run_on(stage, is_done) -> None:
	"""A new worker, and the minutes that pass: leases end, the dispatcher looks again."""
	stage.make_due()
	stage.site.worker()
	stage.wait(lambda: stage.minute_passes() or is_done(), seconds=90)


@pytest.mark.parametrize("place", LISTENING)
def test_killed_while_listening(stage, place, tmp_path):
	maria = stage.customer()
	posts = [stage.mention(by=maria), stage.mention(by=stage.customer("Peter"))]
	posts.append(stage.mention("and it smokes, please help!", by=maria, reply_to=posts[0]))
	stage.make_due()
	tasks.dispatch()
	start_and_kill(stage, place, tmp_path / "sign")
	run_on(
		stage,
		lambda: set(posts) <= set(stage.messages()) and all(one.fate for one in stage.messages().values()),
	)
	messages = stage.messages()
	assert sorted(messages) == sorted(posts)
	assert [messages[post].fate for post in posts] == [Fate.OPENED, Fate.OPENED, Fate.JOINED]
	assert messages[posts[2]].ticket == messages[posts[0]].ticket != messages[posts[1]].ticket
	assert [len(stage.communications(messages[post].ticket)) for post in posts[:2]] == [2, 1]
	tickets = {message.ticket for message in messages.values()}
	assert stage.tickets_of_this_channel() == tickets


@pytest.mark.parametrize("where", ["x", "mastodon"])
@pytest.mark.parametrize("place", SENDING)
def test_killed_while_sending(stages, where, place, tmp_path):
	stage = stages[where]()
	ticket = stage.ticket()
	stage.empty_queue()
	assert stage.person("agent").reply(ticket, "<p>We send a new one.</p>").ok
	start_and_kill(stage, place, tmp_path / "sign")
	assert stage.replies()[0].state is ReplyState.SENDING
	run_on(stage, lambda: stage.replies()[0].state is ReplyState.SENT)
	(published,) = [one for one in stage.published() if one["by"] == stage.company]
	assert stage.replies()[0].external_id == published["id"]
	(shown,) = stage.communications(ticket, sent_or_received="Sent")
	assert shown.delivery_status == "Sent"


def test_killed_before_it_began_is_not_forgotten(stage):
	"""The job is gone from the queue and RQ will not run it again; the row still says what is to be done."""
	ticket = stage.ticket()
	assert stage.person("agent").reply(ticket, "<p>We send a new one.</p>").ok
	stage.empty_queue()
	run_on(stage, lambda: stage.replies()[0].state is ReplyState.SENT)
	assert len([one for one in stage.published() if one["by"] == stage.company]) == 1
