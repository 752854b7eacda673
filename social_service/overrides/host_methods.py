"""Helpdesk's own methods, called as ever, with what social tickets need before or after. Nothing else."""

from __future__ import annotations

import frappe
from helpdesk.api import ticket as host_ticket
from helpdesk.helpdesk.doctype.hd_ticket import api as host_api
from helpdesk.utils import agent_only

from social_service import conversation, tasks
from social_service.hosts.frappe_store import refuse
from social_service.hosts.helpdesk import HelpdeskHost, is_social
from social_service.sentence import _

SAVEPOINT = "social_bulk_reply"


# --- bulk reply ---------------------------------------------------------------------------------------------


@frappe.whitelist()
@agent_only
def bulk_reply(ticket_ids: list, message: str, attachments: list | None = None) -> dict:
	"""Helpdesk's would store a reply to a social ticket and publish nothing, without a word."""
	tickets = [frappe.get_doc("HD Ticket", name) for name in dict.fromkeys(map(str, ticket_ids))]
	social = [ticket for ticket in tickets if is_social(ticket)]
	others = [ticket.name for ticket in tickets if not is_social(ticket)]
	if others:
		host_ticket.bulk_reply(others, message, attachments)
	failed = {ticket.name: reason for ticket in social if (reason := _reply(ticket, message, attachments))}
	if failed:
		_report(failed, nothing_went=len(failed) == len(tickets))
	return {"failed": failed}


def _reply(ticket: frappe.model.document.Document, message: str, attachments: list | None) -> str:
	"""As the Reply button does it, guard included. Returns why it could not be, or ''."""
	ticket.check_permission("write")
	frappe.db.savepoint(SAVEPOINT)
	try:
		ticket.run_method(
			"reply_via_agent", message=message, to=ticket.raised_by, attachments=attachments or []
		)
	except frappe.ValidationError as error:
		frappe.db.rollback(save_point=SAVEPOINT)
		frappe.clear_last_message()
		return str(error)
	return ""


def _report(failed: dict[str, str], *, nothing_went: bool) -> None:
	lines = [f"{ticket}: {reason}" for ticket, reason in failed.items()]
	if nothing_went:
		frappe.throw("<br>".join(lines), title=frappe._("Nothing was published"))
	frappe.msgprint("<br>".join(lines), title=frappe._("Some answers were not published"), indicator="red")
	desk = HelpdeskHost().desk
	for ticket, reason in failed.items():
		desk.tell(frappe.session.user, _("Not published: {0}", reason), ticket)


# --- split and merge ----------------------------------------------------------------------------------------


@frappe.whitelist()
def split_ticket(subject: str, communication_id: str) -> str:
	old = str(frappe.db.get_value("Communication", communication_id, "reference_name"))
	social = _is_social_and_writable(old)
	new = str(host_api.split_ticket(subject, communication_id))
	if social:
		moved = frappe.get_all(
			"Communication", {"reference_doctype": "HD Ticket", "reference_name": new}, pluck="name"
		)
		conversation.ticket_split(HelpdeskHost(), old, new, moved, tasks.now())
	return new


@frappe.whitelist()
def merge_ticket(source: str, target: str) -> None:
	social = [_is_social_and_writable(ticket) for ticket in (source, target)]
	if any(social) and _person_of(source) != _person_of(target):
		refuse(
			_("A post can only be merged into a ticket of the same person. Link the other one in a comment.")
		)
	host_api.merge_ticket(source, target)
	if any(social):
		conversation.ticket_merged(HelpdeskHost(), str(source), str(target), tasks.now())


def _person_of(ticket: str) -> str | None:
	return frappe.db.get_value("HD Ticket", ticket, "raised_by")


def _is_social_and_writable(name: str) -> bool:
	"""Helpdesk splits and merges for any agent; what the public can read again asks for the team as well."""
	if not frappe.db.exists("HD Ticket", name):
		return False  # Helpdesk says so itself
	ticket = frappe.get_doc("HD Ticket", name)
	if not is_social(ticket):
		return False
	ticket.check_permission("write")
	return True
