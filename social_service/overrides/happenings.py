"""What people do to a social ticket in Helpdesk becomes its history, and its clocks follow."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import frappe
from frappe.desk.doctype.todo.todo import ToDo
from helpdesk.helpdesk.doctype.hd_ticket.hd_ticket import HDTicket

from social_service import history, tasks
from social_service.history import Happened
from social_service.hosts.helpdesk import HelpdeskHost, is_social
from social_service.hosts.helpdesk_standing import FACTS, OURS
from social_service.ledger import (
	SocialArticleSuggestion,
	SocialConversation,
	SocialMessage,
	SocialReply,
	SocialSLAClock,
	SocialTicketEvent,
)
from social_service.records import Happening, ReplyState
from social_service.sla.keeping import clocks_of, keep

UNDERWAY = (ReplyState.AWAITING_APPROVAL, ReplyState.QUEUED, ReplyState.SENDING, ReplyState.UNKNOWN)
STATUS = {  # category before → now
	("Open", "Paused"): (Happening.ON_HOLD,),
	("Paused", "Open"): (Happening.RESUMED,),
	("Open", "Resolved"): (Happening.RESOLVED,),
	("Paused", "Resolved"): (Happening.RESOLVED,),
	("Resolved", "Open"): (Happening.REOPENED,),
	("Resolved", "Paused"): (Happening.REOPENED, Happening.ON_HOLD),
}


def ticket_saved(doc: HDTicket, method: str | None = None) -> None:
	"""doc_event. The flow tells itself what a post of the customer did, and keeps the clocks after what it saves."""
	before = doc.get_doc_before_save()
	if before is None or not is_social(doc) or doc.flags.social_told_by_flow or doc.flags.social_routed:
		return
	host, now = HelpdeskHost(), doc.flags.social_at or tasks.now()
	happened = list(_happened(doc, before, now))
	for one in happened:
		history.keep(host, one)
	if doc.flags.social_at:
		return  # whoever marks the reply keeps the clocks
	if happened or any(doc.has_value_changed(field) for field in FACTS.values()):
		keep(host, str(doc.name), now)
		doc.update(frappe.db.get_value("HD Ticket", doc.name, ["sla", *OURS], as_dict=True))


def _happened(doc: HDTicket, before: HDTicket, now: datetime) -> Iterator[Happened]:
	ticket, by = str(doc.name), frappe.session.user
	for what in STATUS.get((before.status_category, doc.status_category), ()):
		yield Happened(ticket, what, now, by)
	if (doc.agent_group or "") != (before.agent_group or ""):
		yield Happened(ticket, Happening.HANDED_OVER, now, by, doc.agent_group or "")


def assigned(doc: ToDo, method: str | None = None) -> None:
	"""doc_event: Helpdesk's assignments are Frappe's, by hand or by rotation."""
	if doc.reference_type != "HD Ticket" or not doc.allocated_to:
		return
	ticket = frappe.db.get_value(
		"HD Ticket", doc.reference_name, ["social_channel", "raised_by"], as_dict=True
	)
	if not ticket or not is_social(ticket):
		return
	host, now = HelpdeskHost(), tasks.now()
	by = doc.assigned_by if doc.assigned_by != doc.allocated_to else ""
	history.keep(host, Happened(str(doc.reference_name), Happening.ASSIGNED, now, by or "", doc.allocated_to))
	if clocks_of(host, str(doc.reference_name)):
		keep(host, str(doc.reference_name), now)


def ticket_deleted(doc: HDTicket, method: str | None = None) -> None:
	"""doc_event. Helpdesk gives the name of its newest ticket again once that is deleted: nothing of ours may be found under it."""
	if not is_social(doc):
		return
	ticket = str(doc.name)
	for kind in (SocialSLAClock, SocialTicketEvent, SocialArticleSuggestion):
		frappe.db.delete(kind.doctype, {"ticket": ticket})
	for kind in (SocialMessage, SocialConversation):
		frappe.db.set_value(kind.doctype, {"ticket": ticket}, "ticket", "", update_modified=False)
	over = ["not in", [state.value for state in UNDERWAY]]
	frappe.db.set_value(
		SocialReply.doctype, {"ticket": ticket, "state": over}, "ticket", "", update_modified=False
	)
