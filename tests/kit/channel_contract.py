"""What every driver promises. A driver's test mixes these in, fills the hooks of ``DriverKit`` and says what differs:

class TestMastodon(ChannelContract, SendContract):
	channel_class = Mastodon
	…
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from datetime import timedelta

import pytest

from social_service.channels.errors import (
	AuthFailed,
	ChannelError,
	NotSupported,
	PayloadInvalid,
	Rejected,
	Throttled,
	Unavailable,
)
from tests.kit.driving import (
	HTML,
	NOW,
	DriverKit,
	Failure,
	Live,
	assert_is,
	assert_keeps_secrets,
	assert_speaks,
	closed_address,
	ids,
	with_unknown_fields,
)
from tests.kit.send_contract import SendContract

__all__ = ["ChannelContract", "SendContract", "ids"]

AWKWARD_TEXTS = {
	"100 kB": "ä" * 100_000,
	"only emoji": "😤🔥👨‍👩‍👧‍👦",
	"script tags": "look: <script>alert('x')</script> & <b>bold</b>",
	"lines": "first\nsecond\n\nthird",
	"right to left": "שלום @heimwerk",
}


class ChannelContract(DriverKit):
	"""Reading."""

	read_failures: Sequence[Failure] = ()  # of a page; the common ones are tested for everybody below
	lengths: Sequence[tuple[str, int]] = ()  # a text, and how long the network finds it
	longest: int  # the limit that goes with `account`
	pages_worth = 90  # posts that fill more than two pages

	# --- settings and account ----------------------------------------------------------------------------

	def test_it_says_who_it_is_and_what_it_needs(self):
		kinds = {setting.key: setting for setting in self.channel_class.settings}
		assert self.channel_class.code and self.channel_class.label
		assert all(kinds[key].secret for key in self.secrets)
		assert not any(setting.default for setting in kinds.values() if setting.secret)

	def test_check_finds_the_account(self, live: Live):
		assert live.account.handle.lstrip("@") == self.company
		assert live.account.external_id
		json.dumps(dict(live.account.limits))

	def test_streams_need_no_network(self):
		streams = self.offline().streams()
		assert self.stream.key in {one.key for one in streams}
		assert all(one.label and one.min_seconds > 0 for one in streams)

	def test_a_driver_does_not_show_its_secrets(self):
		driver = self.offline()
		for secret in self.secrets.values():
			assert secret not in repr(driver) + repr(vars(driver))

	def test_what_it_can_not_do_it_refuses_by_itself(self):
		driver, can = self.offline(), self.channel_class.capabilities
		calls = {"push": lambda: driver.receive(b"{}", {})}  # of changes: ChangeContract
		for name, call in calls.items():
			if not getattr(can, name):
				with pytest.raises(NotSupported) as refused:
					call()
				assert_speaks(refused.value)

	# --- pages and cursors --------------------------------------------------------------------------------

	def test_resuming_after_any_page_misses_and_repeats_nothing(self, live: Live):
		"""Each page is read by a new process; another one read it before and died before it could store it; and
		people go on posting."""
		posted = [live.mention(f"post {number}") for number in range(self.pages_worth)]
		since = (live.now - timedelta(hours=1)).isoformat()
		seen: list[str] = []
		cursor, late, more = None, 6, True
		while late or more:
			lost = self.driver(live).fetch(self.stream, cursor, since)
			page = self.driver(live).fetch(self.stream, cursor, since)
			assert ids(lost) == ids(page), "the same cursor brought something else"
			seen += ids(page)
			cursor, more = page.cursor, page.more
			if late:
				posted.append(live.mention(f"late {late}"))
				late, more = late - 1, True
			assert len(seen) < 3 * len(posted), "it goes in circles"
		assert len(seen) == len(set(seen)), "a post came twice"
		assert sorted(seen) == sorted(posted), "a post was missed"

	def test_the_first_connect_begins_where_it_was_told(self, live: Live):
		live.mention("long ago")
		live.network.set_clock(live.now + timedelta(hours=2))
		live.now += timedelta(hours=2)
		since = (live.now - timedelta(hours=1)).isoformat()
		posted = live.mention("now")
		assert ids(self.driver(live).fetch(self.stream, None, since)) == [posted]

	def test_an_empty_stream_has_a_cursor_that_finds_what_comes(self, live: Live):
		since = live.since
		page = self.driver(live).fetch(self.stream, None, since)
		assert (page.messages, page.more) == ((), False)
		posted = live.mention()
		assert ids(self.driver(live).fetch(self.stream, page.cursor or None, since)) == [posted]

	def test_the_network_says_that_we_were_shown_what_we_stored(self, live: Live):
		message = self.received(live)
		assert message.external_id in live.network.ledger()["served"]
		assert message.sent_at == live.now and not message.is_own
		assert message.is_addressed is self.addresses_us
		json.dumps([dict(message.reply_hint), dict(message.raw)])

	# --- what one item can be -----------------------------------------------------------------------------

	def test_texts_arrive_as_they_were_written(self):
		for name, text in AWKWARD_TEXTS.items():
			(message,) = self.page_of([self.item(1001, text)]).messages
			assert message.text == text, name

	def test_fields_that_we_do_not_know_change_nothing(self):
		plain = self.page_of([self.item(1001, "hello")]).messages[0]
		cursor = self.cursor()
		with self.answering(
			"GET", 200, json.dumps(with_unknown_fields(self.answer([self.item(1001, "hello")])))
		):
			new = self.offline().fetch(self.stream, cursor).messages[0]
		assert (new.external_id, new.text, new.author) == (plain.external_id, plain.text, plain.author)

	def test_a_broken_item_stops_no_other(self):
		for name, broken in self.broken_items().items():
			page = self.page_of([self.item(1003, "after"), broken, self.item(1001, "before")])
			assert sorted(ids(page)) == sorted(map(self.external_id, (1001, 1003))), name
			assert len(page.unreadable) == 1 and page.cursor, name
			assert len(str(page.unreadable[0].reason)) > 15 and page.unreadable[0].external_id, name

	# --- failures -----------------------------------------------------------------------------------------

	def test_each_failure_of_a_read_is_the_right_error(self, caplog):
		caplog.set_level(logging.DEBUG)
		cursor = self.cursor()
		for row in (*COMMON_READ_FAILURES, *self.read_failures):
			with (
				self.answering("GET", row.status, row.text, row.headers),
				pytest.raises(ChannelError) as raised,
			):
				self.offline().fetch(self.stream, cursor)
			assert_is(raised.value, row)
			assert_keeps_secrets(raised.value, caplog.text, self.secrets)

	def test_a_network_that_is_not_there(self, caplog):
		caplog.set_level(logging.DEBUG)
		driver = self.channel_class(self.connection(closed_address(), self.account, internal=["127.0.0.1"]))
		for call in (driver.check, lambda: driver.fetch(self.stream, None, NOW.isoformat())):
			with pytest.raises(Unavailable) as raised:
				call()
			assert_speaks(raised.value)
			assert_keeps_secrets(raised.value, caplog.text, self.secrets)

	def test_an_internal_address_is_not_called(self, live: Live):
		driver = self.channel_class(self.connection(live.network.url, self.account))
		with pytest.raises(Rejected) as raised:
			driver.check()
		assert raised.value.reason == "internal address"

	def test_faults_of_a_running_network(self, live: Live):
		expected = {"unauthorized": AuthFailed, "throttled": Throttled, "html": Unavailable}
		expected |= {"malformed": PayloadInvalid, "html_ok": PayloadInvalid, "forbidden": AuthFailed}
		page = self.driver(live).fetch(self.stream, None, live.since)
		for effect, error in expected.items():
			live.network.fail(effect)
			with pytest.raises(error) as raised:
				self.driver(live).fetch(self.stream, page.cursor)
			assert_speaks(raised.value)
		posted = live.mention()
		assert ids(self.driver(live).fetch(self.stream, page.cursor)) == [posted], "it did not recover"

	# --- length, single posts -----------------------------------------------------------------------------

	def test_lengths_are_counted_as_the_network_counts(self):
		can = self.channel_class.capabilities
		if not (can.public_reply or can.private_reply):
			pytest.skip("not supported: answers")
		driver = self.offline()
		for text, used in self.lengths:
			length = driver.measure(text)
			assert (length.used, length.limit) == (used, self.longest), text
		assert not driver.measure("").fits
		assert not driver.measure("x" * (self.longest + 1)).fits

	def test_get_tells_what_is_there_and_what_is_gone(self, live: Live):
		if not self.channel_class.capabilities.reads_single:
			pytest.skip("not supported: single posts")
		kept, gone = live.mention("stays"), live.mention("goes")
		live.network.delete(gone)
		found = self.driver(live).get([kept, gone])
		assert found[kept].text.endswith("stays") and found[gone] is None


COMMON_READ_FAILURES = (
	Failure(500, HTML, Unavailable, {"retryable": True}),
	Failure(502, "", Unavailable),
	Failure(503, HTML, Unavailable),
	Failure(200, HTML, PayloadInvalid),
	Failure(200, '{"data": [{"id": ', PayloadInvalid),
	Failure(200, '"a text"', PayloadInvalid),
	Failure(429, "{}", Throttled, {"retry_after": 17.0}, {"Retry-After": "17"}),
	Failure(429, "", Throttled, {"retry_after": 60.0}),
)
