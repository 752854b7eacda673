"""Webhook calls of every driver that is pushed to: again, in any order, and all at once."""

from __future__ import annotations

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from social_service import listen, ticket
from social_service.hosts.embedded import EmbeddedHost
from social_service.ledger import Duty
from social_service.listen import push
from tests.kit.driving import Live
from tests.kit.receive_contract import ReceiveContract
from tests.pains.every_channel import ASKS, HERE, Pain, Place, for_every_channel

TIMES = 5
ATTEMPTS = 3
HOOK = {"url": "https://desk.example/hook"}
SHAPE = {
	"tabSocial Message": "external_id, thread_id, text, author_id, handle, sent_at_ms, edited_at_ms, deleted_at_ms, fate, "
	"visibility, is_own, parent_id, revision",
	"tabSocial Payload": "external_id, raw",
	"tabSocial Profile": "external_id, handle",
	"tabSocial Conversation": "thread_id, visibility, first_post_at_ms, last_customer_at_ms",
	"tabSocial Stream": "stream_key, duty",
	"ticket": "subject, raised_by, started_ms, handle",
	"ticket_message": "text, sent_ms, sender",
	"note": "text",
}
# what people see, when an edit may come before the post that it changes
SEEN = {
	"tabSocial Message": "external_id, thread_id, text, author_id, fate, is_own",
	"ticket": "subject, raised_by, started_ms, handle",
}


def shape(place: Place, wanted: dict[str, str] = SHAPE) -> dict[str, list[tuple]]:
	return {
		table: sorted(place.table(f"SELECT {columns} FROM `{table}`"), key=repr)
		for table, columns in wanted.items()
	}


class Pushed(Pain):
	@pytest.fixture
	def hooked(self, live: Live) -> Iterator[None]:
		"""Telegram pushes only after it was told where to."""
		if hasattr(self, "set_webhook"):
			self.set_webhook(live, **HOOK, secret_token=self.secrets["webhook_secret"])
		yield
		if hasattr(self, "set_webhook"):
			self.set_webhook(live)

	@pytest.fixture
	def again(self, place: Place, hooked: None, tmp_path: Path) -> Iterator[Place]:
		"""Another desk, to which the calls come again and again."""
		again = Place(self, place.live, tmp_path / "again.sqlite")
		yield again
		again.host.close()

	def test_pain_19_every_call_five_times_in_any_order_makes_the_same_database(
		self, place: Place, again: Place
	):
		people = place.people(3)
		for number in range(6):
			place.says(f"{ASKS} {number}", by=people[number % 3])
		calls = place.new_calls()
		assert len(calls) >= 6
		often = calls * TIMES
		random.Random(19).shuffle(often)
		for one, told in ((place, calls), (again, often)):
			one.deliver(told)
		for one in (place, again):
			one.work(Duty.ONCE, Duty.POLL)
		place.forward(seconds=31)
		for one in (place, again):
			one.work(Duty.DECIDE)
		assert shape(again) == shape(place)
		assert len(place.tickets()) >= 3

	def test_pain_19_an_edit_that_comes_before_its_post_is_not_lost(self, place: Place, again: Place):
		posts = [place.says(f"{ASKS} {number}") for number in range(3)]
		place.forward(seconds=5)
		place.network.edit(posts[0], f"@{place.kit.company} {ASKS} It is number 4711.")
		calls = place.new_calls()
		for one, told in ((place, calls), (again, [*reversed(calls), *calls])):
			one.deliver(told)
		for one in (place, again):
			one.work(Duty.ONCE, Duty.POLL)
		place.forward(seconds=31)
		for one in (place, again):
			one.work(Duty.DECIDE)
		assert shape(again, SEEN) == shape(place, SEEN)

	def test_pain_18_twenty_calls_at_once_are_one_ticket_for_each_thread(self, place: Place, hooked: None):
		for attempt in range(ATTEMPTS):
			(person,) = place.people(1)
			posts = [place.says(f"{ASKS} {attempt}.{number}", by=person) for number in range(20)]
			calls = place.new_calls()
			with ThreadPoolExecutor(len(calls)) as pool:
				list(pool.map(lambda call: arrives(place, call), calls))
			place.work(Duty.ONCE, Duty.POLL)
			place.forward(seconds=31)
			place.work(Duty.DECIDE)
			found = [place.message(post) for post in posts]
			assert all(found)
			threads = {one.thread_id for one in found}
			assert len({one.ticket for one in found}) == len(threads)
			texts = place.table("SELECT text FROM ticket_message WHERE text LIKE ?", f"%{ASKS} {attempt}.%")
			assert len(texts) == 20


def arrives(place: Place, call: dict) -> None:
	"""As the door does it: a connection of its own, then a worker decides."""
	host = EmbeddedHost(place.path, allow_internal=HERE)
	try:
		push.receive(host, place.channel.name, call["body"].encode(), call["headers"], place.clock)
		for row in listen.due(host, place.clock):
			if row.duty is Duty.DECIDE:
				ticket.decide(host, row.name, place.clock)
	finally:
		host.close()


for_every_channel(globals(), Pushed, lambda one: issubclass(one, ReceiveContract))
