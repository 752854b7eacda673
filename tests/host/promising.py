"""A site that promises something: policies, channels, and tickets of posts that were written at a given time."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta, timezone

import frappe
from frappe.utils.background_jobs import get_queue

from social_service import tasks
from social_service.hosts.helpdesk_promises import AGREEMENT, POLICY, policies
from social_service.ledger import SocialMessage
from social_service.records import Fate, Kind, NewTicket, TicketMessage, Visibility
from social_service.sla.keeping import keep

MINUTE, HOUR = 60, 3600


class Made:
	def __init__(self, host) -> None:
		self.host, self.names = host, []
		self.seeds = {one.title: one.agreement for one in policies()}
		self.channel, self.other = self.new_channel(), self.new_channel()
		frappe.db.commit()

	def new_channel(self) -> str:
		values = {"title": secrets.token_hex(4), "driver": "x", "enabled": 0}
		return self.add("Social Channel", **values).name

	def policy(self, **values: object) -> frappe.model.document.Document:
		values = {"title": f"Test {secrets.token_hex(3)}", "first_response": 10 * MINUTE} | values
		return self.add(POLICY, **values)

	def add(self, doctype: str, **values: object) -> frappe.model.document.Document:
		document = frappe.get_doc({"doctype": doctype, **values}).insert()
		self.names.append((doctype, document.name))
		return document

	def and_this(self, ticket: str) -> str:
		"""It goes, too: no ticket may name an agreement that is gone."""
		self.names.append(("HD Ticket", ticket))
		return ticket

	def ticket(self, kind: Kind, started_at: datetime | None = None, channel: str = "", **more: str):
		started_at = started_at or datetime.now(timezone.utc).replace(microsecond=0) - timedelta(minutes=5)
		key = secrets.token_hex(8)
		new = NewTicket(
			subject="Help",
			raised_by=f"{key}@social.invalid",
			started_at=started_at,
			channel=channel or self.channel,
			network="X",
			conversation="",
			kind=kind,
			handle="maria",
			url="",
			**more,
		)
		visibility = Visibility.PRIVATE if kind is Kind.DIRECT_MESSAGE else Visibility.PUBLIC
		first = TicketMessage(key, "Help", "Maria", new.raised_by, started_at, visibility)
		frappe.db.commit()
		with self.host.transaction():
			name, message = self.host.desk.open_ticket(new, first)
			self.store(new, first, name, message)
			keep(self.host, name, tasks.now())
		self.names.append(("HD Ticket", name))
		return frappe.get_doc("HD Ticket", name)

	def store(self, new: NewTicket, first: TicketMessage, ticket: str, ticket_message: str) -> None:
		"""The post, as the flow stores it."""
		post = SocialMessage(
			channel=new.channel,
			external_id=first.key,
			digest=first.key,
			post_digest=first.key,
			thread_id=first.key,
			kind=new.kind,
			visibility=first.visibility,
			text=first.text,
			sent_at=new.started_at,
			stored_at=new.started_at + timedelta(seconds=20),
			decided_at=new.started_at + timedelta(seconds=21),
			fate=Fate.OPENED,
			ticket=ticket,
			ticket_message=ticket_message,
		)
		self.host.store.add(post)

	def job_runs(self) -> None:
		frappe.db.commit()
		waiting = [
			job for job in get_queue(tasks.QUEUE).jobs if job.kwargs["method"] == tasks.follow_promises
		]
		assert waiting, "nobody was told"
		tasks.follow_promises()
		for job in waiting:
			job.delete()

	def clear(self) -> None:
		order = ("HD Ticket", POLICY, AGREEMENT, "Social Channel")
		left = frappe.get_all(AGREEMENT, {"name": ["like", "Social: Test %"]}, pluck="name")
		self.names += [(AGREEMENT, name) for name in left]
		for doctype, name in sorted(self.names, key=lambda one: (*order, one[0]).index(one[0])):
			frappe.delete_doc(doctype, name, force=True, ignore_missing=True)
		frappe.db.commit()
