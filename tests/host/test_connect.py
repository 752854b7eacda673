"""The Connect dialog's doors: what was typed is sorted into fields and vault, kept secrets are never shown, and the network is asked."""

from __future__ import annotations

import json

import frappe
import pytest
from frappe.utils.password import remove_encrypted_password

from social_service import account
from social_service.hosts.frappe_store import replace_secrets

DOOR = "social_service.api_channels."


@pytest.fixture
def connect(stage):
	"""The dialog's button."""

	def connect(role: str = "manager", *, afresh: bool = False, **values: str):
		answer = stage.person(role).call(
			f"{DOOR}connect_channel", channel=stage.channel, values=json.dumps(values), afresh=int(afresh)
		)
		stage.refresh()
		return answer

	return connect


def connection(stage) -> dict:
	return stage.person("manager").call(f"{DOOR}connection", channel=stage.channel).json()["message"]


def test_what_was_typed_is_sorted(stage, connect):
	assert connect(access_token="typed", hashtags="one\ntwo", field_spelling="post").ok
	row = frappe.db.get_value("Social Channel", stage.channel, ["hashtags", "more"])
	assert row[0] == "one\ntwo"
	assert json.loads(row[1]) == {"field_spelling": "post"}
	assert stage.host.secret(stage.channel, "access_token") == "typed"
	assert account.the_channel(stage.host, stage.channel).options()["field_spelling"] == "post"


def test_an_empty_secret_keeps_the_stored_one_and_none_is_shown(stage, connect):
	told = connection(stage)
	assert told["stored"] == ["access_token", "client_id", "refresh_token"]
	assert set(told["values"]) == {"keywords", "hashtags", "base_url", "field_spelling", "plan"}
	assert stage.token not in json.dumps(told)
	assert connect(access_token="", client_id="other", keywords="acme").ok
	assert stage.host.secret(stage.channel, "access_token") == stage.token
	assert stage.host.secret(stage.channel, "client_id") == "other"
	assert stage.host.secret(stage.channel, "refresh_token") == f"refresh-{stage.token}"


def test_what_a_driver_made_of_the_old_secrets_goes_with_them(stage, connect):
	stage.host.keep_secrets(stage.channel, {"signed_in_until": "2020-01-01T00:00:00+00:00", "session": "old"})
	assert connect(keywords="acme").ok
	assert stage.host.secret(stage.channel, "session") == "old", "nothing was typed"
	assert connect(access_token="typed").ok
	assert stage.host.secret(stage.channel, "session") == ""
	assert stage.host.secret(stage.channel, "signed_in_until") == ""
	assert stage.host.secret(stage.channel, "client_id") == "client"


def test_beginning_afresh_forgets_all_that_is_stored(stage, connect):
	answer = connect(afresh=True, client_id="other")
	assert answer.status_code == 417 and "Access token" in answer.text
	assert stage.host.secret(stage.channel, "client_id") == "client", "nothing was kept of it"
	assert connect(afresh=True, access_token="typed").ok
	assert connection(stage)["stored"] == ["access_token"]


def test_another_address_gets_no_stored_secret(stage, connect):
	answer = connect(base_url="https://thief.example", keywords="acme")
	assert answer.status_code == 417 and "Access token" in answer.text
	assert connect(base_url=stage.network.url + "/", keywords="acme").ok, "the same with a slash"
	assert connect(base_url="https://thief.example", access_token="typed").ok
	assert connection(stage)["stored"] == ["access_token"]
	assert frappe.db.get_value("Social Channel", stage.channel, "base_url") == "https://thief.example"


def test_what_is_missing_is_named(stage, connect):
	remove_encrypted_password("Social Channel", stage.channel, "access_token")
	frappe.db.commit()
	answer = connect(keywords="acme")
	assert answer.status_code == 417 and "Access token" in answer.text
	answer = connect(access_token="typed", base_url="nonsense")
	assert answer.status_code == 417 and "nonsense" in answer.text
	assert stage.host.secret(stage.channel, "access_token") == "", "all or nothing"


def test_the_account_is_asked_anew(stage, connect):
	stage.mention()
	stage.listen()
	since = account.connected_at(stage.host, stage.channel)
	other = stage.customer("Other")
	stage.network.add_person(other, "Other Care", token="token-of-the-other")
	assert connect(access_token="token-of-the-other").ok
	assert account.known_account(stage.host, stage.channel) is None
	assert account.connected_at(stage.host, stage.channel) == since
	stage.site.worker()
	checked = stage.person("manager").call(f"{DOOR}check_channel", channel=stage.channel).json()["message"]
	assert checked["account"]["handle"] == other
	assert account.known_account(stage.host, stage.channel).handle == other


def test_streams_that_failed_are_due_again_and_no_others(stage, connect):
	stage.mention()
	stage.listen()
	waiting = {row.name: row.next_at for row in stage.streams() if row.duty == "poll"}
	replace_secrets(stage.channel, {"access_token": "revoked"}, ())
	frappe.db.commit()
	assert connect(access_token=stage.token).ok
	assert {row.name: row.next_at for row in stage.streams() if row.duty == "poll"} == waiting
	frappe.db.sql(
		"update `tabSocial Stream` set failures = 2 where channel = %s and duty = 'poll'", stage.channel
	)
	frappe.db.commit()
	assert connect(access_token=stage.token).ok
	assert all(row.next_at < waiting[row.name] for row in stage.streams() if row.duty == "poll")


def test_nothing_of_it_stands_in_a_log(stage, connect):
	before = frappe.db.count("Error Log")
	connect(access_token="tok-3141-typed", base_url="nonsense")
	connect(access_token="tok-3141-typed")
	assert frappe.db.count("Error Log") == before
	for table in ("Version", "Comment", "Social Channel", "Social Stream"):
		assert "tok-3141-typed" not in str(frappe.db.sql(f"select * from `tab{table}`"))


@pytest.mark.parametrize("role", ["agent", "customer", "guest"])
def test_only_who_sets_up_channels_connects_them(stage, connect, role):
	assert connect(role, access_token="typed").status_code == 403
	assert stage.host.secret(stage.channel, "access_token") == stage.token
