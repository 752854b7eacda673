"""Pages and cursors: late, dated back, at the same moment, deleted on the way, farther back than a search leads."""

from __future__ import annotations

from datetime import timedelta

import pytest
import responses

from social_service.channels.base import Stream
from social_service.channels.bluesky.cursor import OVERLAP, REMEMBERED, Item, Position, milliseconds
from social_service.channels.errors import Rejected
from social_service.channels.reading import moment
from social_service.records import Kind, Page
from tests.channels.bluesky_kit import ERIKA, BlueskyKit, payload, xrpc
from tests.kit.driving import CUSTOMER, NOW, Live, ids

HANDLE, OWN_ANSWERS, DRILL, TAG = (
	Stream("search:@heimwerk.example"),
	Stream("own"),
	Stream("search:drill"),
	Stream("hashtag:heimwerk"),
)
LISTED = xrpc("app.bsky.notification.listNotifications")
SEARCHED = xrpc("app.bsky.feed.searchPosts")


class TestBlueskyStreams(BlueskyKit):
	def read(
		self, live: Live, stream: Stream, cursor: str | None = None, since: str | None = None
	) -> list[Page]:
		pages = [self.driver(live).fetch(stream, cursor, since or live.since)]
		while pages[-1].more:
			pages.append(self.driver(live).fetch(stream, pages[-1].cursor))
		return pages

	def found(self, live: Live, stream: Stream, **more) -> list[str]:
		return [one for page in self.read(live, stream, **more) for one in ids(page)]

	def test_posts_of_one_moment_are_not_cut_off_at_the_end_of_a_page(self, live: Live):
		"""The network pages by time alone."""
		posted = [live.network.post(CUSTOMER, f"@{self.company} {number}") for number in range(98)]
		live.now += timedelta(seconds=1)
		live.network.set_clock(live.now)
		posted += [live.network.post(CUSTOMER, f"@{self.company} again {number}") for number in range(90)]
		assert sorted(self.found(live, self.stream)) == sorted(posted)

	def test_a_whole_page_of_one_moment_does_not_go_in_circles(self, live: Live):
		for number in range(230):
			live.network.post(CUSTOMER, f"@{self.company} {number}")
		assert len(self.read(live, self.stream)) <= 4

	def test_what_comes_in_late_is_found(self, live: Live):
		"""Sorted by the time it claims, it stands below what we know."""
		first = live.mention("first")
		cursor = self.read(live, self.stream)[-1].cursor
		claimed = (live.now - timedelta(seconds=30)).isoformat()
		late = live.network.post(CUSTOMER, f"@{self.company} late", at=claimed)
		assert first not in (new := self.found(live, self.stream, cursor=cursor)) and new == [late]

	def test_what_is_dated_back_is_found_by_the_scan(self, live: Live):
		live.mention("first")
		cursor = self.read(live, self.stream)[-1].cursor
		for day in range(130):
			live.network.post(CUSTOMER, f"@{self.company} {day}")
		dated_back = live.network.post(
			CUSTOMER, f"@{self.company} old", at=(live.now - timedelta(days=3)).isoformat()
		)
		assert dated_back not in self.found(live, self.stream, cursor=cursor)
		since = (live.now - timedelta(days=self.offline().streams()[0].scan_days)).isoformat()
		assert dated_back in self.found(live, self.stream, since=since)

	def test_one_post_that_is_dated_back_does_not_end_the_round(self):
		with responses.RequestsMock() as mock:
			listed = [self.item(1300 - number, "x") for number in range(100)]
			listed[-1]["record"]["createdAt"] = listed[-1]["indexedAt"] = "2020-01-01T00:00:00.000Z"
			mock.get(LISTED, json={"notifications": listed, "cursor": "2026-05-04T08:03:20.000Z"})
			page = self.offline().fetch(self.stream, None, NOW.isoformat())
		assert page.more and len(page.messages) == 99

	def test_a_date_in_the_future_is_the_moment_in_which_it_came(self, live: Live):
		posted = live.network.post(
			CUSTOMER, f"@{self.company} soon", at=(live.now + timedelta(days=90)).isoformat()
		)
		(message,) = self.driver(live).fetch(self.stream, None, live.since).messages
		assert (message.external_id, message.sent_at) == (posted, live.now)

	def test_a_quiet_stream_asks_once_and_brings_nothing_again(self, live: Live):
		for number in range(120):
			live.mention(str(number))
		live.now += timedelta(minutes=15)
		live.mention("the last one")
		(*_pages, last) = self.read(live, self.stream, since=(live.now - timedelta(hours=1)).isoformat())
		assert [ids(page) for page in self.read(live, self.stream, cursor=last.cursor)] == [[]]

	def test_a_handle_typed_by_hand_is_found(self, live: Live):
		typed = live.network.post(CUSTOMER, f"hey @{self.company}, answer!", plain="1")
		live.network.post(CUSTOMER, f"www.{self.company} is down", plain="1")
		assert self.found(live, self.stream) == []
		(page,) = self.read(live, HANDLE)
		assert ids(page) == [typed] and page.messages[0].is_addressed

	def test_keywords_and_tags(self, live: Live):
		one = live.network.post(CUSTOMER, "my Drill smokes")
		live.network.post(CUSTOMER, "drillmaster")
		two = live.network.post(CUSTOMER, "a new drill, and how! #Heimwerk")
		assert self.found(live, DRILL) == [one, two]
		assert self.found(live, TAG) == [two]

	def test_what_is_posted_while_we_page_through_a_search_shifts_it_and_nothing_is_lost(self, live: Live):
		posted = [live.network.post(CUSTOMER, f"drill {number}") for number in range(150)]
		first = self.driver(live).fetch(DRILL, None, live.since)
		late = [live.network.post(CUSTOMER, f"drill late {number}") for number in range(30)]
		rest = self.read(live, DRILL, cursor=first.cursor)
		read = [*ids(first), *(one for page in rest for one in ids(page))]
		assert sorted(read) == sorted(posted), "none twice, none missed"
		assert sorted(self.found(live, DRILL, cursor=rest[-1].cursor)) == sorted(late)

	def test_what_is_deleted_on_the_way_stops_nothing(self, live: Live):
		posted = [live.mention(str(number)) for number in range(150)]
		first = self.driver(live).fetch(self.stream, None, (live.now - timedelta(hours=1)).isoformat())
		for one in posted[-60:]:
			live.network.delete(one)
		read = [*ids(first), *self.found(live, self.stream, cursor=first.cursor)]
		assert sorted(read) == sorted(posted)

	def test_a_repost_is_no_message(self, live: Live):
		ours = self.driver(live).send(self.answered(self.received(live))).external_id
		live.network.post(CUSTOMER, "", repost_of=ours)
		quoted = live.network.post(CUSTOMER, "they answered!", quote_of=ours)
		new = self.found(live, self.stream)
		assert quoted in new and len(new) == 2

	def test_answers_that_colleagues_gave_in_the_app(self, live: Live):
		posted = live.mention()
		live.network.post(self.company, "Good morning!")
		answered = live.network.post(self.company, "We look into it.", reply_to=posted)
		(page,) = self.read(live, OWN_ANSWERS)
		assert ids(page) == [answered] and page.messages[0].is_own and page.messages[0].parent_id == posted

	@responses.activate
	def test_what_the_account_reposted_is_not_its_own(self):
		told = [{"post": payload("post_view"), "reason": {"$type": "app.bsky.feed.defs#reasonRepost"}}, "?"]
		responses.get(xrpc("app.bsky.feed.getAuthorFeed"), json={"feed": told})
		page = self.offline().fetch(OWN_ANSWERS, None, NOW.isoformat())
		assert (page.messages, page.unreadable) == ((), ())

	@responses.activate
	def test_a_search_that_leads_no_farther_back_says_what_may_be_missing(self):
		found = [self.item(2000 - number, "drill") for number in range(100)]
		responses.get(SEARCHED, json={"posts": found, "cursor": "9900"})
		responses.get(SEARCHED, status=400, json={"error": "InvalidRequest", "message": "bad cursor"})
		first = self.offline().fetch(DRILL, None, NOW.isoformat())
		last = self.offline().fetch(DRILL, first.cursor)
		assert first.more and not last.more
		assert (last.gap.since, last.gap.until) == (NOW, moment(found[-1]["indexedAt"]))
		assert Position.read(last.cursor).mark == milliseconds(moment(found[0]["indexedAt"]))

	@responses.activate
	def test_a_refused_first_page_is_told(self):
		responses.get(SEARCHED, status=400, json={"error": "InvalidRequest", "message": "bad query"})
		with pytest.raises(Rejected):
			self.offline().fetch(DRILL, None, NOW.isoformat())

	@responses.activate
	def test_an_empty_page_in_the_middle_is_not_the_end(self):
		"""The network takes away what a block hides after it has cut the page."""
		responses.get(SEARCHED, json={"posts": [], "cursor": "100"})
		page = self.offline().fetch(DRILL, None, NOW.isoformat())
		assert page.more and page.messages == ()
		responses.get(SEARCHED, json={"posts": [], "cursor": "100"})
		assert not self.offline().fetch(DRILL, page.cursor).more, "the same page again would go in circles"

	@responses.activate
	@pytest.mark.parametrize("cursor", ("?", "{}", '{"v": 9}', '{"v": 1, "mark": "x"}', "[]"))
	def test_a_lost_place_is_a_gap(self, cursor):
		responses.get(LISTED, json={"notifications": [self.item(1001, "x")]})
		page = self.offline().fetch(self.stream, cursor)
		assert page.gap and ids(page) == [self.external_id(1001)]

	def test_what_is_left_of_the_limit_is_told(self, live: Live):
		rate = self.driver(live).fetch(self.stream, None, live.since).rate
		assert 0 < rate.remaining < 3000 and rate.resets_at > live.now

	def test_kinds(self, live: Live):
		ours = self.driver(live).send(self.answered(self.received(live))).external_id
		direct = live.network.post(CUSTOMER, "when?", reply_to=ours)
		aside = live.network.post(CUSTOMER, "me too", reply_to=direct)
		kinds = {one.external_id: one for page in self.read(live, self.stream) for one in page.messages}
		assert (kinds[direct].kind, kinds[direct].is_addressed) == (Kind.MENTION, True)
		assert not kinds[aside].is_addressed, "it answers somebody else, below ours"


class TestPosition:
	def position(self, count: int, step: int = 1000) -> Position:
		items = [Item(f"at://{ERIKA}/{number}", number * step) for number in range(1, count + 1)]
		return Position.start(None).after_page(items, "")

	def test_it_survives_being_written_down(self):
		position = self.position(5).after_page([Item("late", 4321)], "next page")
		assert Position.read(position.text()) == position

	def test_it_remembers_so_many_and_reaches_no_farther_back(self):
		position = self.position(REMEMBERED + 50)
		assert len(position.seen) == REMEMBERED and len(position.text()) < 8000
		assert position.reach == 51_000
		known = position.known
		assert not position.wants(Item("older", 51_000), known) and position.wants(
			Item("newer", 51_001), known
		)

	def test_a_round_goes_back_ten_minutes_and_not_more(self):
		position = self.position(100, step=60_000)
		assert position.floor == 100 * 60_000 - OVERLAP

	def test_the_mark_moves_when_the_round_is_over(self):
		position = self.position(3)
		underway = position.after_page([Item("new", 9000)], "more")
		assert (underway.mark, underway.floor) == (position.mark, position.floor)
		assert underway.after_page([Item("older", 5000)], "").mark == 9000
