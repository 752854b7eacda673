"""What people edit and delete, on every network: by its events, by the sweep alone, and with the figures left as they were."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from social_service.ledger import SocialMessage
from social_service.measure import Asked, By, measure
from social_service.records import Fate, ReplyState
from social_service.sentence import Refused
from tests.kit.driving import Live
from tests.pains.every_channel import Pain, Place, for_every_channel

SECRET = "my address is Lindenweg 7"
UTC = ZoneInfo("UTC")


class Changes(Pain):
	@pytest.fixture(params=["events", "the sweep alone"])
	def events(self, request: pytest.FixtureRequest) -> bool:
		if request.param == "events" and not self.channel_class.capabilities.push:
			pytest.skip("not supported: being pushed to")
		return request.param == "events"

	@pytest.fixture
	def hooked(self, live: Live, events: bool) -> Iterator[None]:
		"""Telegram pushes only after it was told where to, and then tells nothing to who asks."""
		needed = events and hasattr(self, "set_webhook")
		if needed:
			secret = self.secrets["webhook_secret"]
			self.set_webhook(live, url="https://desk.example/hook", secret_token=secret)
		yield
		if needed:
			self.set_webhook(live)

	def asked(self, place: Place, events: bool) -> SocialMessage:
		post = place.says(f"Where is my refund? Please help, {SECRET}!")
		self.passes(place, events)
		message = place.message(post)
		assert message.ticket, message.fate_reason
		return message

	def passes(self, place: Place, events: bool) -> None:
		"""Long enough for the sweep."""
		calls = place.new_calls()
		if events:
			place.deliver(calls)
		for hours in (0.2, 0.7, 6.2):
			place.round(hours=hours)

	def test_pain_23_what_is_deleted_is_marked_and_the_figures_stay(
		self, place: Place, hooked: None, events: bool
	):
		asked, can = self.asked(place, events), self.channel_class.capabilities
		before = figures(place)
		place.network.delete(asked.external_id)
		self.passes(place, events)
		if not can.recheck_minutes and can.reads_single:  # looked for before an answer
			place.reply(asked.ticket, "We are looking into it.")
			place.publish(minutes=1)
			assert place.replies()[0].state is ReplyState.FAILED
			assert not place.published(asked)
		after = place.message(asked.external_id)
		if not self.is_told_of(events):
			pytest.skip("not supported: being told of deletions")
		assert after.deleted_at and after.fate is Fate.OPENED
		assert figures(place) == before
		with pytest.raises(Refused, match="deleted"):
			place.reply(asked.ticket, "Are you still there?")
		assert (SECRET in everything(place)) is not can.forgets_deleted

	def is_told_of(self, events: bool) -> bool:
		can = self.channel_class.capabilities
		return can.reads_single or (events and can.push and self.channel_class.code != "telegram")

	def test_pain_23_an_edit_never_wipes_the_text(self, place: Place, hooked: None, events: bool):
		asked = self.asked(place, events)
		new = f"@{self.company} Where is my refund? It is number 4711, please help!"
		try:
			place.network.edit(asked.external_id, new)
		except Exception as refused:
			pytest.skip(f"not supported: editing ({type(refused).__name__})")
		place.forward(seconds=1)
		self.passes(place, events)
		after = place.message(asked.external_id)
		assert after.text.endswith((new, f"{SECRET}!"))
		if after.text != asked.text:  # else the network does not tell
			assert after.revision == 1 and after.ticket == asked.ticket
			kept = place.table("SELECT raw FROM `tabSocial Payload`")
			assert len(kept) == 2
			assert any(
				"4711" in text and "edited" in text for (text,) in place.table("SELECT text FROM note")
			)


def figures(place: Place) -> tuple:
	day = place.clock().date()
	asked = Asked(day - timedelta(days=3), day + timedelta(days=3), UTC, By.CHANNEL)
	found = measure(place.host.store, asked, lambda _channel, _visibility: 3600, place.clock()).total()
	return found.posts, found.tickets, found.unanswered


def everything(place: Place) -> str:
	"""All that stands in the database, but what agents wrote."""
	names = [name for (name,) in place.table("SELECT name FROM sqlite_master WHERE type = 'table'")]
	return "\n".join(str(place.table(f"SELECT * FROM `{name}`")) for name in names)


for_every_channel(globals(), Changes)
