"""The doors of the settings form: check permission, call one function, return. Nothing is stored by them."""

from __future__ import annotations

import frappe
from frappe.utils import cint

from social_service import miss_budget, tasks
from social_service.decider import the_reader
from social_service.hosts.frappe_store import refuse
from social_service.hosts.frappe_words import spoken
from social_service.hosts.frappe_worker import NoWorker, WorkerFailed, ask_a_worker
from social_service.hosts.helpdesk import HelpdeskHost
from social_service.sentence import _

MOST_DAYS = 365


@frappe.whitelist()
def reading_effort() -> list:
	"""How much agents read with smaller and larger miss budgets."""
	_may_set_up()
	host = HelpdeskHost()
	return spoken(miss_budget.efforts(host, the_reader(host)), frappe.local.lang)


@frappe.whitelist(methods=["POST"])
def how_well(days: int | str = 90) -> dict:
	"""How triage and suggestions would have worked on the last days. A worker reads: that takes longer than a request may."""
	_may_set_up()
	days = cint(days)
	if not 1 <= days <= MOST_DAYS:
		refuse(_("Choose between 1 and {0} days.", MOST_DAYS))
	try:
		found = ask_a_worker(tasks.how_well, days=days)
	except (NoWorker, WorkerFailed) as error:
		refuse(error.sentence)
	return spoken(found, frappe.local.lang)


def _may_set_up() -> None:
	frappe.has_permission("Social Service Settings", "write", throw=True)
