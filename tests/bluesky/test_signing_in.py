"""Signing in at a genuine network: wrong passwords, sessions that end, limits."""

from __future__ import annotations

import pytest

from social_service.channels.errors import AuthFailed, Throttled


def test_the_account_is_told_by_the_network(ours):
	assert (ours.account.external_id, ours.account.handle) == (ours.person.did, ours.person.handle)


def test_a_wrong_app_password_needs_the_owner(ours):
	ours.vault.secrets = {"app_password": "wrong-wron-wron-gone"}
	with pytest.raises(AuthFailed):
		ours.driver().check()


def test_an_app_password_that_was_withdrawn_needs_the_owner(ours):
	ours.person.write("com.atproto.server.revokeAppPassword", name="social_service")
	ours.vault.secrets = {"app_password": ours.vault.get("app_password")}
	with pytest.raises(AuthFailed):
		ours.driver().check()


def test_a_session_is_kept_and_not_begun_for_each_job(ours):
	kept = dict(ours.vault.secrets)
	ours.pages(ours.stream("mentions"))
	assert ours.vault.secrets == kept


def test_a_session_that_ended_is_renewed_by_itself(ours):
	expired = ours.let_the_session_expire()
	assert expired
	ours.pages(ours.stream("mentions"))
	assert not set(expired.values()) & set(ours.vault.secrets.values())


def test_too_many_logins_make_us_wait(ours):
	password = ours.vault.get("app_password")
	while ours.person.may_log_in():
		pass
	ours.vault.secrets = {"app_password": password}
	with pytest.raises(Throttled) as raised:
		ours.driver().check()
	assert 1 <= raised.value.retry_after <= 300
