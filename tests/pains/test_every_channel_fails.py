"""How every driver fails, as the desk feels it: who is called, who is not, and what is never believed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from social_service import account, listen
from social_service.channels.errors import AuthFailed, ChannelError, Rejected
from social_service.ledger import Duty, SocialStream
from social_service.records import ReplyState
from tests.kit.channel_contract import COMMON_READ_FAILURES
from tests.kit.driving import Failure, assert_is
from tests.kit.memory_channel import World
from tests.kit.send_contract import COMMON_WRITE_FAILURES, SendContract
from tests.pains.every_channel import Pain, Place, for_every_channel
from tests.pains.unplugged import Unplugged

HUMAN = {"message", "description", "detail", "title", "error_user_title", "error_user_msg"}
# What a network writes into its words only; its driver says so (channels/x/errors.py: DETAILS)
CODES_IN_WORDS = {"x": {"detail", "message"}}
ALARMING = "Error validating access token: the session has expired, a permission is missing (scope)"
CALMING = "Everything is fine, please try again later"


class Fails(Pain):
	@pytest.fixture
	def desk(self, tmp_path: Path) -> Iterator[Unplugged]:
		desk = Unplugged(self, tmp_path / "desk.sqlite")
		yield desk
		desk.host.close()

	@pytest.mark.parametrize("status", [403, 404, 410])
	def test_pain_06_a_closed_door_is_told_within_a_quarter_and_others_go_on(
		self, desk: Unplugged, world: World, status: int
	):
		other = desk.connected("memory", "Other", {})
		desk.host.keep_secrets(other.name, {"access_token": "token-of-the-other"})
		account.check(desk.host, other.name, desk.clock)
		with self.answering("GET", status, "{}"):
			for minute in range(15):
				world.post(minute, "Thanks")
				desk.minute()
		assert any(text.startswith("Company") for text in desk.told())
		assert not any(text.startswith("Other") for text in desk.told())
		assert all(row.alarm for row in desk.rows())
		assert desk.host.connection.execute("SELECT count(*) FROM `tabSocial Message`").fetchone()[0] >= 14

	def test_pain_14_only_what_a_person_can_mend_calls_a_person(self, tmp_path: Path):
		for number, row in enumerate(self.failures_of_reads()):
			desk = Unplugged(self, tmp_path / f"{number}.sqlite")
			cursor = self.cursor()
			listen.due(desk.host, desk.clock)
			(mine,) = [one for one in desk.rows() if one.stream_key == self.stream.key]
			with desk.host.transaction():
				desk.host.store.change(mine, cursor=cursor)
			with self.answering("GET", row.status, row.text, row.headers):
				listen.poll(desk.host, mine.name, desk.clock)
			(mine,) = [one for one in desk.rows() if one.stream_key == self.stream.key]
			calls = issubclass(row.error, (AuthFailed, Rejected))
			said = f"{row.status} {row.text[:90]}"
			assert mine.last_error and bool(mine.alarm) is calls, said
			assert mine.failures == (0 if row.error.__name__ == "Throttled" else 1), said
			assert desk.now < mine.next_at <= desk.now + timedelta(days=1), said
			listen.watch(desk.host, desk.clock)
			assert len(desk.told()) == calls, said
			assert account.the_channel(desk.host, desk.channel.name).is_awake, "nothing is disconnected"
			desk.host.close()

	@pytest.mark.parametrize("words", [ALARMING, CALMING, ""])
	def test_pain_15_numbers_decide_and_words_do_not(self, words: str):
		for row in self.failures_of_reads():
			self.fails_as_before("GET", row, words)
		if issubclass(type(self), SendContract):
			for row in (*COMMON_WRITE_FAILURES, *self.write_failures):
				self.fails_as_before(self.write_method, row, words)

	def fails_as_before(self, method: str, row: Failure, words: str) -> None:
		human = HUMAN - CODES_IN_WORDS.get(self.channel_class.code, set())
		changed = Failure(
			row.status, said_otherwise(row.body, human, words), row.error, row.detail, row.headers
		)
		cursor = self.cursor()
		with (
			self.answering(method, changed.status, changed.text, changed.headers),
			pytest.raises(ChannelError) as raised,
		):
			self.offline().fetch(self.stream, cursor) if method == "GET" else self.offline().send(
				self.reply()
			)
		assert_is(raised.value, changed)

	def failures_of_reads(self) -> tuple[Failure, ...]:
		return (*COMMON_READ_FAILURES, *self.read_failures)

	def test_pain_11_a_missing_permission_is_named(self):
		if not (wanting := [row for row in self.read_failures if names_a_scope(row)]):
			pytest.skip("not supported: permissions that have a name")
		cursor = self.cursor()
		for row in wanting:
			with (
				self.answering("GET", row.status, row.text, row.headers),
				pytest.raises(AuthFailed) as raised,
			):
				self.offline().fetch(self.stream, cursor)
			assert row.detail["permission"] in str(raised.value), row.text


def names_a_scope(row: Failure) -> bool:
	return any(sign in str(row.detail.get("permission", "")) for sign in "_.:")


def said_otherwise(told: object, human: set[str], words: str) -> object:
	"""The same answer with other words of a person in it."""
	if isinstance(told, dict):
		return {
			key: words if key in human and isinstance(value, str) else said_otherwise(value, human, words)
			for key, value in told.items()
		}
	if isinstance(told, list):
		return [said_otherwise(one, human, words) for one in told]
	return told


class Breaks(Pain):
	def test_pain_13_after_two_days_without_a_sign_in_every_post_arrives_once_and_is_marked(
		self, place: Place
	):
		place.says("Thanks")
		place.rounds(2)
		before = len(place.messages())
		for method in ("GET", "POST"):
			place.network.fail("unauthorized", method=method, count=10**6)
		posts, hours = {}, 2
		for _time in range(24):
			posts[place.says()] = place.live.now
			place.forward(minutes=55)
			place.work(Duty.POLL)
			listen.watch(place.host, place.clock)
			place.forward(minutes=60 * hours - 55)
		assert not any(place.message(post) for post in posts)
		assert any("Company" in text for text in place.told())
		place.network.recover()
		for _round in range(8):
			place.round(minutes=61)
			listen.watch(place.host, place.clock)
		found = {post: place.message(post) for post in posts}
		kept = self.kept_by_the_network(place, posts)
		assert [post for post, one in found.items() if one] == kept
		assert len(place.messages()) == before + len(kept)
		assert all(found[post].is_late for post in kept[:-1])
		assert any("came late" in text for text in place.told())

	def kept_by_the_network(self, place: Place, posts: dict[str, datetime]) -> list[str]:
		"""Telegram forgets after a day: then the gap is shown, and what was kept is there."""
		gaps = [one.gap_until for one in self.rows(place) if one.gap_until]
		return [post for post, at in posts.items() if not gaps or at >= gaps[0] - timedelta(days=1)]

	def rows(self, place: Place) -> list[SocialStream]:
		mine = {"channel": place.channel.name, "duty": Duty.POLL}
		return place.host.store.find(SocialStream, mine, order="name", limit=50)


class Writes(Pain):
	@pytest.mark.parametrize(
		"effect", ["html", "html_ok", "malformed", "timeout_after_write", "throttled", "unauthorized"]
	)
	def test_pain_21_nothing_looks_sent_that_the_network_did_not_confirm(self, place: Place, effect: str):
		asked = place.opened()
		place.reply(asked.ticket, "We are sorry. Which model is it?")
		place.network.fail(effect, method=self.write_method, path=self.write_path)
		for minutes in (0, 1, 2, 3, 5, 8):
			place.publish(minutes=minutes)
			self.is_told_truly(place, asked)
		assert len(place.published(asked)) <= 1
		(reply,) = place.replies()
		if reply.state in (ReplyState.FAILED, ReplyState.UNKNOWN):
			assert_speaks_of(reply.error)

	def is_told_truly(self, place: Place, asked) -> None:
		(reply,) = place.replies()
		there = [one["id"] for one in place.published(asked)]
		shown = place.table("SELECT delivery FROM ticket_message WHERE is_reply = 1")
		assert (reply.state is ReplyState.SENT) == (shown == [("Sent",)])
		assert bool(reply.external_id) == (reply.state is ReplyState.SENT)
		if reply.state is ReplyState.SENT:
			assert there == [reply.external_id]
		assert not (there and reply.state is ReplyState.FAILED), (
			"it is there, and somebody would send it again"
		)


def assert_speaks_of(error: str) -> None:
	assert len(error) > 15 and error[-1] in ".!?", error


for_every_channel(globals(), Fails)
for_every_channel(globals(), Breaks)
for_every_channel(globals(), Writes, lambda one: issubclass(one, SendContract))
