"""Four workers come to the same result as one, only sooner."""

from __future__ import annotations

import pytest

from social_service.records import ReplyState

PEOPLE, ROUNDS = 8, 3
TEXTS = (
	"my order is broken, please help!",
	"it still does not work, please help!",
	"love it, thank you so much",
)


def what_they_write(stage) -> list[str]:
	"""Everybody opens a thread and goes on in it; some write a thread more. Returns the posts in their order."""
	people = [stage.customer(f"P{number}") for number in range(PEOPLE)]
	posts, threads = [], {}
	for turn in range(ROUNDS):
		for person in people:
			more = {"reply_to": threads[person]} if person in threads and turn < 2 else {}
			post = stage.mention(TEXTS[turn], by=person, **more)
			threads.setdefault(person, post)
			posts.append(post)
	return posts


def outcome(stage, posts: list[str]) -> list[tuple]:
	"""Per post: its fate, and the number of the post that opened its ticket."""
	messages = stage.messages()
	assert len(messages) == len(posts)
	first = {}
	for number, post in enumerate(posts):
		first.setdefault(messages[post].ticket, number)
	return [(messages[post].fate, messages[post].ticket and first[messages[post].ticket]) for post in posts]


def work_through(stage, workers: int) -> tuple[list[tuple], list[str]]:
	posts = what_they_write(stage)
	for _number in range(workers):
		stage.site.worker()

	def all_decided() -> bool:
		stage.minute_passes()
		found = stage.messages().values()
		return len(found) == len(posts) and all(one.fate for one in found)

	stage.wait(all_decided, seconds=120)
	tickets = list(dict.fromkeys(one.ticket for one in stage.messages().values() if one.ticket))
	for number, ticket in enumerate(tickets):
		assert stage.person("agent").reply(ticket, f"<p>Answer {number}, to you alone.</p>").ok

	def all_sent() -> bool:
		stage.minute_passes()
		return all(one.state is ReplyState.SENT for one in stage.replies())

	stage.wait(all_sent, seconds=120)
	answers = [one["text"].split(" ", 1)[1] for one in stage.published() if one["by"] == stage.company]
	return outcome(stage, posts), sorted(answers)


@pytest.fixture
def alone(stage, another_stage):
	"""What one worker makes of it, on another account."""
	result = work_through(stage, 1)
	stage.site.stop_workers()
	return result


def test_four_workers_do_what_one_does(alone, another_stage):
	assert work_through(another_stage(), 4) == alone
