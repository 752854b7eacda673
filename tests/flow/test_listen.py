"""Listen and intake: nothing lost, nothing doubled, a failure is written where a person looks."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

import pytest

from social_service import listen
from social_service.account import ready
from social_service.channels.base import Stream
from social_service.channels.errors import (
	AuthFailed,
	AuthProblem,
	PayloadInvalid,
	Rejected,
	Throttled,
	Unavailable,
)
from social_service.ledger import Duty, SocialMessage, SocialPayload, SocialStream
from social_service.listen import streams
from social_service.listen.intake import LeaseLost, store_page
from social_service.records import Author, Fate, Page, Unreadable
from social_service.sentence import _
from tests.kit.memory_channel import Memory


def stored(desk) -> list[str]:
	return sorted(
		one.external_id for one in desk.host.store.find(SocialMessage, {}, order="name", limit=1000)
	)


def test_all_pages_are_stored_with_their_raw_bodies_and_the_cursor(desk):
	for number in range(5):
		desk.world.post(number, f"Where is my ticket {number}?")
	desk.clock.forward(minutes=10)
	assert desk.listen() == 5
	assert stored(desk) == ["p0", "p1", "p2", "p3", "p4"]
	assert len(desk.host.store.find(SocialPayload, {}, order="name", limit=10)) == 5
	row = desk.host.store.find(SocialStream, {"duty": Duty.POLL}, order="name", limit=1)[0]
	assert (row.cursor, row.seen, row.stored, row.lease_until) == ("5", 5, 5, None)
	assert row.cost_micros == 3000


def test_a_worker_that_dies_after_any_page_misses_and_repeats_nothing(desk):
	for number in range(7):
		desk.world.post(number, "?")
	for _page in range(4):
		desk.clock.forward(minutes=10)
		row = desk.rows(Duty.POLL)[0]
		leased = desk.host.store.claim(row, seconds=150, now=desk.clock())
		driver = ready(desk.host, desk.channel, desk.clock)
		page = driver.fetch(driver.streams()[0], leased.cursor, None)
		store_page(desk.host, desk.channel, leased, page, desk.clock())  # and here it dies, lease and all
	desk.clock.forward(minutes=10)
	desk.listen()
	assert stored(desk) == [f"p{n}" for n in range(7)]
	assert len(desk.host.store.find(SocialPayload, {}, order="name", limit=100)) == 7


def test_a_page_whose_lease_went_to_another_worker_is_not_stored(desk):
	desk.world.post(1, "?")
	row = desk.rows(Duty.POLL)[0]
	mine = desk.host.store.claim(row, seconds=150, now=desk.clock())
	desk.clock.forward(seconds=200)
	assert desk.host.store.claim(row, seconds=150, now=desk.clock())
	page = Page(tuple(desk.world.posts), "1")
	with pytest.raises(LeaseLost):
		store_page(desk.host, desk.channel, mine, page, desk.clock())
	assert stored(desk) == []


def test_a_leased_stream_is_not_polled_by_a_second_worker(desk):
	row = desk.rows(Duty.POLL)[0]
	desk.host.store.claim(row, seconds=150, now=desk.clock())
	calls = len(desk.world.calls)
	assert listen.poll(desk.host, row.name, desk.clock) == 0
	assert len(desk.world.calls) == calls


@pytest.mark.parametrize(
	("error", "least", "most", "failures"),
	[
		(Unavailable("down"), 100, 150, 1),
		(PayloadInvalid(_("HTML")), 100, 150, 1),
		(Throttled(700), 700, 700, 0),
		(AuthFailed(AuthProblem.REVOKED, _("Connect again.")), 900, 900, 1),
		(Rejected("bad address", _("No address.")), 900, 900, 1),
	],
)
def test_a_failure_is_written_down_with_the_next_time(desk, error, least, most, failures):
	desk.world.faults["fetch"] = [error]
	desk.listen()
	row = desk.host.store.find(SocialStream, {"duty": Duty.POLL}, order="name", limit=1)[0]
	assert least <= (row.next_at - desk.clock()).total_seconds() <= most
	assert (row.failures, row.last_error, row.lease_until) == (failures, str(error), None)


def test_the_responsible_person_hears_of_a_dead_sign_in_once(desk):
	for _round in range(3):
		desk.world.faults["fetch"] = [AuthFailed(AuthProblem.REVOKED, _("Connect the channel again."))]
		desk.clock.forward(hours=2)
		desk.listen()
		listen.watch(desk.host, desk.clock)
	assert desk.table("SELECT whom, text FROM told") == [
		("boss@example.com", "Company: Mentions: Connect the channel again.")
	]


def test_after_a_failure_nothing_is_missed(desk):
	desk.world.post(1, "?")
	desk.world.faults["fetch"] = [Unavailable("down"), Unavailable("down")]
	for _round in range(4):
		desk.clock.forward(hours=1)
		desk.listen()
	assert stored(desk) == ["p1"]
	row = desk.host.store.find(SocialStream, {"duty": Duty.POLL}, order="name", limit=1)[0]
	assert (row.failures, row.last_error) == (0, "")


def test_the_interval_grows_in_silence_and_shrinks_with_news(desk):
	spans = []
	for number in range(12):
		if number == 10:
			desk.world.post(1, "?")
		desk.clock.forward(hours=1)
		desk.listen()
		spans.append(
			desk.host.store.find(SocialStream, {"duty": Duty.POLL}, order="name", limit=1)[0].interval_s
		)
	assert spans[:10] == sorted(spans[:10]) and spans[9] == 900
	assert spans[10] == 450


def test_an_edit_replaces_the_text_and_is_told_in_the_ticket(desk):
	first = desk.world.post(1, "Where is the train?")
	desk.round()
	desk.world.posts.append(
		first.__class__(**{**first.__dict__, "text": "Where is the bus?", "edited_at": desk.clock()})
	)
	desk.round()
	message = desk.message("p1")
	assert (message.text, message.fate) == ("Where is the bus?", Fate.OPENED)
	assert "Where is the bus?" in desk.table("SELECT text FROM note")[0][0]
	assert len(desk.host.store.find(SocialPayload, {}, order="name", limit=10)) == 2


def test_an_edited_post_that_was_only_watched_is_judged_again(desk):
	first = desk.world.post(1, "Thank you, well done")
	desk.round()
	assert desk.fates() == {"p1": "watched"}
	desk.world.posts.append(
		first.__class__(**{**first.__dict__, "text": "Where is my refund?", "edited_at": desk.clock()})
	)
	desk.round()
	assert desk.fates() == {"p1": "opened"}


def test_reading_again_notices_what_was_deleted(desk):
	desk.world.post(1, "Where is my refund?")
	desk.round()
	desk.world.gone.add("p1")
	desk.clock.forward(minutes=31)
	for row in desk.rows(Duty.RECHECK):
		listen.recheck(desk.host, row.name, desk.clock)
	assert desk.message("p1").deleted_at == desk.clock()
	assert "deleted" in desk.table("SELECT text FROM note")[0][0]


def test_one_unreadable_item_is_kept_as_failed_and_stops_nothing(desk, monkeypatch):
	reason = _("The network did not say who wrote this post.")
	page = Page((desk.world.post(1, "?"),), "1", unreadable=(Unreadable("p9", reason, {"author": None}),))
	row = desk.host.store.claim(desk.rows(Duty.POLL)[0], seconds=150, now=desk.clock())
	store_page(desk.host, desk.channel, row, page, desk.clock())
	desk.round(minutes=60)
	assert desk.fates() == {"p1": "opened", "p9": "failed"}
	assert desk.message("p9").fate_reason == str(reason)


def test_awkward_posts_are_kept_as_they_came(desk):
	texts = [
		"<script>alert(1)</script> <5 € ?",
		"🚂🔥",
		"x" * 100_000 + "?",
		"half \ud83d pair?",
		"NUL \x00 ?",
	]
	for number, text in enumerate(texts):
		desk.world.post(number, text)
	desk.clock.forward(minutes=30)
	desk.listen()
	kept = [desk.message(f"p{n}").text for n in range(5)]
	assert kept == [*texts[:3], "half ? pair?", "NUL \x00 ?"]


def test_an_id_too_long_to_keep_becomes_a_failed_message_and_not_another_id(desk):
	long = desk.world.post(1, "?", thread_id="t" * 300)
	desk.world.post(2, "Where is my train?")
	desk.round()
	assert desk.fates() == {"p1": "failed", "p2": "opened"}
	assert "too long" in desk.message(long.external_id).fate_reason


def test_ids_that_differ_in_case_or_a_blank_are_different_posts(desk):
	for number, external_id in enumerate(["AbC", "aBc", "abc ", "äbc", "abc\u200b"]):
		post = desk.world.post(number, "?")
		desk.world.posts[number] = post.__class__(**{**post.__dict__, "external_id": external_id})
	desk.clock.forward(minutes=30)
	assert desk.listen() == 5


def test_names_are_cut_for_display_only(desk):
	desk.world.post(1, "?", author=Author("7", "h" * 300, "n" * 300))
	desk.clock.forward(minutes=30)
	assert desk.listen() == 1
	assert len(desk.message("p1").author_name) == 140


def test_a_disabled_channel_is_left_alone(desk):
	with desk.host.transaction():
		desk.host.store.change(desk.channel, enabled=False)
	assert listen.due(desk.host, desk.clock) == []


def test_a_channel_whose_driver_is_gone_stops_no_other(desk):
	with desk.host.transaction():
		desk.host.store.add(desk.channel.__class__(title="Old", driver="vine"))
	assert [row.channel for row in desk.rows(Duty.POLL)] == [desk.channel.name]


def test_statements_grow_no_faster_than_posts(desk):
	def count(number: int) -> int:
		for _n in range(number):
			desk.world.post(len(desk.world.posts), "Thanks, well done")
		desk.clock.forward(minutes=30)
		before = desk.host.store.statements
		desk.listen()
		desk.decide()
		return desk.host.store.statements - before

	ten, hundred = count(10), count(100)
	assert hundred <= 10 * ten
	assert hundred / 100 <= 12  # statements a watched post may cost, pages of two included


def test_the_oldest_post_is_decided_first_while_pages_arrive(desk):
	desk.world.post(2, "And where is my refund?", thread_id="t", by="maria")
	desk.world.post(1, "Where is my train?", thread_id="t", by="maria")
	desk.round()
	assert desk.fates() == {"p1": "opened", "p2": "joined"}


def test_deciding_waits_while_a_page_is_on_its_way_but_not_for_ever(desk):
	desk.world.post(1, "Where is my train?")
	desk.clock.forward(minutes=30)
	desk.listen()
	row = desk.host.store.find(SocialStream, {"duty": Duty.POLL}, order="name", limit=1)[0]
	with desk.host.transaction():
		desk.host.store.change(row, next_at=desk.clock())
	assert desk.decide() == 0
	desk.clock.now += timedelta(seconds=31)
	assert desk.decide() == 1


def test_a_stream_that_is_added_later_opens_nothing_for_older_posts(desk, monkeypatch):
	desk.round()
	desk.clock.forward(days=30)
	monkeypatch.setattr(Memory, "streams", lambda self: (Stream("mentions"), Stream("search:refund")))
	since = []
	real = Memory.fetch

	def fetch(self, stream, cursor, start=None):
		since.append((stream.key, cursor, start))
		return real(self, stream, cursor, start)

	monkeypatch.setattr(Memory, "fetch", fetch)
	desk.world.post(1, "Where is my refund?", minutes=29 * 24 * 60)
	desk.listen()
	added = next(start for key, cursor, start in since if key == "search:refund" and cursor is None)
	assert added == (desk.clock() - timedelta(hours=24)).isoformat()


def test_reading_again_takes_all_posts_of_recent_tickets(desk, monkeypatch):
	monkeypatch.setattr(import_module("social_service.listen.read_again"), "RECHECK_BATCH", 2)
	for number in range(5):
		desk.world.post(number, "Where is my refund?", by=f"p{number}")
	desk.round()
	desk.world.gone |= {"p0", "p4"}
	desk.clock.forward(minutes=31)
	for row in desk.rows(Duty.RECHECK):
		listen.recheck(desk.host, row.name, desk.clock)
	gone = [
		one.external_id
		for one in desk.host.store.find(SocialMessage, {}, order="external_id", limit=9)
		if one.deleted_at
	]
	assert gone == ["p0", "p4"]


def test_a_driver_that_breaks_silences_no_other_channel(desk, monkeypatch):
	with desk.host.transaction():
		desk.host.store.add(desk.channel.__class__(title="Broken", driver="memory", base_url="broken"))
	real = streams.connect

	def connect(host, channel, clock):
		if channel.base_url == "broken":
			raise ZeroDivisionError
		return real(host, channel, clock)

	monkeypatch.setattr(streams, "connect", connect)
	assert [row.channel for row in desk.rows(Duty.POLL)] == [desk.channel.name]
