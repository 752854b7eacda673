"""Mastodon's streams and their cursors."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

import pytest
import responses

from social_service.channels.base import Stream
from social_service.channels.errors import NotSupported
from social_service.channels.mastodon.cursor import Position, id_at, order
from social_service.records import Kind
from tests.channels.mastodon_kit import MastodonKit, payload
from tests.kit.channel_contract import ids
from tests.kit.driving import ANYWHERE, NOW, Live


class TestStreams(MastodonKit):
	# --- streams -----------------------------------------------------------------------------------------

	def test_hashtags_are_streams(self):
		keys = [one.key for one in self.offline().streams()]
		assert keys == ["mentions", "hashtag:heimwerk", "hashtag:heimwerken"]

	def test_search_is_not_promised(self):
		with pytest.raises(NotSupported):
			self.offline().fetch(Stream("search:heimwerk"), None)

	def test_the_mentions_include_those_that_the_server_would_filter(self):
		with responses.RequestsMock() as mock:
			mock.get(ANYWHERE, json=[])
			self.offline().fetch(self.stream, Position.start("7").text())
			assert mock.calls[0].request.params["include_filtered"] == "true"
			assert mock.calls[0].request.params["min_id"] == "7"
			assert mock.calls[0].request.headers["Authorization"] == "Bearer tok-3f9a1c-very-secret"

	def test_a_hashtag_brings_posts_that_do_not_name_us(self, live: Live):
		live.network.post("erika", "Built a shelf #heimwerk")
		page = self.driver(live).fetch(Stream("hashtag:heimwerk"), None, live.since)
		(message,) = page.messages
		assert (message.kind, message.is_addressed) == (Kind.POST, False)

	def test_a_hashtag_post_with_an_older_id_is_still_found(self):
		"""A server far away delivers late, and the id follows the time of writing."""
		stream, first = (
			Stream("hashtag:heimwerk"),
			[payload("hashtag") | {"id": str(one)} for one in (900, 800, 700)],
		)
		cursor = Position.start("600").text()
		with self.answering("GET", 200, json.dumps(first)):
			cursor = self.offline().fetch(stream, cursor).cursor
		late = [payload("hashtag") | {"id": "750"}]
		with self.answering("GET", 200, json.dumps([*first[:2], *late, first[2]])):
			assert ids(self.offline().fetch(stream, cursor)) == ["750"]

	def test_a_deleted_post_leaves_nothing(self):
		page = self.page_of([payload("notification_of_deleted"), self.item(1001, "hello")])
		assert ids(page) == ["1001"] and page.unreadable == ()

	def test_gotosocials_ids_are_a_cursor_as_well(self):
		notification = payload("gotosocial_notification")
		with responses.RequestsMock() as mock:
			mock.get(ANYWHERE, json=[notification])
			page = self.offline().fetch(self.stream, None, "2026-05-04T00:00:00Z")
		assert ids(page) == [notification["status"]["id"]]
		assert Position.read(page.cursor).recent[-1] == notification["id"]

	def test_being_quoted_concerns_us(self, live: Live):
		ours = live.network.post(self.company, "It is coming soon.")
		live.network.post("erika", "They always say that.", quote_of=ours)
		messages = self.driver(live).fetch(self.stream, None, live.since).messages
		assert messages[-1].text == "They always say that." and messages[-1].kind is Kind.MENTION

	def test_a_cursor_that_is_not_ours_is_a_gap(self, live: Live):
		posted = live.mention()
		for cursor in ("{}", "not json", '{"v":1,"at":"1","recent":[]}', '{"v":99,"at":"1","recent":["1"]}'):
			page = self.driver(live).fetch(self.stream, cursor, live.since)
			assert page.gap and ids(page) == [posted]

	def test_ids_that_tell_no_time_are_paged_back(self):
		"""Mastodon numbers its notifications 1, 2, 3 …"""
		items = [self.item(number, "hello") for number in range(100, 0, -1)]
		for age, item in enumerate(items):
			item["created_at"] = (NOW - timedelta(minutes=age)).isoformat()
		with responses.RequestsMock() as mock:
			mock.add_callback(
				responses.GET, ANYWHERE, callback=lambda request: (200, {}, served(items, request))
			)
			page = self.offline().fetch(self.stream, None, (NOW - timedelta(minutes=60)).isoformat())
		assert ids(page)[0] == "40" and len(page.messages) == 40 and page.more and page.gap is None

	def test_a_long_past_is_cut_and_said(self, monkeypatch):
		monkeypatch.setattr("social_service.channels.mastodon.stream.FARTHEST_BACK", 2)
		items = [self.item(number, "hello") for number in range(200, 0, -1)]
		with responses.RequestsMock() as mock:
			mock.add_callback(
				responses.GET, ANYWHERE, callback=lambda request: (200, {}, served(items, request))
			)
			page = self.offline().fetch(self.stream, None, "2020-01-01T00:00:00+00:00")
		assert page.gap.since.year == 2020 and page.gap.until == page.messages[0].sent_at
		assert page.messages and page.more


def served(items: list[dict], request: object) -> str:
	"""As a server pages: newest first below max_id, the next ones above min_id."""
	limit, lowest, highest = (
		int(request.params["limit"]),
		request.params.get("min_id"),
		request.params.get("max_id"),
	)
	found = [one for one in items if not highest or int(one["id"]) < int(highest)]
	if lowest is not None:
		return json.dumps([one for one in found if int(one["id"]) > int(lowest)][-limit:])
	return json.dumps(found[:limit])


# --- ids and cursors --------------------------------------------------------------------------------------------


def test_ids_are_ordered_as_text():
	assert sorted(["9", "10", "100"], key=order) == ["9", "10", "100"]
	early, late = "01HX3T8Q2N5K7M9P1R3S5T7V9W", "01HX3T8R0A1B2C3D4E5F6G7H8J"
	assert order(early) < order(late)


def test_ids_tell_their_time_or_do_not():
	snowflake = str(int(NOW.timestamp() * 1000) << 16)
	hour_ago = NOW - timedelta(hours=1)
	assert id_at(hour_ago, snowflake, NOW) == str(int(hour_ago.timestamp() * 1000) << 16)
	assert id_at(NOW, "34975900", NOW) is None  # a counted notification
	assert id_at(NOW, "abc", NOW) is None
	assert id_at(NOW, snowflake, NOW - timedelta(days=9)) is None  # a number by chance
	ulid, written = (
		"01ARZ3NDEKTSV4RRFFQ69G5FAV",
		datetime.fromtimestamp(1469922850.259, timezone.utc),
	)  # ULID's own example
	assert id_at(written, ulid, written) == "01ARZ3NDEK" + "0" * 16


def test_a_position_goes_on_or_steps_back():
	start = Position.start("100")
	full = start.after(["103", "102", "101"], more=True, overlap=2)
	assert full.at == "103" and full.recent == ("101", "102", "103")
	last = full.after(["104"], more=False, overlap=2)
	assert last.at == "102" and last.recent == ("102", "103", "104")
	assert Position.read(last.text()) == last
