"""What a cursor of X must survive, over the simulated network."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from social_service.channels.base import Stream
from social_service.channels.errors import (
	NotSupported,
	PayloadInvalid,
	Throttled,
)
from social_service.channels.x.fetch import FEW_DMS
from social_service.records import Message, Outgoing, Page, Sent, Visibility
from social_service.rehearsal.network import Network
from tests.channels.x_kit import DMS, MENTIONS, SEARCH, XKit
from tests.kit.channel_contract import ids
from tests.kit.driving import NOW, Live


class TestStreams(XKit):
	"""Over the simulated network: what a cursor must survive."""

	@pytest.fixture
	def process(self):
		"""One for each test: here days pass, and a network's clock does not go back."""
		with Network(self.network_module, NOW) as network:
			network.add_person(self.company, "Heimwerk", token=self.company_token)
			network.add_person("erika", "Erika")
			yield network

	def all_of(
		self, live: Live, stream: Stream, cursor: str | None
	) -> tuple[list[Message], str | None, list[Page]]:
		found, pages, more = [], [], True
		while more:
			page = self.driver(live).fetch(stream, cursor, NOW.isoformat())
			found, cursor, more = [*page.messages, *found], page.cursor, page.more
			pages.append(page)
		return found, cursor, pages

	def later(self, live: Live, **span: float) -> None:
		live.now += timedelta(**span)
		live.network.set_clock(live.now)

	def dm(self, live: Live, text: str) -> str:
		self.later(live, seconds=1)
		return live.network.post("erika", text, direct_to="heimwerk")

	def test_direct_messages_are_paged_back_to_what_is_known(self, live: Live):
		written = [self.dm(live, f"message {number}") for number in range(120)]
		found, cursor, pages = self.all_of(live, DMS, None)
		assert [one.external_id for one in found] == written and len(pages) == 2
		again, cursor, pages = self.all_of(live, DMS, cursor)
		assert (again, len(pages)) == ([], 1)
		new = [self.dm(live, f"more {number}") for number in range(105)]
		found, _cursor, pages = self.all_of(live, DMS, cursor)
		assert [one.external_id for one in found] == new and len(pages) == 2

	def test_of_direct_messages_that_we_know_only_the_head_is_paid_for_again(self, live: Live):
		for number in range(60):
			self.dm(live, f"message {number}")
		_found, cursor, _pages = self.all_of(live, DMS, None)
		before = self.dms_read(live)
		new = self.dm(live, "one more")
		assert ids(self.driver(live).fetch(DMS, cursor)) == [new]
		assert self.dms_read(live) - before == FEW_DMS

	def test_a_page_with_each_message_twice_does_not_end_the_round(self, live: Live):
		self.dm(live, "the first")
		_found, cursor, _pages = self.all_of(live, DMS, None)
		new = [self.dm(live, f"message {number}") for number in range(2 * FEW_DMS)]
		live.network.fail("repeated", path="dm_events")
		found, _cursor, _pages = self.all_of(live, DMS, cursor)
		assert set(new) == {one.external_id for one in found}

	def dms_read(self, live: Live) -> int:
		answers = live.network.ledger()["reads"]
		return sum(len(one["items"]) for one in answers if one["path"].endswith("/dm_events"))

	def test_an_edit_comes_again_under_its_first_id(self, live: Live):
		since = live.since
		posted = live.mention("the drill smokes")
		page = self.driver(live).fetch(MENTIONS, None, since)
		self.later(live, minutes=5)
		newest = live.network.edit(posted, "@heimwerk the saw smokes")
		(message,) = self.driver(live).fetch(MENTIONS, page.cursor).messages
		assert (message.external_id, message.text) == (posted, "@heimwerk the saw smokes")
		assert message.edited_at == live.now
		now = self.driver(live).get([posted])[posted]
		assert (now.external_id, now.text, now.reply_hint["post_id"]) == (posted, message.text, newest)
		sent = self.driver(live).send(Outgoing("k", "Which saw?", message, Visibility.PUBLIC, live.now))
		assert isinstance(sent, Sent)

	def test_an_edited_post_that_x_tells_only_in_part_is_not_gone(self, live: Live):
		posted = live.mention("the drill smokes")
		self.later(live, minutes=5)
		live.network.edit(posted, "@heimwerk the saw smokes")
		live.network.fail("slow", path="/2/tweets", seconds=0)
		live.network.fail("partial", path="/2/tweets")
		assert self.driver(live).get([posted]) == {}

	def test_a_search_that_slept_too_long_goes_on_by_time_and_says_what_is_lost(self, live: Live):
		live.mention("the drill of day one")
		_found, cursor, _pages = self.all_of(live, SEARCH, None)
		known = live.now
		live.mention("a drill that nobody saw")
		self.later(live, days=9)
		posted = live.mention("the drill of day nine")
		page = self.driver(live).fetch(SEARCH, cursor)
		assert ids(page) == [posted]
		assert page.gap.since == known and page.gap.until == live.now - timedelta(days=7, minutes=-5)
		assert self.driver(live).fetch(SEARCH, page.cursor).gap is None

	@pytest.mark.parametrize("with_a_first_post", [True, False])
	def test_a_quiet_search_that_is_asked_every_day_never_says_that_something_is_lost(
		self, live, with_a_first_post
	):
		if with_a_first_post:
			live.mention("the drill of day one")
		_found, cursor, _pages = self.all_of(live, SEARCH, None)
		for _day in range(17):
			self.later(live, days=1)
			page = self.driver(live).fetch(SEARCH, cursor)
			assert (page.messages, page.gap) == ((), None)
			cursor = page.cursor
		posted = live.mention("a drill at last")
		assert ids(self.driver(live).fetch(SEARCH, cursor)) == [posted]

	def test_a_page_token_that_x_no_longer_takes_begins_the_round_again(self, live: Live):
		written = [live.mention(f"post {number}") for number in range(120)]
		page = self.driver(live).fetch(MENTIONS, None, (live.now - timedelta(hours=1)).isoformat())
		position = json.loads(page.cursor) | {"page": "stale"}
		found, _cursor, _pages = self.all_of(live, MENTIONS, json.dumps(position))
		assert [one.external_id for one in found] == written

	def test_the_mark_moves_only_with_the_last_page(self, live: Live):
		for number in range(110):
			live.mention(f"post {number}")
		page = self.driver(live).fetch(MENTIONS, None, (live.now - timedelta(hours=1)).isoformat())
		assert page.more and "since_id" not in json.loads(page.cursor)

	def test_a_spent_bucket_tells_how_long_to_wait(self, live: Live):
		self.later(live, minutes=15)
		for _call in range(15):
			page = self.driver(live).fetch(DMS, None, live.since)
		assert (page.rate.remaining, page.rate.resets_at) == (0, live.now + timedelta(minutes=15))
		with pytest.raises(Throttled) as raised:
			self.driver(live).fetch(DMS, None, live.since)
		assert raised.value.retry_after == 900
		self.later(live, minutes=15)
		self.driver(live).fetch(DMS, None, live.since)

	def test_a_partial_answer_keeps_the_other_items(self, live: Live):
		since = live.since
		live.mention()
		live.network.fail("partial")
		page = self.driver(live).fetch(MENTIONS, None, since)
		assert (len(page.messages), len(page.unreadable)) == (0, 1) and page.cursor

	def test_check_says_which_permission_is_missing(self, live: Live):
		live.network.fail("missing_scope", scopes=["users.read", "tweet.read"])
		assert self.driver(live).check().missing == ("dm.read",)

	def test_check_is_free_of_direct_messages(self, live: Live):
		self.dm(live, "order 4711")
		live.network.fail("throttled", path="dm_events")
		assert [self.driver(live).check().missing for _time in range(2)] == [(), ()]
		assert live.network.ledger()["served"] == []

	@pytest.mark.parametrize(("polled_until", "is_lost"), [(0, True), (35, False)])
	def test_direct_messages_older_than_a_month_are_said_to_be_lost(self, live: Live, polled_until, is_lost):
		self.dm(live, "the first")
		_found, cursor, _pages = self.all_of(live, DMS, None)
		self.later(live, days=polled_until)
		_found, cursor, _pages = self.all_of(live, DMS, cursor)
		last_look = live.now
		self.later(live, days=40 - polled_until)
		posted = self.dm(live, "after a long time")
		page = self.driver(live).fetch(DMS, cursor)
		assert ids(page) == [posted]
		assert (page.gap is not None) == is_lost
		assert not is_lost or (page.gap.since, page.gap.until) == (last_look, live.now - timedelta(days=30))


class TestCounting(XKit):
	def test_x_counts_what_a_search_would_find(self, live: Live):
		driver = self.driver(live)
		for number in range(7):
			live.mention(f"the drill smokes {number}")
		since, until = live.now - timedelta(hours=1), live.now + timedelta(seconds=1)
		live.network.set_clock(live.now + timedelta(minutes=1))
		assert driver.count(SEARCH, since, until) == 7
		served = set(live.network.ledger()["served"])
		assert driver.count(SEARCH, since, since + timedelta(minutes=1)) == 0
		assert set(live.network.ledger()["served"]) == served, "counting hands nothing out"

	def test_mentions_are_not_counted_by_x(self):
		with pytest.raises(NotSupported):
			self.offline().count(MENTIONS, NOW, NOW)

	def test_an_answer_without_a_number_is_said(self):
		with self.answering("GET", 200, "{}"), pytest.raises(PayloadInvalid):
			self.offline().count(SEARCH, NOW, NOW)
