"""The contract, and what is a feed's own: windows, conditions, dates, people, comments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timezone

import pytest
import responses

from social_service.channels.base import Stream
from social_service.channels.errors import NotSupported, PayloadInvalid, Rejected, Unavailable
from social_service.records import Account, Kind, Page
from social_service.rehearsal.network import Network
from tests.channels.rss_kit import FEED, HOST, RssKit, feed, item, key, payload
from tests.kit.channel_contract import ChannelContract, ids
from tests.kit.driving import NOW, Live

SINCE = "2026-05-04T00:00:00+00:00"
BLOG = "https://blog.example/feed/"
COMMENTS = "https://blog.example/2026/05/saege/feed/"


class TestRss(RssKit, ChannelContract):
	@pytest.fixture(scope="class")
	def process(self) -> Iterator[Network]:
		with Network(self.network_module, NOW) as network:
			network.add_person("erika", "Erika Baumann")
			yield network

	def test_fields_that_we_do_not_know_change_nothing(self):
		(plain,) = self.page_of([item(1001, "hello")]).messages
		(new,) = self.page_of([item(1001, "hello", of_tomorrow="<a><b>1</b></a>")]).messages
		assert (new.external_id, new.text, new.author) == (plain.external_id, plain.text, plain.author)
		assert replace(new, raw={}) == replace(plain, raw={})

	# --- settings -------------------------------------------------------------------------------------------

	def test_each_feed_is_a_stream_that_does_not_show_its_token(self):
		driver = self._of(f"{BLOG}?token=geheim", " feed://forum.example/latest.rss ", "", BLOG)
		streams = driver.streams()
		feeds = [one.label for one in streams if one.key.startswith("feed:")]
		assert feeds == ["blog.example/feed", "forum.example/latest.rss", "blog.example/feed"]
		assert "geheim" not in repr(streams) and len({one.key for one in streams}) == 6
		assert {one.bucket for one in streams} == {"blog.example", "forum.example"}

	@responses.activate
	def test_one_broken_address_does_not_stop_the_others(self):
		responses.get("https://broken.example/", status=500, body="")
		responses.get(BLOG, body=payload("wordpress.rss"))
		driver = self._of("broken.example/", BLOG)
		account = driver.check()
		assert (account.handle, account.name, account.url) == (
			"blog.example",
			"Jonas baut",
			"https://blog.example",
		)
		broken, _comments, good, *_rest = driver.streams()
		with pytest.raises(Unavailable):
			driver.fetch(broken, None, SINCE)
		assert len(driver.fetch(good, None, SINCE).messages) == 1

	@responses.activate
	def test_check_says_what_is_wrong_with_the_first_if_none_answers(self):
		responses.get("https://a.example/", body="<html><body>welcome</body></html>")
		responses.get("https://b.example/", status=404)
		with pytest.raises(PayloadInvalid) as raised:
			self._of("https://a.example/", "https://b.example/").check()
		assert "a.example" in str(raised.value) and "RSS or Atom" in str(raised.value)

	def test_an_address_is_needed(self):
		for address, reason in (("", "no feed"), ("ftp://a.example/feed", "bad address")):
			with pytest.raises(Rejected) as raised:
				self._of(address).check()
			assert raised.value.reason == reason

	def test_a_feed_that_is_not_in_the_settings(self):
		for name in ("feed:000000000000", "likes:1"):
			with pytest.raises(NotSupported):
				self.offline().fetch(Stream(name), None, SINCE)

	@responses.activate
	def test_only_entries_with_the_keywords_are_brought(self):
		bodies = ("my Drill smokes", "the drilling", "a cordless\n saw", "weather")
		responses.get(FEED, body=feed(*(item(number, body) for number, body in enumerate(bodies))))
		driver = self._of(FEED, keywords="drill\n cordless  saw \n\n")
		page = driver.fetch(self.stream, None, SINCE)
		assert {one.text for one in page.messages} == {"my Drill smokes", "a cordless\n saw"}

	def test_nobody_can_answer_a_feed(self):
		(message,) = self.page_of([item(1, "hello")]).messages
		permission = self.offline().may_reply(message)
		assert not permission.allowed and "Open the post" in str(permission.reason)
		assert not self.offline().measure("hello").fits
		for call in (self.offline().send, self.offline().reconcile):
			with pytest.raises(NotSupported):
				call(self.reply())

	# --- the window -----------------------------------------------------------------------------------------

	@responses.activate
	def test_what_did_not_change_is_not_sent_again(self):
		headers = {"ETag": 'W/"7"', "Last-Modified": DATE}
		responses.get(FEED, body=feed(item(1, "one")), headers=headers)
		asked = responses.get(FEED, status=304)
		page = self._fetch(None)
		after = self._fetch(page.cursor)
		sent = asked.calls[0].request.headers
		assert (sent["If-None-Match"], sent["If-Modified-Since"]) == ('W/"7"', DATE)
		assert (ids(after), after.cursor, after.more) == ([], page.cursor, False)

	def test_a_network_that_answers_304(self, live: Live):
		driver = self.channel_class(
			replace(
				self.connection(live.network.url, live.account, internal=["127.0.0.1"]),
				options={"feeds": f"{live.network.url}/atom.xml"},
			)
		)
		stream = Stream(f"feed:{key(f'{live.network.url}/atom.xml')}")
		first = live.mention("it smokes")
		page = driver.fetch(stream, None, live.since)
		assert ids(page) == [first] and ids(driver.fetch(stream, page.cursor)) == []
		live.network.set_clock(live.now.replace(minute=30))
		live.network.edit(first, "it burns")
		edited = driver.fetch(stream, page.cursor)
		(message,) = edited.messages
		assert (message.external_id, message.text) == (first, "it burns")
		assert message.edited_at == live.now.replace(minute=30) and message.sent_at == live.now

	def test_an_entry_comes_once_even_if_it_leaves_the_window_and_returns(self):
		pages = ([1, 2], [2, 3], [1, 3], [4, 3, 3], [4])
		seen = self._over(*(feed(*(item(number, f"n{number}") for number in window)) for window in pages))
		numbers = [one.removeprefix(f"{HOST}:") for page in seen for one in ids(page)]
		assert sorted(numbers) == ["1", "2", "3", "4"]
		assert not any(page.gap for page in seen)

	def test_a_window_in_which_nothing_is_known_is_a_gap(self):
		early, late = "Mon, 04 May 2026 07:00:00 GMT", "Mon, 04 May 2026 09:00:00 GMT"
		first, second = self._over(
			feed(item(1, "a")), feed(item(3, "c", pubDate=late), item(2, "b", pubDate=early))
		)
		assert first.gap is None and second.gap
		assert (second.gap.since, second.gap.until) == (first.messages[0].sent_at, second.messages[0].sent_at)
		assert ids(second) == [f"{HOST}:3"], "what is older than all we knew has only got a new number"

	def test_a_cursor_that_is_not_ours_is_a_gap(self):
		for cursor in ("?", '{"v": 9}', "[]"):
			with self.answering("GET", 200, feed(item(1, "a"))):
				page = self.offline().fetch(self.stream, cursor)
			assert page.gap and len(page.messages) == 1, cursor

	# --- entries --------------------------------------------------------------------------------------------

	def test_an_entry_without_a_date_has_that_of_the_answer(self):
		first, second = self._over(
			feed(item(1, "old", pubDate="")),
			feed(item(2, "new", pubDate=""), item(1, "old", pubDate="")),
			date=DATE,
		)
		assert ids(first) == [], "nobody knows how old it is"
		assert [(one.text, one.sent_at) for one in second.messages] == [("new", NOW)]

	def test_a_date_far_in_the_future_is_not_believed(self):
		(page,) = self._over(feed(item(1, "x", pubDate="Fri, 01 Jan 2094 00:00:00 GMT")), date=DATE)
		assert page.messages[0].sent_at == NOW

	def test_reddit(self):
		(message,) = self._only(payload("reddit.atom"))
		assert message.external_id == f"{HOST}:t3_1abcde"
		assert message.text == "My Heimwerk drill smokes\n\nAnybody else? It just smokes & stops."
		author = message.author
		assert (author.handle, author.name) == ("erika_b", "/u/erika_b")
		assert author.external_id == author.url == "https://www.reddit.example/user/erika_b"
		assert message.media == ("https://preview.reddit.example/drill.jpg",)
		assert message.url.endswith("/my_drill_smokes/") and message.edited_at is None
		assert message.sent_at == datetime(2026, 5, 4, 7, 58, 12, tzinfo=timezone.utc)

	def test_wordpress(self):
		(message,) = self._only(payload("wordpress.rss"))
		assert message.external_id == message.thread_id == "https://blog.example/?p=77"
		assert message.text.startswith("Die neue Säge von Heimwerk\n\nSie ist laut.\n\nMehr hier")
		assert (message.language, message.kind, message.is_addressed) == ("de", Kind.POST, False)
		assert message.author.external_id == f"{HOST}:jonas"

	@pytest.mark.parametrize(
		("told", "external_id", "name"),
		[
			("erika@mail.example (Erika Baumann)", f"{HOST}:erika baumann", "Erika Baumann"),
			("Erika BAUMANN", f"{HOST}:erika baumann", "Erika BAUMANN"),
			("erika@mail.example", None, HOST),
			("Erika (Support)", f"{HOST}:erika (support)", "Erika (Support)"),
			("", HOST, HOST),
		],
	)
	def test_people_have_an_id_that_stays_and_no_mail_address(self, told: str, external_id: str, name: str):
		(message,) = self._only(feed(item(1, "x", author=told)))
		assert message.author.name == name and "mail.example" not in repr(message)
		assert external_id is None or message.author.external_id == external_id

	def test_ids_are_as_long_as_they_may_be_and_stay(self):
		long = f"https://{HOST}/" + "a" * 300
		cases = (
			("t1", {}),
			(long, {}),
			("", {"link": "https://x.example/1"}),
			("", {"link": "", "title": "T"}),
		)
		found = {}
		for guid, changes in cases:
			for _time in range(2):
				(message,) = self._only(feed(item(1, "x", guid=guid, **changes)))
				found.setdefault((guid, str(changes)), set()).add(message.external_id)
		assert all(len(one) == 1 and len(next(iter(one))) <= 120 for one in found.values())
		assert len(set.union(*found.values())) == len(cases)

	# ---------------------------------------------------------------------------------------------------------

	def _of(self, *feeds: str, account: Account | None = None, **options: str):
		connection = self.connection(f"https://{HOST}", account)
		return self.channel_class(replace(connection, options={"feeds": "\n".join(feeds), **options}))

	def _fetch(self, cursor: str | None) -> Page:
		return self.offline().fetch(self.stream, cursor, SINCE)

	def _over(self, *bodies: str, date: str = "") -> list[Page]:
		"""One poll after the other."""
		pages, cursor = [], None
		for body in bodies:
			with self.answering("GET", 200, body, {"Date": date} if date else {}):
				pages.append(self.offline().fetch(self.stream, cursor, SINCE))
			cursor = pages[-1].cursor
		return pages

	def _only(self, body: str) -> tuple:
		(page,) = self._over(body)
		return page.messages


DATE = "Mon, 04 May 2026 08:00:00 GMT"
