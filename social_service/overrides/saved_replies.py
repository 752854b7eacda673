"""Helpdesk's saved replies in a social ticket: the customer is called as the network knows them, never by the made-up address."""

from __future__ import annotations

import frappe
from helpdesk.utils import agent_only

from social_service.hosts.helpdesk import is_social


@frappe.whitelist()
@agent_only
def get_rendered_saved_reply(ticket_id: str, saved_reply_id: str | None = None) -> str:
	from helpdesk.api import saved_replies  # noqa: PLC0415 older Helpdesks have none, and then nobody asks

	ticket = frappe.get_doc("HD Ticket", ticket_id)
	if not is_social(ticket):
		return saved_replies.get_rendered_saved_reply(ticket_id, saved_reply_id)
	ticket.check_permission("read")
	handle = f"@{ticket.social_handle}" if ticket.social_handle else ""
	rendered = saved_replies.get_rendered_saved_reply(ticket_id, saved_reply_id)
	return rendered.replace(ticket.raised_by, handle)
