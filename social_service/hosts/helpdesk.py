"""Frappe Helpdesk as our desk: HD Ticket, Communication, HD Article. What its own code does on save, it goes on doing.

Everything here acts for the system: doors have asked for permission before. Deadlines, rotation and mails are Helpdesk's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from html import escape

import frappe

from social_service.hosts import frappe_articles, helpdesk_hours, helpdesk_standing
from social_service.hosts.base import Can
from social_service.hosts.frappe_store import FrappeHost, say, to_site_time
from social_service.hosts.helpdesk_erase import erase
from social_service.hosts.helpdesk_teams import members, usable_team
from social_service.records import (
	Article,
	Delivery,
	NewTicket,
	Standing,
	TicketMessage,
	TicketState,
	Visibility,
)
from social_service.sentence import Sentence
from social_service.service_hours import ServiceHours
from social_service.settings import SocialSLAPolicy

SYNTHETIC = "@social.invalid"
BADGES = {
	Delivery.AWAITING_APPROVAL: "Scheduled",
	Delivery.SENDING: "Sending",
	Delivery.SENT: "Sent",
	Delivery.FAILED: "Error",
	Delivery.UNKNOWN: "Delayed",
	Delivery.CANCELLED: "Rejected",
}
PLAIN = str.maketrans({"<": "‹", ">": "›"})  # Frappe writes &lt; into titles and names otherwise


def is_social(ticket: frappe.model.document.Document) -> bool:
	return bool(ticket.get("social_channel")) or (ticket.get("raised_by") or "").endswith(SYNTHETIC)


class HelpdeskHost(FrappeHost):
	def __init__(self) -> None:
		super().__init__(HelpdeskDesk())


class HelpdeskDesk:
	can: frozenset[Can] = frozenset(Can)

	# --- tickets and their messages -------------------------------------------------------------------------

	def open_ticket(self, new: NewTicket, first: TicketMessage) -> tuple[str, str]:
		team, team_problem = usable_team(new.team)
		ticket = frappe.get_doc(
			{
				"doctype": "HD Ticket",  # without a description: Helpdesk would write a first mail of its own
				"subject": new.subject.translate(PLAIN),
				"raised_by": new.raised_by,
				"agent_group": team,
				"priority": _known("HD Ticket Priority", new.priority),
				"ticket_type": _known("HD Ticket Type", new.ticket_type),
				"service_level_agreement_creation": to_site_time(new.started_at),
				"social_channel": new.channel,
				"social_network": new.network,
				"social_conversation": new.conversation,
				"social_kind": new.kind.value,
				"social_handle": new.handle,
				"social_url": new.url,
				"social_order": new.order,
				"social_topic": _said(new.topic),
				"social_language": new.language,
			}
		)
		ticket.insert(ignore_permissions=True)
		name = str(ticket.name)
		message = self._insert_message(name, new.subject, first, social_first=True, social_facts={})
		if team_problem:
			self.note(name, team_problem)
		return name, message

	def add_message(self, ticket: str, message: TicketMessage, *, reopen: bool) -> str:
		known = frappe.db.get_value("Communication", {"message_id": _message_id(message.key)})
		if known:
			return known
		subject = frappe.db.get_value("HD Ticket", ticket, "subject")
		facts = {"social_topic": _said(message.topic), "social_language": message.language}
		facts = {field: value for field, value in facts.items() if value}
		return self._insert_message(ticket, subject, message, social_quiet=not reopen, social_facts=facts)

	def _insert_message(self, ticket: str, subject: str, message: TicketMessage, **flags: object) -> str:
		private = message.visibility is Visibility.PRIVATE
		communication = frappe.get_doc(
			{
				"doctype": "Communication",
				"communication_type": "Communication",
				"communication_medium": "Chat" if private else "Other",
				"sent_or_received": "Received",
				"email_status": "Open",
				"subject": subject.translate(PLAIN),
				"sender": message.sender_address,
				"sender_full_name": message.sender_name.translate(PLAIN)[:140],
				"content": as_html(message),
				"communication_date": to_site_time(message.sent_at),
				"message_id": _message_id(message.key),
				"reference_doctype": "HD Ticket",
				"reference_name": ticket,
			}
		)
		communication.flags.update(flags)  # read by SocialTicketMixin.on_communication_update
		communication.insert(ignore_permissions=True)
		return communication.name

	def mark_reply(self, message_id: str, state: Delivery, at: datetime) -> None:
		"""Copies that a merge made of the reply are marked with it."""
		for name in _with_copies(message_id):
			self._mark(name, state, at)

	def rewrite(self, message_id: str, text: str) -> None:
		for name in _with_copies(message_id):
			frappe.db.set_value("Communication", name, "content", _paragraph(text), update_modified=False)

	def _mark(self, name: str, state: Delivery, at: datetime) -> None:
		found = frappe.db.get_value(
			"Communication", name, ["reference_name", "delivery_status"], for_update=True
		)
		if not found or found[1] == BADGES[Delivery.SENT]:
			return
		ticket = found[0]
		values = {"delivery_status": BADGES[state], "message_id": reply_key(name)}
		frappe.db.set_value("Communication", name, values, update_modified=False)
		frappe.db.set_value("HD Ticket", ticket, "social_delivery", state.value, update_modified=False)
		if state is Delivery.SENT:
			_count_response(ticket, name, at)
		message, room = {"ticket_id": ticket}, f"open_doc:HD Ticket/{ticket}"
		frappe.publish_realtime("helpdesk:ticket-update", message, room=room, after_commit=True)

	def tickets(self, names: Sequence[str]) -> dict[str, TicketState]:
		return helpdesk_standing.states(names)

	def route(self, ticket: str, *, team: str, priority: str) -> None:
		helpdesk_standing.route(ticket, team=team, priority=priority)

	def service_hours(self, policy: SocialSLAPolicy) -> ServiceHours:
		return helpdesk_hours.service_hours(policy)

	def show_standing(self, ticket: str, standing: Standing) -> None:
		helpdesk_standing.show(ticket, standing)

	# --- people of the helpdesk -----------------------------------------------------------------------------

	def note(self, ticket: str, text: Sentence) -> None:
		frappe.get_doc(
			{
				"doctype": "HD Ticket Comment",
				"reference_ticket": ticket,
				"commented_by": frappe.session.user,
				"content": _paragraph(say(text)),
			}
		).insert(ignore_permissions=True)

	def erase(self, ticket: str, message_id: str, text: str) -> None:
		erase(ticket, message_id, text)

	def tell(self, whom: str, text: Sentence, ticket: str | None = None) -> None:
		language = frappe.db.get_value("User", {"name": whom, "enabled": 1}, ["language", "name"])
		if not language:
			return
		frappe.get_doc(
			{
				"doctype": "HD Notification",
				"notification_type": "Reaction",  # the one that shows a free text and sends no mail
				"user_from": "Administrator",
				"user_to": whom,
				"reference_ticket": ticket,
				"message": escape(say(text, language[0])),
			}
		).insert(ignore_permissions=True)
		frappe.publish_realtime("helpdesk:comment-reaction-update", {}, user=whom, after_commit=True)

	def members(self, team: str) -> Sequence[str]:
		return members(team)

	# --- articles -------------------------------------------------------------------------------------------

	def articles(self, changed_since: datetime | None) -> Iterator[Article]:
		return frappe_articles.changed(changed_since)

	def synonyms(self) -> Mapping[str, Sequence[str]]:
		return frappe_articles.synonyms()


def _count_response(ticket: str, reply: str, at: datetime) -> None:
	document = frappe.get_doc("HD Ticket", ticket, for_update=True)
	frappe.db.savepoint("social_response")
	try:
		document.reply_was_accepted(frappe.get_doc("Communication", reply), to_site_time(at))
	except frappe.TimestampMismatchError:
		raise
	except (
		frappe.ValidationError
	):  # the answer is out, whatever the site's own rules find wrong with the ticket
		frappe.db.rollback(save_point="social_response")
		frappe.log_error(f"Ticket {ticket} could not be saved after its answer was published")


def as_html(message: TicketMessage) -> str:
	"""Somebody's words as they are, and where to see them. Pictures are links: nothing is loaded from outside."""
	links = [(message.url, frappe._("Open the post"))]
	links += [
		(one, frappe._("Picture or video {0}").format(number)) for number, one in enumerate(message.media, 1)
	]
	shown = [
		f'<a href="{escape(url)}" target="_blank" rel="noopener noreferrer">{escape(label)}</a>'
		for url, label in links
		if url.startswith(("https://", "http://"))
	]
	return _paragraph(message.text) + (f"<p>{' · '.join(shown)}</p>" if shown else "")


def reply_key(message_id: str) -> str:
	"""Stands on a reply's Communication, so that its copies are found."""
	return f"reply-{message_id}{SYNTHETIC}"


def _with_copies(message_id: str) -> set[str]:
	copies = frappe.get_all("Communication", {"message_id": reply_key(message_id)}, pluck="name")
	return {message_id, *copies}


def _paragraph(text: str) -> str:
	return f"<p>{'<br>'.join(escape(text).splitlines())}</p>"


def _said(text: str | Sentence) -> str:
	return say(text) if isinstance(text, Sentence) else text


def _message_id(key: str) -> str:
	return f"{key}{SYNTHETIC}"


def _known(doctype: str, name: str) -> str | None:
	return name if name and frappe.db.exists(doctype, name) else None
