"""The listening post on a real site: erased words, one notice for a silence, a parked channel, backfill."""

from __future__ import annotations

from datetime import timedelta

import frappe

from social_service import listen, tasks
from social_service.account import the_channel
from social_service.ledger import Duty
from social_service.listen import backfill
from social_service.listen.revisions import mark_deleted
from tests.host.stage import PEOPLE

SECRET = "Lindenweg"
TEXT = f"my order is broken & I live at {SECRET} 7,\nplease <help>!"
PLACES = {
	"Communication": ("subject", "content", "text_content"),
	"HD Ticket": ("subject", "description"),
	"HD Ticket Comment": ("content",),
	"HD Notification": ("message",),
	"Social Message": ("text",),
	"Social Payload": ("raw",),
	"Version": ("data",),
	"Activity Log": ("subject", "content"),
	"Deleted Document": ("data",),
}


def places_with(words: str) -> set[str]:
	frappe.db.commit()
	return {
		f"{doctype}.{field}"
		for doctype, fields in PLACES.items()
		for field in fields
		if frappe.db.count(doctype, {field: ["like", f"%{words}%"]})
	}


def test_deleted_words_leave_the_ticket_where_the_terms_want_it(stage):
	thread = stage.mention(TEXT)
	stage.listen()
	ticket = stage.message(thread).ticket
	stage.mention("and I wait too, please help!", stage.customer("Otto"), reply_to=thread)
	stage.listen()
	agent = stage.person("agent")
	assert agent.reply(ticket, "<p>Sorry! We send a new one.</p>").status_code == 200
	stage.publish()
	found = places_with(SECRET)
	assert {"Communication.content", "HD Ticket.subject", "HD Ticket.description"} <= found
	assert {"HD Ticket Comment.content", "Social Message.text", "Social Payload.raw"} <= found
	before = frappe.db.get_value("HD Ticket", ticket, ["status", "first_responded_on", "modified"])

	host = stage.host
	with host.transaction():
		mark_deleted(host, the_channel(host, stage.channel), thread, tasks.now())

	assert places_with(SECRET) == set()
	assert frappe.db.get_value("HD Ticket", ticket, ["status", "first_responded_on", "modified"]) == before
	sent = stage.communications(ticket, sent_or_received="Sent")
	assert "We send a new one" in sent[0].content, "our own answer stays"
	assert stage.message(thread).deleted_at and stage.message(thread).fate


def test_a_silence_is_told_once_in_the_helpdesk_and_again_when_it_is_over(stage):
	manager = PEOPLE["manager"][0]
	frappe.db.set_value("Social Channel", stage.channel, "responsible", manager)
	frappe.db.commit()
	stage.listen()
	for row in stage.streams():
		if row.duty is Duty.POLL:
			with stage.host.transaction():
				early = tasks.now() - timedelta(hours=2)
				stage.host.store.change(
					row, last_success_at=early, next_at=early, last_error="The network is down."
				)

	def told() -> list[str]:
		frappe.db.commit()
		return frappe.get_all("HD Notification", {"user_to": manager}, pluck="message", order_by="creation")

	before = len(told())
	for _minute in range(3):
		listen.watch(stage.host, tasks.now)
	assert len(told()) == before + 1 and "The network is down." in told()[-1]
	stage.listen()
	listen.watch(stage.host, tasks.now)
	assert len(told()) == before + 2 and "works again" in told()[-1]


def test_a_parked_channel_rests_and_its_tickets_say_how_to_answer(stage):
	ticket = stage.ticket()
	frappe.db.set_value("Social Channel", stage.channel, "parked", "Answer from the office phone.")
	frappe.db.commit()
	assert [row for row in listen.due(stage.host, tasks.now) if row.channel == stage.channel] == []
	refused = stage.person("agent").reply(ticket, "<p>Sorry!</p>")
	assert refused.status_code == 417 and "office phone" in refused.text
	assert stage.communications(ticket, sent_or_received="Sent") == []


def test_backfill_reads_again_and_says_what_was_missing(stage):
	stage.listen()
	post = stage.mention()
	(row,) = (one for one in stage.streams() if one.stream_key == "mentions")
	with stage.host.transaction():
		since, until = tasks.now() - timedelta(hours=3), tasks.now() - timedelta(hours=1)
		stage.host.store.change(row, gap_since=since, gap_until=until, gap_reason="lost")
	asked = backfill.ask(stage.host, stage.channel, "mentions", tasks.now)
	assert asked.name in {one.name for one in listen.due(stage.host, tasks.now)}
	tasks.scan(asked.name)
	assert post in stage.messages()
	(row,) = (one for one in stage.streams() if one.stream_key == "mentions")
	assert (row.gap_since, row.gap_until) == (None, None)
	assert listen.due(stage.host, tasks.now)
