"""Teams and managers of Helpdesk: who is in them, and whether a ticket may be theirs. Decides nothing about answers."""

from __future__ import annotations

import frappe

from social_service.sentence import Sentence, _

MANAGER = "Agent Manager"
NO_PERSON = ("Administrator", "Guest")


def members(team: str) -> list[str]:
	"""Who is enabled; of "" the managers."""
	if team:
		of_team = {"parent": team, "parenttype": "HD Team"}
		users = frappe.get_all("HD Team Member", of_team, pluck="user", order_by="idx")
	else:
		users = frappe.get_all(
			"Has Role", {"role": MANAGER, "parenttype": "User"}, pluck="parent", order_by="parent"
		)
	known = frappe.get_all("User", {"name": ["in", users or [""]], "enabled": 1}, pluck="name")
	return [user for user in dict.fromkeys(users) if user in known and user not in NO_PERSON]


def usable_team(name: str) -> tuple[str | None, Sentence | None]:
	"""Helpdesk can't insert a ticket for a team whose rotation has nobody (it raises IndexError)."""
	if not name:
		return None, None
	team = frappe.db.get_value("HD Team", name, ["assignment_rule", "disabled"], as_dict=True)
	if team is None or team.disabled:
		return None, _("The team {0} does not exist or is disabled, so this ticket has no team.", name)
	rule = team.assignment_rule
	is_on = rule and not frappe.db.get_value("Assignment Rule", rule, "disabled")
	if is_on and not frappe.db.exists("Assignment Rule User", {"parent": rule}):
		return None, _(
			"The team {0} has no members, so this ticket has no team. Add members to the team.", name
		)
	return name, None
