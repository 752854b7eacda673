"""Listening on a genuine network: what it tells, what it hides, and that nothing is missed or brought twice."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from social_service.records import Kind, Visibility
from tests.bluesky.ours import Ours, ids
from tests.bluesky.people import Person, eventually, the_post

MANY = 230  # three pages, as the network gives at most 100 at once


def test_a_mention_is_told_as_its_author_wrote_it(ours, customer):
	text = f"Grüße 👩‍🔧 @{ours.person.handle}, the drill smokes"
	uri = customer.post(text, mention=ours.person)
	message = ours.received(uri)
	assert (message.text, message.kind, message.visibility) == (text, Kind.MENTION, Visibility.PUBLIC)
	assert (message.author.external_id, message.author.handle) == (customer.did, customer.handle)
	assert message.author.name == "Customer"
	assert message.thread_id == uri and message.is_addressed and not message.is_own
	assert message.language == "en"
	assert abs(message.sent_at - datetime.now(timezone.utc)) < timedelta(minutes=1)
	assert message.url.startswith("https://")


def test_a_plain_handle_notifies_nobody_and_is_found_by_search(ours, customer):
	uri = customer.post(f"I wrote to @{ours.person.handle} and nobody answers")
	sought = [one.key for one in ours.driver().streams() if one.key.startswith("search:")]
	assert any(ours.person.handle in key for key in sought), sought
	found = ours.received(uri, stream=next(key for key in sought if ours.person.handle in key))
	assert found.author.external_id == customer.did
	assert uri not in [one.external_id for one in ours.messages(ours.stream("mentions"))]


def test_every_mention_of_many_pages_comes_exactly_once(ours, customer):
	uris = mentioned(ours, customer, [1 + number / 1000 for number in range(MANY)])
	pages = ours.pages(ours.stream("mentions"))
	assert len(pages) > 2
	assert sorted(ids(pages)) == sorted(uris)


def test_posts_of_the_same_moment_come_once_where_a_page_ends_between_them(ours, customer):
	"""The network pages by the time alone: after a page it goes on with what is older, and skips what is as old."""
	at_once = [70] * 80  # the 61st to the 140th
	uris = mentioned(ours, customer, [*range(1, 61), *at_once, *range(80, 130)])
	assert sorted(ids(ours.pages(ours.stream("mentions")))) == sorted(uris)


def mentioned(ours: Ours, customer: Person, seconds_ago: list[float]) -> list[str]:
	now = datetime.now(timezone.utc)
	text = f"@{ours.person.handle} number"
	posts = [
		the_post(f"{text} {number}", mention=ours.person, at=now - timedelta(seconds=ago))
		for number, ago in enumerate(seconds_ago)
	]
	uris = [
		uri for start in range(0, len(posts), 100) for uri in customer.post_many(posts[start : start + 100])
	]
	eventually(lambda: all(ours.person.sees(uri) for uri in (uris[0], uris[-1])))
	return uris


def test_what_comes_later_is_told_after_the_cursor_and_nothing_before_it(ours, customer):
	first = customer.post(f"@{ours.person.handle} one", mention=ours.person)
	ours.received(first)
	stream = ours.stream("mentions")
	cursor = ours.pages(stream)[-1].cursor
	second = customer.post(f"@{ours.person.handle} two", mention=ours.person)
	eventually(lambda: ours.person.notified_of(second))
	page = ours.driver().fetch(stream, cursor)
	told = [one.external_id for one in page.messages]
	assert second in told
	assert told.count(second) == 1


def test_a_post_with_a_date_of_last_week_is_found_by_the_scan(ours, customer):
	stream = ours.stream("mentions")
	assert stream.scan_days >= 7
	now = customer.post(f"@{ours.person.handle} of today", mention=ours.person)
	ours.received(now)
	last_week = datetime.now(timezone.utc) - timedelta(days=5)
	dated_back = customer.post(f"@{ours.person.handle} of last week", mention=ours.person, at=last_week)
	eventually(lambda: ours.person.notified_of(dated_back))
	found = ours.received(dated_back, days=stream.scan_days)
	assert found.text.endswith("of last week")


def test_a_deleted_post_is_noticed_by_reading_it_again(ours, customer):
	kept = customer.post(f"@{ours.person.handle} kept", mention=ours.person)
	deleted = customer.post(f"@{ours.person.handle} deleted", mention=ours.person)
	ours.received(deleted)
	customer.delete(deleted)
	eventually(lambda: not ours.person.sees(deleted))
	found = ours.driver().get([kept, deleted])
	assert found[deleted] is None
	assert found[kept].text.endswith("kept")


def test_an_edited_post_is_noticed_by_reading_it_again(ours, customer):
	uri = customer.post(f"@{ours.person.handle} the drill", mention=ours.person)
	ours.received(uri)
	customer.edit(uri, f"@{ours.person.handle} the drill of model 12")
	text = eventually(
		lambda: "12" in ours.driver().get([uri])[uri].text and ours.driver().get([uri])[uri].text
	)
	assert text.endswith("model 12")


def test_a_post_hidden_by_a_block_is_not_taken_for_deleted(ours, customer):
	uri = customer.post(f"@{ours.person.handle} hidden", mention=ours.person)
	ours.received(uri)
	customer.block(ours.person)
	eventually(lambda: not ours.person.sees(uri))
	assert uri not in ours.driver().get([uri])


def test_what_was_said_before_is_read_oldest_first(ours, customer, other):
	first = other.post("My drill smokes")
	second = customer.post("Mine too", reply=customer.to(first))
	third = other.post(f"@{ours.person.handle} listen", mention=ours.person, reply=other.to(second))
	message = ours.received(third)
	assert message.thread_id == first and message.parent_id == second
	before = ours.driver().thread(message)
	assert [one.external_id for one in before] == [first, second]


def test_what_is_left_of_the_rate_limit_is_told_with_each_page(ours):
	(page,) = ours.pages(ours.stream("mentions"))
	assert 0 < page.rate.remaining < 3000
	assert timedelta() < page.rate.resets_at - datetime.now(timezone.utc) <= timedelta(minutes=5)
