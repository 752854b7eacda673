"""A mention becomes a ticket, an agent answers in the ticket view, and the answer stands on the network once."""

from __future__ import annotations

import frappe

from social_service import tasks
from social_service.records import Fate, ReplyState
from tests.host.stage import TEAM


def test_a_mention_becomes_a_ticket_whose_clock_starts_when_it_was_written(stage):
	post = stage.mention("my <b>order</b> is broken & I paid <5 €, please help!")
	stage.listen()
	message = stage.message(post)
	assert message.fate is Fate.OPENED
	ticket = frappe.get_doc("HD Ticket", message.ticket)
	assert ticket.agent_group == TEAM
	assert ticket.raised_by.endswith("@social.invalid")
	assert ticket.social_channel == stage.channel
	assert abs((ticket.service_level_agreement_creation - frappe.utils.now_datetime()).total_seconds()) < 60
	assert not ticket.first_responded_on
	(first,) = stage.communications(message.ticket)
	assert first.sent_or_received == "Received"
	assert first.communication_medium == "Other"
	assert first.sender_full_name == "Maria · X"
	assert "&lt;b&gt;order&lt;/b&gt; is broken &amp; I paid &lt;5 €" in first.content
	assert message.url in first.content
	assert ticket.description == first.content


def test_a_reply_is_published_once_and_counts_when_the_network_took_it(stage):
	ticket = stage.ticket()
	answer = stage.person("agent").reply(
		ticket, "<p>Sorry! We send a new one.<br>-- <br>Alex Agent<br>ACME Care</p>"
	)
	assert answer.status_code == 200, answer.text
	(sent,) = stage.communications(ticket, sent_or_received="Sent")
	assert sent.delivery_status == "Sending"
	assert not frappe.db.get_value("HD Ticket", ticket, "first_responded_on")
	assert stage.queued(tasks.send) == 1
	stage.site.worker()
	stage.wait(lambda: stage.replies()[0].state is ReplyState.SENT)
	(published,) = [one for one in stage.published() if one["by"] == stage.company]
	assert published["text"].endswith("Sorry! We send a new one.")
	(sent,) = stage.communications(ticket, sent_or_received="Sent")
	assert sent.delivery_status == "Sent"
	assert frappe.db.get_value("HD Ticket", ticket, "first_responded_on")
	assert frappe.db.get_value("HD Ticket", ticket, "social_delivery") == "Sent"
	assert not frappe.db.count("Email Queue")
