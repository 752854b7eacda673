"""A policy, or what it is built on, has changed: Helpdesk's agreements and the deadlines of waiting tickets follow."""

from __future__ import annotations

from dataclasses import asdict

import frappe
from frappe.model.document import Document

from social_service import sla, tasks
from social_service.hosts import helpdesk_promises as promises


def keep() -> dict[str, str]:
	"""Policy → its agreement."""
	kept = promises.keep_promises()
	tasks.deadlines_soon()
	return kept


def retire(agreement: str) -> None:
	"""A policy was deleted."""
	promises.retire(agreement)
	keep()


def host_changed(doc: Document, method: str | None = None) -> None:
	"""Service hours or priorities of the helpdesk."""
	if not (
		doc.flags.social_service or frappe.flags.in_migrate
	):  # our tables may not be there yet; setup keeps
		keep()


def seed() -> None:
	for policy in sla.DEFAULTS:
		frappe.get_doc({"doctype": policy.doctype, **asdict(policy), "name": None}).insert(
			ignore_permissions=True
		)
