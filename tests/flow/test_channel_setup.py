"""Channel setup: what the Connect dialog asks for, and how what was typed is sorted."""

from __future__ import annotations

import pytest

from social_service import account, channel_setup, hooks
from social_service.channels import drivers
from social_service.channels.base import Setting
from social_service.ledger import Duty
from social_service.sentence import Refused
from tests.kit.memory_channel import Memory

SETTINGS = (
	Setting("base_url", "Address", required=False, default="https://api.example"),
	Setting("access_token", "Access token", secret=True),
	Setting("client_secret", "Client secret", secret=True, required=False),
	Setting("keywords", "Searches", required=False, lines=True),
	Setting("group", "Group"),
	Setting("spelling", "Spelling", required=False, default="old"),
)


@pytest.fixture
def understand(desk, monkeypatch):
	"""The channel has an access token and a client secret, and knows its group."""
	monkeypatch.setattr(Memory, "settings", SETTINGS)
	desk.host.keep_secrets(desk.channel.name, {"client_secret": "s3cret-cl1ent"})
	desk.host.store.change(desk.channel, more={"group": "acme"}, keywords="refund")

	def understand(afresh: bool = False, **values: str) -> channel_setup.Typed:
		channel = account.the_channel(desk.host, desk.channel.name)
		return channel_setup.understand(desk.host, channel, values, afresh=afresh)

	return understand


def test_the_dialog_asks_for_what_each_driver_names(world):
	asked = {one.code: [field.key for field in one.fields] for one in channel_setup.networks()}
	assert asked == {code: [one.key for one in driver.settings] for code, driver in drivers().items()}
	assert asked["memory"] == ["access_token"]


def test_it_says_of_a_secret_only_that_it_is_there(desk, understand):
	channel = account.the_channel(desk.host, desk.channel.name)
	told = channel_setup.connection(desk.host, channel)
	assert told.values == {"base_url": "", "keywords": "refund", "group": "acme", "spelling": ""}
	assert told.stored == ("access_token", "client_secret")
	assert "s3cret" not in repr(told)


def test_open_settings_go_to_their_fields_or_beside_them_and_secrets_apart(understand):
	typed = understand(access_token=" new\n", keywords=" one\ntwo ", group="other", spelling="new", title="x")
	assert typed.fields == {"base_url": "", "keywords": "one\ntwo"}
	assert typed.more == {"group": "other", "spelling": "new"}
	assert typed.secrets == {"access_token": "new"}
	assert (typed.kept, typed.replaces) == ({"client_secret"}, True)


def test_an_empty_secret_keeps_the_stored_one(understand):
	typed = understand(access_token="", keywords="")
	assert (typed.secrets, typed.replaces) == ({}, False)
	assert typed.fields["keywords"] == ""
	assert typed.more == {"group": "acme"}, "nobody asked for it"


@pytest.mark.parametrize(
	("values", "named"),
	[
		({"afresh": True}, "Access token"),
		({"group": ""}, "Group"),
		({"base_url": "https://other.example"}, "Access token"),
		({"base_url": "https://api.example.evil"}, "Access token"),
	],
)
def test_what_is_missing_is_named(understand, values, named):
	with pytest.raises(Refused, match=named):
		understand(**values)


def test_beginning_afresh_keeps_nothing(understand):
	typed = understand(afresh=True, access_token="new")
	assert (typed.secrets, typed.kept) == ({"access_token": "new"}, frozenset())


@pytest.mark.parametrize("address", ["https://api.example", "https://api.example/", ""])
def test_the_usual_address_is_no_other_address(understand, address):
	assert not understand(base_url=address).replaces


def test_no_stored_secret_goes_to_another_address(understand):
	typed = understand(base_url="https://other.example", access_token="new")
	assert (typed.fields["base_url"], typed.kept) == ("https://other.example", frozenset())


def test_with_other_credentials_nothing_waits_for_what_the_old_ones_met(desk):
	desk.world.post(1, "Where is my refund?")
	desk.round()
	key = {"key": "mentions"}
	row = account.duty_row(desk.host, desk.channel.name, Duty.POLL, **key)
	before = row.next_at
	channel_setup.begin_again(desk.host, desk.channel.name, desk.clock)
	assert account.known_account(desk.host, desk.channel.name) is None
	assert account.duty_row(desk.host, desk.channel.name, Duty.POLL, **key).next_at == before
	desk.host.store.change(row, failures=2)
	channel_setup.begin_again(desk.host, desk.channel.name, desk.clock)
	assert account.duty_row(desk.host, desk.channel.name, Duty.POLL, **key).next_at == desk.clock()


def test_a_network_whose_library_is_missing_stops_no_other(monkeypatch):
	monkeypatch.setitem(hooks.social_channels, "vine", "no_such_library.driver.Vine")
	assert "vine" not in drivers() and "mastodon" in drivers()
	assert {one.code for one in channel_setup.networks()} == set(drivers())
