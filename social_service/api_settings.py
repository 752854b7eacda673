"""The doors of the settings form: check permission, call one function, return."""

from __future__ import annotations

import frappe

from social_service import miss_budget
from social_service.decider import the_reader
from social_service.hosts.frappe_words import spoken
from social_service.hosts.helpdesk import HelpdeskHost


@frappe.whitelist()
def reading_effort() -> list:
	"""How much agents read with smaller and larger miss budgets. Nothing is stored."""
	frappe.has_permission("Social Service Settings", "write", throw=True)
	host = HelpdeskHost()
	return spoken(miss_budget.efforts(host, the_reader(host)), frappe.local.lang)
