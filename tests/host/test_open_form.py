"""An admin has the Channel form open while workers store pages and renew the token. Saving takes nothing back."""

from __future__ import annotations

import frappe

from social_service.hosts.frappe_store import replace_secrets
from social_service.patches import one_slot_a_secret


def test_saving_an_open_form_keeps_cursor_and_token(stage):
	form = stage.person("manager").get(f"api/resource/Social Channel/{stage.channel}").json()["data"]
	stage.mention()
	stage.listen()
	stage.host.keep_secrets(stage.channel, {"access_token": "renewed", "client_secret": "also new"})
	cursors = {row.stream_key: row.cursor for row in stage.streams()}
	assert any(cursors.values())
	form["keywords"] = "acme"
	saved = stage.person("manager").call("frappe.client.save", doc=form)
	assert saved.ok, saved.text  # no TimestampMismatchError
	stage.refresh()
	assert frappe.db.get_value("Social Channel", stage.channel, "keywords") == "acme"
	assert {row.stream_key: row.cursor for row in stage.streams()} == cursors
	assert stage.host.secret(stage.channel, "access_token") == "renewed"
	assert stage.host.secret(stage.channel, "client_secret") == "also new"


def test_no_secret_stands_in_a_table_of_ours(stage):
	stage.host.keep_secrets(stage.channel, {"access_token": "kept-secret-1"})
	row = frappe.db.sql("select * from `tabSocial Channel` where name = %s", stage.channel)
	kept = frappe.db.sql(
		"select password from `__Auth` where doctype = 'Social Channel' and name = %s", stage.channel
	)
	assert stage.token not in str(row)
	assert "kept-secret-1" not in str(kept)
	assert stage.token not in str(kept)


def test_a_channel_that_cannot_work_is_refused(stage):
	form = stage.person("manager").get(f"api/resource/Social Channel/{stage.channel}").json()["data"]
	answer = stage.person("manager").call("frappe.client.save", doc={**form, "poll_min_s": 5})
	assert answer.status_code == 417
	assert "30" in answer.text


def test_a_form_sends_the_stored_credentials_to_no_other_server(stage):
	form = stage.person("manager").get(f"api/resource/Social Channel/{stage.channel}").json()["data"]
	for change in ({"base_url": "https://thief.example"}, {"more": '{"address": "https://thief.example"}'}):
		answer = stage.person("manager").call("frappe.client.save", doc={**form, **change})
		assert answer.status_code == 417, change
		assert "Connect" in answer.text
	answer = stage.person("manager").call("frappe.client.save", doc={**form, "driver": "mastodon"})
	assert answer.status_code == 417, "each network has credentials of its own"


# --- the vault ----------------------------------------------------------------------------------------------


def slots(channel: str) -> set[str]:
	rows = frappe.db.sql(
		"select fieldname from `__Auth` where doctype = 'Social Channel' and name = %s", channel
	)
	return {key for (key,) in rows}


def test_a_channel_that_is_deleted_leaves_no_secret_behind(stage):
	stage.host.keep_secrets(stage.channel, {"derived": "by the driver"})
	assert "derived" in slots(stage.channel)
	frappe.delete_doc("Social Channel", stage.channel, force=True)
	assert slots(stage.channel) == set()
	frappe.db.rollback()


def test_a_channel_that_is_renamed_takes_its_secrets_along(stage):
	before = slots(stage.channel)
	frappe.rename_doc("Social Channel", stage.channel, f"{stage.channel}-2", force=True)
	assert slots(stage.channel) == set()
	assert slots(f"{stage.channel}-2") == before
	frappe.db.rollback()


def test_what_was_stored_before_stays_readable(stage):
	"""Password fields and slots of renewed tokens are gone; what stood in them is not."""
	replace_secrets(stage.channel, {"access_token": "typed", "kept_access_token": "renewed"}, {"client_id"})
	frappe.db.commit()
	for _time in range(2):
		one_slot_a_secret.execute()
		frappe.db.commit()
		assert stage.host.secret(stage.channel, "access_token") == "renewed"
		assert stage.host.secret(stage.channel, "client_id") == "client"
		assert slots(stage.channel) == {"access_token", "client_id"}
