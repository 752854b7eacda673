"""The doors of the policy form: check permission, call one function, return."""

from __future__ import annotations

import frappe
from frappe.utils import get_datetime

from social_service import tasks
from social_service.hosts.frappe_permissions import visible_teams
from social_service.hosts.frappe_store import from_site_time, refuse
from social_service.hosts.frappe_words import spoken
from social_service.hosts.helpdesk import HelpdeskHost
from social_service.hosts.helpdesk_promises import POLICY, as_policy
from social_service.sla import trying


@frappe.whitelist()
def last_posts() -> list:
	"""To try a policy on."""
	frappe.has_permission(POLICY, "write", throw=True)
	return _answer(trying.last_posts(HelpdeskHost(), visible_teams(frappe.session.user)))


@frappe.whitelist(methods=["POST"])
def try_policy(policy: dict | str, post: dict | str) -> dict:
	"""``policy``: the form's values, saved or not; ``post``: what is known of it, and when it was written. Nothing is stored."""
	frappe.has_permission(POLICY, "write", throw=True)
	document, told = frappe.get_doc({"doctype": POLICY, **frappe.parse_json(policy)}), frappe.parse_json(post)
	if reason := document.why_not():
		refuse(reason)
	at = from_site_time(get_datetime(told["sent_at"])) if told.get("sent_at") else tasks.now()
	facts = trying.facts_as_typed(told)
	return _answer(trying.try_on(HelpdeskHost(), as_policy(document), facts, at))


def _answer(value: object) -> object:
	return spoken(value, frappe.local.lang)
