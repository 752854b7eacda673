"""Somebody's words leave a ticket, because the network's terms want it. Times, states and figures stay."""

from __future__ import annotations

from html import escape

import frappe

GONE = "…"


def erase(ticket: str, message_id: str, text: str) -> None:
	"""See ``Desk.erase``. Acts for the system; written past the documents, so that nothing is mailed or reopened."""
	if text.strip():
		_erase_from_notes(ticket, text)
	if message_id:
		_erase_message(ticket, message_id)


def _erase_from_notes(ticket: str, text: str) -> None:
	quoted = "<br>".join(escape(text).splitlines())
	for note in frappe.get_all("HD Ticket Comment", {"reference_ticket": ticket}, ["name", "content"]):
		if quoted in (note.content or ""):
			content = note.content.replace(quoted, GONE)
			frappe.db.set_value("HD Ticket Comment", note.name, "content", content, update_modified=False)


def _erase_message(ticket: str, message_id: str) -> None:
	"""With the copies that a merge or a split made of it, which have its key."""
	key = frappe.db.get_value("Communication", message_id, "message_id")
	for name in {message_id, *frappe.get_all("Communication", {"message_id": key}, pluck="name")}:
		values = {"content": f"<p>{GONE}</p>", "text_content": GONE}
		frappe.db.set_value("Communication", name, values, update_modified=False)
	first = frappe.get_all(
		"Communication",
		{"reference_doctype": "HD Ticket", "reference_name": ticket},
		pluck="name",
		order_by="communication_date asc, creation asc",
		limit=1,
	)
	if first == [message_id]:
		_erase_subject(ticket)


def _erase_subject(ticket: str) -> None:
	handle = frappe.db.get_value("HD Ticket", ticket, "social_handle") or ""
	subject = f"{handle}: {GONE}" if handle else GONE
	values = {"subject": subject, "description": f"<p>{GONE}</p>"}
	frappe.db.set_value("HD Ticket", ticket, values, update_modified=False)
	of_ticket = {"reference_doctype": "HD Ticket", "reference_name": ticket}
	frappe.db.set_value("Communication", of_ticket, "subject", subject, update_modified=False)
