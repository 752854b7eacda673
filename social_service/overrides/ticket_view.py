"""Two of Helpdesk's answers to its ticket view, with the person's name and handle instead of the made-up address."""

from __future__ import annotations

from datetime import timedelta

import frappe
from helpdesk.helpdesk.doctype.hd_ticket import api as host_api

from social_service.hosts.frappe_store import say
from social_service.hosts.helpdesk import BADGES, is_social
from social_service.records import Delivery
from social_service.sentence import _

# the view keeps a card whose creation is the same, with its old badge: so each state has a creation of its own
STEPS = {badge: timedelta(microseconds=number) for number, badge in enumerate(BADGES.values(), start=1)}
SHOWN = {  # Helpdesk knows the others, and draws every text that it does not know in red
	BADGES[Delivery.AWAITING_APPROVAL]: _("Awaiting approval"),
	BADGES[Delivery.FAILED]: _("Not published"),
	BADGES[Delivery.UNKNOWN]: _("Not confirmed"),
	BADGES[Delivery.CANCELLED]: _("Not sent"),
}


@frappe.whitelist()
def get_ticket_activities(ticket: str) -> dict:
	activities = host_api.get_ticket_activities(ticket)
	found = _social(ticket)
	if found:
		names, private = _senders(ticket), _private(ticket)
		for one in activities["communications"]:
			_show(one, names.get(one.name), _handle(found))
			if one.name in private:
				_show_private(one)
	return activities


def _show_private(one: frappe._dict) -> None:
	"""One ticket may hold what everybody read and what nobody else did."""
	if one.sent_or_received == "Sent":
		one.recipients = say(_("{0} · in private", one.recipients), frappe.local.lang)
	else:
		one.user = {**one.user, "name": say(_("{0} · in private", one.user["name"]), frappe.local.lang)}


def _show(one: frappe._dict, sender: str | None, handle: str) -> None:
	one.creation += STEPS.get(one.delivery_status, timedelta())
	if one.sent_or_received == "Sent":
		one.recipients = handle
	elif sender:
		one.user = {"name": sender, "email": handle, "image": ""}
	if one.delivery_status in SHOWN:
		one.delivery_status = say(SHOWN[one.delivery_status], frappe.local.lang)


@frappe.whitelist()
def get_ticket_contact(ticket: str) -> dict | None:
	"""Without a picture: loading one would tell its network who looks."""
	contact = host_api.get_ticket_contact(ticket)
	found = _social(ticket)
	if not found or found.contact:
		return contact
	profile = frappe.db.get_value("Social Conversation", found.social_conversation, "profile")
	name = profile and frappe.db.get_value("Social Profile", profile, "display_name")
	return {**contact, "name": name or _handle(found), "email_id": _handle(found), "image": ""}


def _social(ticket: str) -> frappe._dict | None:
	fields = ["social_channel", "social_conversation", "social_handle", "raised_by", "contact"]
	found = frappe.db.get_value("HD Ticket", ticket, fields, as_dict=True)
	return found if found and is_social(found) else None


def _handle(ticket: frappe._dict) -> str:
	return f"@{ticket.social_handle}" if ticket.social_handle else ticket.raised_by


def _private(ticket: str) -> set[str]:
	wanted = {"reference_doctype": "HD Ticket", "reference_name": ticket, "communication_medium": "Chat"}
	return set(frappe.get_all("Communication", wanted, pluck="name"))


def _senders(ticket: str) -> dict[str, str]:
	wanted = {"reference_doctype": "HD Ticket", "reference_name": ticket, "sent_or_received": "Received"}
	return dict(frappe.get_all("Communication", wanted, ["name", "sender_full_name"], as_list=True))
