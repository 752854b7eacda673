"""An admin has the Channel form open while workers store pages and renew the token. Saving takes nothing back."""

from __future__ import annotations

import frappe


def test_saving_an_open_form_keeps_cursor_and_token(stage):
	form = stage.person("manager").get(f"api/resource/Social Channel/{stage.channel}").json()["data"]
	assert set(form["access_token"]) == {"*"}
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


def test_a_newly_typed_token_replaces_the_renewed_one(stage):
	stage.host.keep_secrets(stage.channel, {"access_token": "renewed", "refresh_token": "renewed too"})
	form = stage.person("manager").get(f"api/resource/Social Channel/{stage.channel}").json()["data"]
	form["access_token"] = "typed"
	form["refresh_token"] = ""  # taken out by hand
	assert stage.person("manager").call("frappe.client.save", doc=form).ok
	stage.refresh()
	assert stage.host.secret(stage.channel, "access_token") == "typed"
	assert stage.host.secret(stage.channel, "refresh_token") == ""
	assert stage.host.secret(stage.channel, "client_id") == "client"


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
