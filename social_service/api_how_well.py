"""The door of the settings form's question: how well would triage and suggestions have worked on the last days?"""

from __future__ import annotations

import frappe
from frappe.utils import cint

from social_service import tasks
from social_service.hosts.frappe_store import refuse
from social_service.hosts.frappe_words import spoken
from social_service.hosts.frappe_worker import NoWorker, WorkerFailed, ask_a_worker
from social_service.sentence import _

MOST_DAYS = 365


@frappe.whitelist(methods=["POST"])
def how_well(days: int | str = 90) -> dict:
	"""Nothing is stored. A worker reads: some thousand posts take longer than a request may."""
	frappe.has_permission("Social Service Settings", "write", throw=True)
	days = cint(days)
	if not 1 <= days <= MOST_DAYS:
		refuse(_("Choose between 1 and {0} days.", MOST_DAYS))
	try:
		found = ask_a_worker(tasks.how_well, days=days)
	except (NoWorker, WorkerFailed) as error:
		refuse(error.sentence)
	return spoken(found, frappe.local.lang)
