"""Comments below the entries of a feed."""

from __future__ import annotations

from dataclasses import replace

import pytest
import responses

from social_service.channels.base import Stream
from social_service.channels.errors import Throttled
from social_service.records import Account, Kind, Page
from tests.channels.rss_kit import HOST, RssKit, feed, item, key, payload
from tests.kit.channel_contract import ids
from tests.kit.driving import Live

SINCE = "2026-05-04T00:00:00+00:00"
BLOG = "https://blog.example/feed/"
COMMENTS = "https://blog.example/2026/05/saege/feed/"


class TestComments(RssKit):
	@responses.activate
	def test_a_feed_without_comments_has_no_stream_for_them(self):
		both = [f"feed:{key(BLOG)}", f"comments:{key(BLOG)}"]
		cases = ((payload("wordpress.rss"), both), (feed(), both), (feed(item(1, "x")), both[:1]))
		for body, keys in cases:
			responses.upsert("GET", BLOG, body=body)
			account = self._of(BLOG).check()
			assert [one.key for one in self._of(BLOG, account=account).streams()] == keys

	@responses.activate
	def test_comments_below_new_entries_are_read_when_their_number_changed(self):
		blog = responses.get(BLOG, body=payload("wordpress.rss"))
		below = responses.get(COMMENTS, body=payload("wordpress_comments.rss"))
		closed = responses.get("https://blog.example/2026/05/alt/feed/", status=404)  # nobody commented there
		page = self._comments(None)
		assert [one.author.name for one in page.messages] == ["Paul", "Erika"]
		first = page.messages[0]
		assert (first.thread_id, first.parent_id) == ("https://blog.example/?p=77",) * 2
		assert (first.kind, first.external_id) == (Kind.COMMENT, "https://blog.example/?p=77#comment-501")
		assert ids(self._comments(page.cursor)) == []
		assert (blog.call_count, below.call_count, closed.call_count) == (2, 1, 0)
		responses.replace("GET", BLOG, body=payload("wordpress.rss").replace("comments>2<", "comments>3<"))
		more = payload("wordpress_comments.rss").replace("#comment-502", "#comment-503")
		responses.replace("GET", COMMENTS, body=more)
		assert ids(self._comments(page.cursor)) == ["https://blog.example/?p=77#comment-503"]

	@responses.activate
	def test_a_feed_of_comments_that_fails_is_asked_again(self):
		responses.get(BLOG, body=payload("wordpress.rss"))
		responses.get("https://blog.example/2026/05/alt/feed/", body=feed())
		responses.get(COMMENTS, status=503, body="")
		page = self._comments(None)
		assert page.messages == () and page.cursor
		responses.replace("GET", COMMENTS, body=payload("wordpress_comments.rss"))
		assert len(self._comments(page.cursor).messages) == 2
		responses.replace("GET", COMMENTS, status=429, body="")
		with pytest.raises(Throttled):
			self._comments(page.cursor)

	@responses.activate
	def test_entries_that_do_not_tell_the_number_are_asked_each_time(self):
		silent = payload("wordpress.rss").replace("slash:comments", "slash:other")
		responses.get(BLOG, body=silent)
		responses.get("https://blog.example/2026/05/alt/feed/", status=404)
		below = responses.get(COMMENTS, body=payload("wordpress_comments.rss"))
		page = self._comments(None)
		assert len(page.messages) == 2 and self._comments(page.cursor).messages == ()
		assert below.call_count == 2

	def test_comments_below_many_old_entries_are_read_in_steps(self, live: Live):
		entries = [live.mention(f"entry {number}") for number in range(25)]
		posted = [live.network.post("erika", "me too", reply_to=entry) for entry in entries]
		stream = next(one for one in self.driver(live).streams() if one.key.startswith("comments:"))
		seen, cursor, more, pages = [], None, True, 0
		while more:
			page = self.driver(live).fetch(stream, cursor, live.since)
			seen, cursor, more, pages = seen + ids(page), page.cursor, page.more, pages + 1
		assert sorted(seen) == sorted(posted) and pages == 3

	def test_comments_of_a_running_site_come_once(self, live: Live):
		entry = live.mention("our new drill")
		posted = [live.network.post("erika", f"it smokes {number}", reply_to=entry) for number in range(3)]
		stream = next(one for one in self.driver(live).streams() if one.key.startswith("comments:"))
		page = self.driver(live).fetch(stream, None, live.since)
		assert sorted(ids(page)) == sorted(posted) and {one.thread_id for one in page.messages} == {entry}
		late = live.network.post("erika", "still", reply_to=posted[0])
		assert ids(self.driver(live).fetch(stream, page.cursor)) == [late]

	def _of(self, *feeds: str, account: Account | None = None, **options: str):
		connection = self.connection(f"https://{HOST}", account)
		return self.channel_class(replace(connection, options={"feeds": "\n".join(feeds), **options}))

	def _comments(self, cursor: str | None) -> Page:
		return self._of(BLOG).fetch(Stream(f"comments:{key(BLOG)}"), cursor, SINCE)
