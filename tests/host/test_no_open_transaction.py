"""While a network is called, our connection holds no row and no view of the data: MariaDB itself says so."""

from __future__ import annotations

import frappe
import MySQLdb
import pytest
import requests

from social_service.records import ReplyState

OPEN = "select count(*) from information_schema.innodb_trx where trx_mysql_thread_id = %s"


@pytest.fixture
def calls(stage, monkeypatch):
	"""How many transactions our connection had open at each call."""
	config = stage.site.bench.config
	root = MySQLdb.connect(
		host=config.get("db_host", "127.0.0.1"),
		port=int(config.get("db_port", 3306)),
		user=config.get("root_login", "root"),
		passwd=config.get("root_password", ""),
		autocommit=True,
	)
	found, send = [], requests.adapters.HTTPAdapter.send

	def watched(self, request, **more):
		if "/_rehearsal/" not in request.url:
			cursor = root.cursor()
			cursor.execute(OPEN, (frappe.db._conn.thread_id(),))
			found.append(cursor.fetchone()[0])
		return send(self, request, **more)

	monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", watched)
	yield found
	root.close()


def test_no_transaction_is_open_while_a_network_is_called(stage, calls):
	ticket = stage.ticket()
	read = len(calls)
	assert read >= 2
	monitored = stage.person("agent")  # logs in: a call to the site, not to a network
	del calls[read:]
	stage.refresh()
	reply = monitored.reply(ticket, "<p>We send a new one.</p>")
	assert reply.ok
	del calls[read:]
	stage.refresh()
	stage.publish()
	assert stage.replies()[0].state is ReplyState.SENT
	assert len(calls) > read
	assert set(calls) == {0}
