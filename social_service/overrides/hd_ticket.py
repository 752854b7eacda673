"""What differs in an HD Ticket that came from a network: no mails to its author, first response only when published."""

from __future__ import annotations

from datetime import datetime

import frappe
from frappe.core.doctype.communication.communication import Communication
from frappe.utils import now_datetime
from helpdesk.helpdesk.doctype.hd_ticket.hd_ticket import HDTicket

from social_service.hosts.frappe_store import from_site_time
from social_service.hosts.helpdesk import is_social
from social_service.overrides import promises


class SocialTicketMixin:
	"""Stands before HDTicket in the class; every method leaves other tickets to Helpdesk."""

	def skip_email_workflow(self) -> bool:
		return is_social(self) or super().skip_email_workflow()

	def send_acknowledgement_email(self) -> None:
		if not is_social(self):
			super().send_acknowledgement_email()

	def handle_email_feedback(self) -> None:
		if not is_social(self):
			super().handle_email_feedback()

	def set_first_responded_on(self) -> None:
		"""Closing a ticket, merging it or setting it to Replied answers nobody."""
		if not is_social(self):
			super().set_first_responded_on()

	def set_sla(self) -> None:
		"""Of several agreements that fit Helpdesk takes any; a social ticket has the one of its policy."""
		if not is_social(self):
			super().set_sla()
		elif not self.flags.social_routed:
			agreement = promises.agreement_for(self)
			if agreement:
				self.sla = agreement
			else:
				super().set_sla()

	def apply_sla(self) -> None:
		if is_social(self) and self.is_new() and self.customer:
			self.set_sla()  # Helpdesk looks for the customer after the agreement
		super().apply_sla()
		if is_social(self):
			promises.show(self)

	def is_currently_outside_working_hours(self) -> bool:
		closed = promises.is_closed_now(self) if is_social(self) else None
		return super().is_currently_outside_working_hours() if closed is None else closed

	def on_communication_update(self, c: Communication) -> None:
		"""Called by every save of a Communication of this ticket."""
		self.flags.social_told_by_flow = bool(c.flags.social_facts is not None)
		if not is_social(self):
			super().on_communication_update(c)
		elif (
			c.flags.social_first
		):  # as Helpdesk would, without its second save: the ticket was made a moment ago
			values = {"description": c.content, "last_customer_response": now_datetime()}
			self.db_set(values, update_modified=False)
		elif c.flags.social_quiet:  # it needs no reply, so it reopens nothing
			self.db_set("last_customer_response", now_datetime(), update_modified=False)
		elif c.sent_or_received == "Sent":  # not published yet: see reply_was_accepted
			newest_replies()[str(self.name)] = c.name
		else:
			self.update(c.flags.social_facts or {})
			super().on_communication_update(c)

	def reply_was_accepted(self, c: Communication, at: datetime) -> None:
		"""The network has it: now the first response counts, and the status follows as after a mail."""
		self.first_responded_on = self.first_responded_on or at
		self.flags.social_at = from_site_time(at)  # whoever marks the reply keeps the clocks
		customer_wrote_since = self.last_customer_response and self.last_customer_response > c.creation
		if self.status_category == "Resolved" or customer_wrote_since:
			self.last_agent_response = now_datetime()
			self.save(ignore_permissions=True)
		else:
			super().on_communication_update(c)


class SocialHDTicket(SocialTicketMixin, HDTicket):
	"""For Frappe versions without ``extend_doctype_class``."""


def newest_replies() -> dict[str, str]:
	"""Ticket → the Communication that Helpdesk made of an agent's reply in this request. It returns none itself."""
	if not hasattr(frappe.local, "social_service_replies"):
		frappe.local.social_service_replies = {}
	return frappe.local.social_service_replies
