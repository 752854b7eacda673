"""A channel's account: known after one check, its tokens renewed by one worker only."""

from __future__ import annotations

import pytest

from social_service import account
from social_service.channels.errors import Rejected, Unavailable


def test_a_check_is_kept_and_the_driver_knows_its_account(desk):
	assert account.connect(desk.host, desk.channel, desk.clock).account.handle == "company"
	calls = len(desk.world.calls)
	account.ready(desk.host, desk.channel, desk.clock)
	assert len(desk.world.calls) == calls


def test_the_day_of_connection_stays_when_checked_again(desk):
	first = account.connected_at(desk.host, desk.channel.name)
	desk.clock.forward(days=3)
	account.check(desk.host, desk.channel.name, desk.clock)
	assert account.connected_at(desk.host, desk.channel.name) == first


def test_a_renewed_token_is_kept_before_it_is_used_and_only_once(desk):
	vault = account.ChannelVault(desk.host, desk.channel.name, desk.clock)
	vault.renew("access_token", "s3cret-t0ken", lambda: {"access_token": "new", "refresh_token": "next"})
	assert (vault.get("access_token"), vault.get("refresh_token")) == ("new", "next")
	vault.renew("access_token", "s3cret-t0ken", lambda: pytest.fail("somebody was faster"))
	assert vault.get("access_token") == "new"


def test_while_one_worker_renews_the_other_waits(desk):
	vault = account.ChannelVault(desk.host, desk.channel.name, desk.clock)
	row = account.account_row(desk.host, desk.channel.name)
	desk.host.store.claim(row, seconds=90, now=desk.clock())
	with pytest.raises(Unavailable, match="renewing"):
		vault.renew("access_token", "s3cret-t0ken", dict)


def test_an_exchange_that_fails_frees_the_lock_and_keeps_the_old(desk):
	vault = account.ChannelVault(desk.host, desk.channel.name, desk.clock)

	def refused():
		raise Unavailable("down")

	for _attempt in range(2):
		with pytest.raises(Unavailable, match="down"):
			vault.renew("access_token", "s3cret-t0ken", refused)
	assert vault.get("access_token") == "s3cret-t0ken"


def test_a_secret_is_in_no_repr(desk):
	driver = account.connect(desk.host, desk.channel, desk.clock)
	for thing in (driver, driver.connection, driver.connection.vault, desk.channel, desk.host):
		assert "s3cret" not in repr(thing)


def test_an_unknown_network_is_a_sentence(desk):
	channel = desk.channel.__class__(title="Old", driver="vine", name="x")
	with pytest.raises(Rejected, match="There is no network called vine"):
		account.connect(desk.host, channel, desk.clock)


def test_the_account_is_asked_again_after_a_day_and_after_new_credentials(desk):
	calls = desk.world.calls.count("check")
	desk.clock.forward(hours=25)
	account.ready(desk.host, desk.channel, desk.clock)
	assert desk.world.calls.count("check") == calls + 1
	first = account.connected_at(desk.host, desk.channel.name)
	account.forget(desk.host, desk.channel.name)
	assert account.ready(desk.host, desk.channel, desk.clock).account.handle == "company"
	assert desk.world.calls.count("check") == calls + 2
	assert account.connected_at(desk.host, desk.channel.name) == first
