"""Channel view: what an admin sees of a connected account, and what the form asks for."""

from __future__ import annotations

import pytest

from social_service import channel_view
from social_service.channels import drivers
from social_service.channels.errors import Unavailable
from social_service.ledger import Duty, SocialMessage
from social_service.records import Account
from social_service.sentence import _
from tests.kit.memory_channel import Memory


def health(desk):
	return channel_view.health(desk.host, desk.channel.name, desk.clock)


def test_the_form_asks_for_what_each_driver_names(world):
	asked = {one.code: [field.key for field in one.fields] for one in channel_view.networks()}
	assert asked == {code: [one.key for one in driver.settings] for code, driver in drivers().items()}
	assert asked["memory"] == ["access_token"]


def test_a_check_says_whose_account_it_is(desk):
	checked = channel_view.check(desk.host, desk.channel.name, desk.clock)
	assert (checked.account.handle, checked.problem) == ("company", None)


def test_a_check_says_what_is_missing(desk, monkeypatch):
	monkeypatch.setattr(Memory, "check", lambda _self: Account("me", "company", missing=("dm.read",)))
	assert "dm.read" in str(channel_view.check(desk.host, desk.channel.name, desk.clock).problem)


def test_a_check_that_fails_says_why(desk):
	desk.world.faults["check"] = [Unavailable(_("It is down."))]
	assert str(channel_view.check(desk.host, desk.channel.name, desk.clock).problem) == "It is down."


@pytest.mark.parametrize(("failures", "color"), [(0, "green"), (1, "orange"), (2, "orange"), (3, "red")])
def test_a_channel_is_as_well_as_its_worst_stream(desk, failures, color):
	desk.world.post(1, "Where is my refund?")
	desk.world.faults["fetch"] = [Unavailable(_("It is down."))] * failures
	for _round in range(failures or 1):
		desk.round(hours=2)
	assert health(desk).color == color
	assert channel_view.colors(desk.host) == {desk.channel.name: color}
	(stream,) = [one for one in health(desk).streams if one.label.text == "Mentions"]
	assert (stream.failures, stream.color) == (failures, color)
	assert ("It is down." in stream.last_error) == bool(failures)


def test_a_channel_that_was_never_read_or_is_paused_is_grey(desk):
	assert health(desk).color == "grey"
	desk.round()
	desk.host.store.change(desk.channel, enabled=False)
	assert channel_view.colors(desk.host) == {}


def test_health_counts_what_waits_and_what_it_cost(desk):
	desk.world.post(1, "Where is my refund?")
	desk.listen()
	assert health(desk).undecided == desk.host.store.tally(SocialMessage, (), {"fate": None})[()] == 1
	desk.decide()
	spent = health(desk).cost_micros
	desk.reply("1", "Hello Maria")
	desk.publish()
	assert health(desk).cost_micros == spent + 15_000
	assert Duty.DECIDE not in {one.label for one in health(desk).streams}


def test_a_preview_stores_nothing(desk):
	desk.world.post(1, "Where is my refund?")
	seen = channel_view.preview(desk.host, desk.channel.name, desk.clock)
	assert [(one.text, str(one.fate)) for one in seen.posts] == [("Where is my refund?", "Opens a ticket")]
	assert desk.host.store.tally(SocialMessage, (), {}) in ({}, {(): 0})


def test_the_cost_is_that_of_the_month(desk):
	desk.world.post(1, "Where is my refund?")
	desk.round()
	reading = health(desk).cost_micros
	assert reading >= 1000
	desk.reply("1", "It is on its way.")
	desk.publish(minutes=1)
	assert health(desk).cost_micros == reading + 15_000
	desk.clock.now = desk.clock.now.replace(month=4, day=1)
	assert health(desk).cost_micros == 0
	desk.listen()
	assert 0 < health(desk).cost_micros <= reading
