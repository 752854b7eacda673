"""Who may see which ledger rows: as Helpdesk restricts tickets by team. Lists, counts and forms ask the same question."""

from __future__ import annotations

import frappe
from frappe.model.document import Document

NO_TEAM = ""
HAS_TEAM = "coalesce(`tabHD Ticket`.`agent_group`, '') in ({teams})"
TICKETS = f"select `tabHD Ticket`.`name` from `tabHD Ticket` where {HAS_TEAM}"
OF_TICKET = f"`tab{{doctype}}`.`ticket` in ({TICKETS})"

# A message that opened no ticket belongs to the team its rule or channel names.
CONDITIONS = {
	"Social Message": (
		f"(`tabSocial Message`.`ticket` in ({TICKETS}) or (coalesce(`tabSocial Message`.`ticket`, '') = '' "
		"and coalesce(`tabSocial Message`.`team`, '') in ({teams})))"
	),
	"Social Conversation": OF_TICKET.format(doctype="Social Conversation", teams="{teams}"),
	"Social Reply": OF_TICKET.format(doctype="Social Reply", teams="{teams}"),
	"Social Article Suggestion": OF_TICKET.format(doctype="Social Article Suggestion", teams="{teams}"),
	"Social Ticket Event": OF_TICKET.format(doctype="Social Ticket Event", teams="{teams}"),
	"Social Draft": OF_TICKET.format(doctype="Social Draft", teams="{teams}"),
	"Social SLA Clock": OF_TICKET.format(doctype="Social SLA Clock", teams="{teams}"),
	"Social Profile": (
		"`tabSocial Profile`.`name` in (select `tabSocial Conversation`.`profile` from `tabSocial Conversation` "
		f"where `tabSocial Conversation`.`ticket` in ({TICKETS}))"
	),
}


def visible_teams(user: str) -> frozenset[str] | None:
	"""The teams whose posts this user may see; ``""`` stands for posts without a team. None = all."""
	settings = frappe.get_cached_doc("HD Settings")
	if not settings.restrict_tickets_by_agent_group or user == "Administrator":
		return None
	if "System Manager" in frappe.get_roles(user):
		return None
	member, team = frappe.qb.DocType("HD Team Member"), frappe.qb.DocType("HD Team")
	rows = (
		frappe.qb.from_(member)
		.join(team)
		.on(team.name == member.parent)
		.where((member.user == user) & (team.disabled == 0))
		.select(team.name, team.ignore_restrictions)
		.run()
	)
	if any(sees_all for _name, sees_all in rows):
		return None
	without = {NO_TEAM} if settings.do_not_restrict_tickets_without_an_agent_group else set()
	return frozenset({name for name, _all in rows} | without)


def query_conditions(user: str | None = None, doctype: str = "") -> str:
	"""permission_query_conditions of the ledger doctypes."""
	teams = visible_teams(user or frappe.session.user)
	if teams is None:
		return ""
	if not teams:
		return "1 = 0"
	return CONDITIONS[doctype].format(teams=", ".join(frappe.db.escape(team) for team in sorted(teams)))


def may_see(doc: Document, ptype: str | None = None, user: str | None = None) -> bool:
	"""has_permission of the ledger doctypes."""
	condition = query_conditions(user, doc.doctype)
	if not condition:
		return True
	found = frappe.db.sql(f"select 1 from `tab{doc.doctype}` where `name` = %s and {condition}", (doc.name,))
	return bool(found)
