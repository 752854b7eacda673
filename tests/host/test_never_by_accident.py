"""Only an agent's own reply to the author is published. What can't be sent stops with a sentence, and leaves nothing."""

from __future__ import annotations

import json

import frappe
import pytest

from social_service import tasks
from social_service.overrides import replies
from social_service.records import ReplyState
from tests.host.stage import PEOPLE

SIGNED = (
	"<p>We are on it.<br></p><p>-- <br>Alex Agent<br>ACME Care</p>"
	'<p class="reply-to-content"></p><blockquote><p>my order is broken</p></blockquote>'
)
REFUSED = {
	"too long": {"message": f"<p>{'long ' * 100}</p>"},
	"a real address in Cc": {"message": "<p>Hi</p>", "cc": "boss@example.com"},
	"a real address in To": {"message": "<p>Hi</p>", "to": "Maria <maria@example.com>"},
	"a file": {"message": "<p>Hi</p>", "attachments": ["a-file"]},
	"a picture": {"message": '<p>Hi <img src="/private/files/a.png"></p>'},
	"only a signature": {"message": "<p>-- <br>Alex Agent<br>ACME Care</p>"},
}


def all_that_a_reply_leaves(stage, ticket: str) -> tuple:
	sent = stage.communications(ticket, sent_or_received="Sent")
	return len(sent), len(stage.replies()), stage.queued(tasks.send), len(stage.published())


def test_signature_and_quoted_mail_are_not_published(stage):
	ticket = stage.ticket()
	assert stage.person("agent").reply(ticket, SIGNED).ok
	stage.publish()
	assert [one.text for one in stage.replies()] == ["We are on it."]
	assert stage.published()[-1]["text"].endswith("We are on it.")


@pytest.mark.parametrize("arguments", REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_sent_leaves_nothing(stage, arguments):
	ticket = stage.ticket()
	before = all_that_a_reply_leaves(stage, ticket)
	answer = stage.person("agent").reply(ticket, **arguments)
	assert answer.status_code == 417
	(sentence,) = [json.loads(one)["message"] for one in json.loads(answer.json()["_server_messages"])]
	assert len(sentence) > 20
	assert all_that_a_reply_leaves(stage, ticket) == before
	assert frappe.db.get_value("HD Ticket", ticket, "status") == "Open"


def test_a_throw_after_the_outbox_row_leaves_neither_row_nor_job(stage, monkeypatch):
	ticket = stage.ticket()
	before = all_that_a_reply_leaves(stage, ticket)
	queue = replies.tasks.send_soon

	def queue_and_throw(name: str) -> None:
		queue(name)
		frappe.throw("a later handler throws")

	monkeypatch.setattr(replies.tasks, "send_soon", queue_and_throw)
	frappe.local.request = frappe._dict(method="POST")
	frappe.set_user(PEOPLE["agent"][0])
	with pytest.raises(frappe.ValidationError):
		frappe.get_doc("HD Ticket", ticket).run_method("reply_via_agent", message="<p>Hello</p>", to="")
	frappe.db.rollback()  # as Frappe does at the end of a request that threw
	frappe.local.request = None
	frappe.set_user("Administrator")
	assert all_that_a_reply_leaves(stage, ticket) == before


def test_a_reply_that_names_nobody_is_a_reply(stage):
	ticket = stage.ticket()
	assert stage.person("agent").reply(ticket, "<p>Hello</p>", to="").ok
	assert stage.person("agent").reply(ticket, "<p>Hello again</p>", to="@maria@fedi.example").ok
	assert len(stage.replies()) == 2


def test_two_clicks_are_one_answer(stage):
	ticket = stage.ticket()
	assert stage.person("agent").reply(ticket, "<p>Hello</p>").ok
	assert stage.person("agent").reply(ticket, "<p>Hello</p>").status_code == 417
	assert len(stage.replies()) == 1


def test_a_comment_is_internal(stage):
	ticket = stage.ticket()
	before = all_that_a_reply_leaves(stage, ticket)
	arguments = {"dt": "HD Ticket", "dn": ticket, "method": "new_comment"}
	content = json.dumps({"content": "<p>What a strange customer</p>", "attachments": []})
	assert stage.person("agent").call("run_doc_method", **arguments, args=content).ok
	assert all_that_a_reply_leaves(stage, ticket) == before


def test_a_merge_notice_is_not_published_and_answers_go_on_from_the_target(stage):
	maria = stage.customer()
	source, target = stage.ticket(by=maria), stage.ticket("and my invoice is wrong, please help!", by=maria)
	assert source != target
	merged = stage.person("agent").call(HD + "merge_ticket", source=source, target=target)
	assert merged.ok, merged.text
	assert not stage.replies()
	assert {one.ticket for one in stage.messages().values()} == {target}
	assert not frappe.db.get_value("HD Ticket", source, "first_responded_on")  # a notice is no answer
	assert stage.person("agent").reply(target, "<p>Both are on their way.</p>").ok
	stage.publish()
	assert len([one for one in stage.published() if one["by"] == stage.company]) == 1
	again = stage.mention(
		"thank you, but it does not work, please help!", by=maria, reply_to=next(iter(stage.messages()))
	)
	stage.listen()
	assert stage.message(again).ticket == target


def test_people_are_not_merged(stage):
	one, other = stage.ticket(by=stage.customer("Maria")), stage.ticket(by=stage.customer("Peter"))
	answer = stage.person("agent").call(HD + "merge_ticket", source=one, target=other)
	assert answer.status_code == 417
	assert {message.ticket for message in stage.messages().values()} == {one, other}


def test_a_split_maps_messages_anew_and_publishes_nothing(stage):
	maria = stage.customer()
	first = stage.mention(by=maria)
	stage.listen()
	old = stage.message(first).ticket
	second = stage.mention("and a second thing: my invoice is wrong, please help!", by=maria, reply_to=first)
	stage.listen()
	assert stage.message(second).ticket == old
	split = stage.message(second).ticket_message
	answer = stage.person("agent").call(HD + "split_ticket", subject="Invoice", communication_id=split)
	assert answer.ok, answer.text
	new = str(answer.json()["message"])
	assert not stage.replies()
	assert [stage.message(post).ticket for post in (first, second)] == [old, new]
	assert stage.person("agent").reply(new, "<p>The invoice is mended.</p>").ok
	assert stage.person("agent").reply(old, "<p>The order is mended.</p>").ok
	stage.publish()
	answered = {
		one["text"].split("The ")[1]: one["reply_to"]
		for one in stage.published()
		if one["by"] == stage.company
	}
	assert answered == {"invoice is mended.": second, "order is mended.": first}


def test_a_bulk_reply_goes_through_the_guard_once_per_ticket(stage):
	tickets = [stage.ticket(by=stage.customer(name)) for name in ("Maria", "Peter", "Ayse")]
	frappe.db.sql("update `tabSocial Message` set deleted_at_ms = 1 where ticket = %s", tickets[2])
	frappe.db.commit()
	asked = [*tickets, tickets[0]]
	answer = stage.person("agent").call(
		"helpdesk.api.ticket.bulk_reply", ticket_ids=asked, message="<p>It is mended.</p>"
	)
	assert answer.ok, answer.text
	assert list(answer.json()["message"]["failed"]) == [tickets[2]]
	stage.publish()
	assert [one.ticket for one in stage.replies()] == tickets[:2]
	assert stage.replies()[0].state is ReplyState.SENT  # X refuses the same text a second time
	assert not stage.communications(tickets[2], sent_or_received="Sent")
	told = {"user_to": PEOPLE["agent"][0], "reference_ticket": tickets[2]}
	assert frappe.db.exists("HD Notification", told)


def test_a_bulk_reply_of_which_nothing_can_go_stores_nothing(stage):
	tickets = [stage.ticket(by=stage.customer(name)) for name in ("Maria", "Peter")]
	text = f"<p>{'long ' * 100}</p>"
	answer = stage.person("agent").call("helpdesk.api.ticket.bulk_reply", ticket_ids=tickets, message=text)
	assert answer.status_code == 417
	assert all(all_that_a_reply_leaves(stage, ticket)[:3] == (0, 0, 0) for ticket in tickets)


def test_authors_get_no_mail_whatever_is_switched_on(stage):
	settings = frappe.get_doc("HD Settings")
	settings.db_set({"send_acknowledgement_email": 1, "enable_email_ticket_feedback": 1})
	frappe.db.commit()
	try:
		ticket = frappe.get_doc("HD Ticket", stage.ticket())
		ticket.status = "Resolved"
		ticket.save()
		frappe.db.commit()
	finally:
		settings.db_set({"send_acknowledgement_email": 0, "enable_email_ticket_feedback": 0})
		frappe.db.commit()
	assert not frappe.db.count("Email Queue")
	mail = frappe.get_doc({"doctype": "Email Queue", "sender": "a@example.com", "message": "x"})
	mail.set_recipients([ticket.raised_by])
	mail.insert()
	assert (mail.status, mail.recipients) == ("Error", [])
	frappe.db.rollback()


def test_other_tickets_are_left_to_helpdesk(stage):
	settings = frappe.get_doc("HD Settings")
	settings.db_set("skip_email_workflow", 1)
	ticket = frappe.get_doc(
		{"doctype": "HD Ticket", "subject": "by mail", "raised_by": "someone@example.com"}
	).insert()
	frappe.db.commit()
	try:
		assert stage.person("agent").reply(str(ticket.name), "<p>Hello</p>", cc="boss@example.com").ok
	finally:
		settings.db_set("skip_email_workflow", 0)
		frappe.db.commit()
	assert not stage.replies()
	assert frappe.db.get_value("HD Ticket", ticket.name, "first_responded_on")


HD = "helpdesk.helpdesk.doctype.hd_ticket.api."
