"""An agent's reply in the ticket view becomes an outbox row, or a sentence that says what to change. Nothing else publishes."""

from __future__ import annotations

from datetime import datetime

import frappe
from frappe.email.doctype.email_queue.email_queue import EmailQueue
from helpdesk.helpdesk.doctype.hd_ticket.hd_ticket import HDTicket

from social_service import engage, tasks
from social_service.guard.turn import AT_ONCE
from social_service.hosts.frappe_store import BUSY, from_site_time, refuse
from social_service.hosts.helpdesk import SYNTHETIC, HelpdeskHost, is_social
from social_service.overrides.hd_ticket import newest_replies
from social_service.overrides.reply_text import has_pictures, words_of
from social_service.records import AgentReplied, Visibility
from social_service.sentence import Sentence, _


def publish(
	doc: HDTicket,
	method: str | None = None,
	*,
	message: str = "",
	to: str | None = None,
	cc: str | None = None,
	bcc: str | None = None,
	attachments: list | None = None,
	**_more: object,
) -> None:
	"""doc_event of HD Ticket's ``reply_via_agent``, in its transaction: a throw undoes the reply, and the draft stays.

	``to`` decides nothing: a reply may come with an empty one. Merge and split notices do not come here at all.
	"""
	if not is_social(doc):
		return
	reason = _why_not(message, [to, cc, bcc], attachments)
	if reason:
		refuse(reason)
	ticket, agent = str(doc.name), frappe.session.user
	text, since = words_of(agent, message), _agent_since(agent)
	replied = AgentReplied(ticket, newest_replies().pop(ticket), agent, text, agent_since=since)
	try:
		reply = engage.queue_reply(HelpdeskHost(), replied, tasks.now)
	except engage.Refused as refused:
		refuse(refused.sentence)
	except BUSY:  # a post of this customer is being stored: MariaDB has undone one of the two
		refuse(AT_ONCE)
	medium = "Chat" if reply.visibility is Visibility.PRIVATE else "Other"
	frappe.db.set_value(
		"Communication", replied.ticket_message, "communication_medium", medium, update_modified=False
	)
	if engage.is_due(reply, tasks.now()):
		tasks.send_soon(reply.name)  # else the ticket view asks for it, or the minute finds it


def _agent_since(user: str) -> datetime | None:
	began = frappe.db.get_value("HD Agent", {"user": user}, "creation")
	return from_site_time(began) if began else None


def _why_not(message: str, recipients: list[str | None], attachments: list | None) -> Sentence | None:
	for one in recipients:
		for address in filter(_is_mail, (one or "").replace(";", ",").split(",")):
			return _(
				"This ticket answers on the network; {0} would get nothing. Remove the address, or write a mail of its own.",
				address.strip(),
			)
	if attachments or has_pictures(message):
		return _("Pictures and files can't be published from here. Remove them, or put a link into the text.")
	return None


def _is_mail(address: str) -> bool:
	"""``@anna@example.social`` is a handle, and the synthetic address is the author's."""
	bare = address.strip().strip("<>")
	return "@" in bare and not bare.startswith("@") and not bare.rstrip(">").lower().endswith(SYNTHETIC)


def keep_mail_from_authors(doc: EmailQueue, method: str | None = None) -> None:
	"""doc_event of Email Queue: whoever wrote the mail, a synthetic address gets none."""
	real = [row for row in doc.recipients if not row.recipient.strip("<> ").lower().endswith(SYNTHETIC)]
	if len(real) == len(doc.recipients):
		return
	doc.set("recipients", real)
	if not real:
		doc.status = "Error"  # the one that is never tried again
		doc.error = "Not sent: its only recipient is the author of a post, who has no mail address."
