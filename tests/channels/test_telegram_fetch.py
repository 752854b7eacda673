"""The queue of updates: nothing is dropped before it is stored, and what is lost is said."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import pytest
import responses

from social_service.channels.errors import AuthFailed, Rejected, Unavailable
from social_service.channels.telegram.cursor import Position
from tests.channels.telegram_kit import METHODS, TelegramKit, payload, refusal
from tests.kit.driving import Live, assert_speaks, ids

UPDATES = f"{METHODS}/getUpdates"
INFO = f"{METHODS}/getWebhookInfo"


class TestFetch(TelegramKit):
	def page(self, cursor: str | None, *updates: dict, since: str | None = None):
		with responses.RequestsMock() as mock:
			mock.get(UPDATES, json=self.answer(updates))
			page = self.offline().fetch(self.stream, cursor, since)
			self.asked = parse_qs(urlsplit(mock.calls[0].request.url).query)
		return page

	# --- the cursor --------------------------------------------------------------------------------------

	def test_what_is_asked(self):
		page = self.page(None)
		assert self.asked == {
			"offset": ["0"],
			"limit": ["100"],
			"timeout": ["0"],
			"allowed_updates": ['["message", "edited_message", "channel_post", "edited_channel_post"]'],
		}
		page = self.page(page.cursor, self.item(7, "one"), self.item(8, "two"))
		assert self.asked["offset"] == ["0"]
		self.page(page.cursor)
		assert self.asked["offset"] == ["200009"]

	def test_asking_again_drops_nothing_that_was_not_stored(self, live: Live):
		posted = [live.mention("one"), live.mention("two")]
		first = self.driver(live).fetch(self.stream, None, live.since)
		assert ids(first)[-2:] == posted
		for _time in range(3):
			assert self.driver(live).fetch(self.stream, None, live.since) == first
		assert self.driver(live).fetch(self.stream, first.cursor).messages == ()

	def test_an_empty_page_keeps_its_place(self):
		page = self.page(self.page(None, self.item(7, "one")).cursor)
		assert Position.read(page.cursor, None).offset == 200_008

	def test_a_cursor_that_is_not_ours_begins_with_what_telegram_keeps(self):
		for cursor in ("", "{", "[]", '{"v": 2, "offset": 5}', '{"v": 1, "offset": "x"}'):
			self.page(cursor)
			assert self.asked["offset"] == ["0"]

	def test_telegram_may_count_anew_and_lower(self):
		"""After a week of silence it begins with a random number. Who only ever raises the offset asks in circles."""
		page = self.page(json.dumps({"v": 1, "offset": 900_000_000}), self.item(7, "hello again"))
		assert len(page.messages) == 1 and page.gap is None
		assert Position.read(page.cursor, None).offset == 200_008

	def test_a_bot_that_was_silent_is_read_on_from_the_head(self, live: Live):
		posted = live.mention()
		ahead = json.dumps({"v": 1, "offset": 2_000_000_000})
		page = self.driver(live).fetch(self.stream, ahead)
		assert posted in ids(page)

	def test_only_the_first_round_leaves_out_what_is_older(self):
		since = "2026-05-04T08:00:30+00:00"
		full = [self.item(number, "old") for number in range(1, 101)]
		page = self.page(None, *full, since=since)
		assert page.messages == () and page.more
		page = self.page(page.cursor, self.item(101, "old, too"), payload("private"))
		assert [one.text[:8] for one in page.messages] == ["My order"] and not page.more
		late = self.page(page.cursor, self.item(102, "came late"))
		assert [one.text for one in late.messages] == ["came late"]

	# --- what is lost ------------------------------------------------------------------------------------

	def test_what_telegram_dropped_is_said(self):
		cursor = self.page(None, self.item(7, "one")).cursor
		page = self.page(cursor, self.item(20, "much later"))
		assert "12 were dropped" in str(page.gap.reason)
		assert self.page(cursor, self.item(8, "next")).gap is None
		assert self.page(None, self.item(8, "the first")).gap is None

	def test_after_a_day_the_network_has_dropped_it(self, live: Live):
		live.mention("stored")
		page = self.driver(live).fetch(self.stream, None, live.since)
		live.mention("lost")
		live.now = live.now.replace(hour=23, day=live.now.day + 1)
		posted = live.mention("in time")
		page = self.driver(live).fetch(self.stream, page.cursor)
		assert ids(page) == [posted] and page.gap

	# --- a webhook ---------------------------------------------------------------------------------------

	def conflict(self, mock: responses.RequestsMock, **webhook: object) -> None:
		mock.get(UPDATES, status=409, json=refusal(409, "Conflict: whatever it says"))
		told = payload("webhook")
		mock.get(INFO, json=told | {"result": told["result"] | webhook})

	def test_a_webhook_that_works_leaves_nothing_to_ask_for(self):
		cursor = self.page(None, self.item(7, "one")).cursor
		with responses.RequestsMock() as mock:
			self.conflict(mock)
			page = self.offline().fetch(self.stream, cursor)
		assert (page.messages, page.more, page.gap) == ((), False, None)
		back = self.page(page.cursor, self.item(500, "asked again"))
		assert self.asked["offset"] == ["200008"] and back.gap is None
		assert self.page(back.cursor, self.item(505, "lost some")).gap

	def test_a_webhook_that_telegram_can_not_reach_is_said(self):
		with responses.RequestsMock() as mock, pytest.raises(Unavailable) as raised:
			self.conflict(mock, pending_update_count=12, last_error_date=1777881000)
			self.offline().fetch(self.stream, None)
		assert "12" in str(raised.value)

	def test_a_webhook_of_which_we_have_no_secret_leads_elsewhere(self):
		channel = self.offline()
		del channel.connection.vault.secrets["webhook_secret"]
		with responses.RequestsMock() as mock, pytest.raises(Rejected) as raised:
			self.conflict(mock)
			channel.fetch(self.stream, None)
		assert raised.value.reason == "webhook"
		assert_speaks(raised.value)

	def test_another_program_that_asks_is_said(self):
		with responses.RequestsMock() as mock, pytest.raises(Rejected) as raised:
			self.conflict(mock, url="")
			self.offline().fetch(self.stream, None)
		assert raised.value.reason == "conflict"
		assert_speaks(raised.value)

	def test_a_token_that_ends_while_we_look_is_said(self, live: Live):
		live.network.fail("conflict")
		live.network.fail("unauthorized", path="/getWebhookInfo")
		with pytest.raises(AuthFailed):
			self.driver(live).fetch(self.stream, None)
