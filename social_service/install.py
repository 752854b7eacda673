"""What a site needs besides doctypes. `setup` may run any number of times and keeps what the site has edited."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import click
import frappe
from frappe.custom.doctype.custom_field.custom_field import create_custom_fields
from frappe.model.base_document import get_controller
from frappe.utils.password import get_encryption_key

from social_service.hosts.helpdesk_promises import forget_promises
from social_service.ledger import LEDGER, digest
from social_service.overrides import promises
from social_service.overrides.hd_ticket import SocialTicketMixin
from social_service.triage.defaults import seeded_rules
from social_service.voice import SEEDED as SEEDED_VOICES

TICKET, TEMPLATE = "HD Ticket", "Default"
TICK_SECONDS = 60
SEEDED = "social_service_seeded_{0}"
FORM_SCRIPT = "Social Service"
STEPS = (
	"Connect a Social Channel",
	"Check the Social Channel",
	"Read the Social Preview",
	"Set a Social Promise",
	"Answer the First Social Ticket",
)
SCRIPTS = Path(__file__).parent / "public" / "js"

# fieldname: (label, type, options, shown in the ticket's sidebar)
TICKET_FIELDS = {
	"social_network": ("Network", "Data", None, True),
	"social_channel": ("Social Channel", "Link", "Social Channel", True),
	"social_handle": ("Handle", "Data", None, True),
	"social_kind": ("Kind of post", "Data", None, True),
	"social_url": ("Post", "Small Text", None, True),
	"social_delivery": ("Delivery", "Data", None, True),
	"social_topic": ("Topic", "Data", None, True),
	"social_language": ("Language", "Data", None, True),
	"social_order": ("Social order", "Int", None, False),
	"social_conversation": ("Social Conversation", "Link", "Social Conversation", False),
}


USER_FIELDS = {"social_initials": ("Initials below social answers", "Data", None, False)}


def setup() -> None:
	"""after_install and after_migrate."""
	_make_encryption_key()
	_add_ticket_fields()
	_add_user_fields()
	_add_indexes()
	_once("sidebar", _add_to_sidebar)
	_once("rules", _add_triage_rules)
	_once("policies", promises.seed)
	_once("voice", _add_voices)
	promises.keep()
	_keep_form_script()
	_say_what_is_wrong()


def _make_encryption_key() -> None:
	"""Frappe makes it when it is first needed. Of two processes that find none, the second one's would replace the first
	one's, and the credentials that were entered meanwhile could never be read again."""
	get_encryption_key()


def before_uninstall() -> None:
	"""Tickets and their messages stay, with what their social columns hold."""
	_remove_from_sidebar()
	forget_promises()
	frappe.delete_doc("HD Form Script", FORM_SCRIPT, ignore_missing=True, force=True)
	for step in STEPS:  # they belong to no module, so Frappe would leave them
		frappe.delete_doc("Onboarding Step", step, ignore_missing=True, force=True)
	for field in TICKET_FIELDS:
		frappe.delete_doc("Custom Field", f"{TICKET}-{field}", ignore_missing=True, force=True)
	for field in USER_FIELDS:
		frappe.delete_doc("Custom Field", f"User-{field}", ignore_missing=True, force=True)
	for job in frappe.get_all("Scheduled Job Type", {"method": ["like", "social_service.%"]}, pluck="name"):
		frappe.delete_doc("Scheduled Job Type", job, force=True)
	for what in ("sidebar", "rules", "policies", "voice", "form_script"):
		frappe.defaults.clear_default(SEEDED.format(what))
	frappe.clear_cache(doctype=TICKET)


def _once(what: str, seed: Callable[[], None]) -> None:
	"""A site may throw away what was seeded; it does not come back."""
	if not frappe.db.get_default(SEEDED.format(what)):
		seed()
		frappe.db.set_default(SEEDED.format(what), "1")


# --- HD Ticket ----------------------------------------------------------------------------------------------


def _add_ticket_fields() -> None:
	after, fields = "raised_by", []
	for name, (label, fieldtype, options, _shown) in TICKET_FIELDS.items():
		fields.append(
			{
				"fieldname": name,
				"label": label,
				"fieldtype": fieldtype,
				"options": options,
				"insert_after": after,
				"read_only": 1,
				"depends_on": "eval:doc.social_channel",  # Helpdesk's New Ticket page would ask for it otherwise
				"module": "Social Service",
			}
		)
		after = name
	create_custom_fields({TICKET: fields}, update=False)


def _add_user_fields() -> None:
	for name, (label, fieldtype, _options, _shown) in USER_FIELDS.items():
		field = {"fieldname": name, "label": label, "fieldtype": fieldtype, "length": 10}
		field |= {"insert_after": "last_name", "module": "Social Service"}
		create_custom_fields({"User": [field]}, update=False)


def _add_to_sidebar() -> None:
	if not frappe.db.exists("HD Ticket Template", TEMPLATE):
		return
	template = frappe.get_doc("HD Ticket Template", TEMPLATE)
	there = {row.fieldname for row in template.fields}
	for name, (_label, _type, _options, shown) in TICKET_FIELDS.items():
		if shown and name not in there:
			template.append("fields", {"fieldname": name, "hide_from_customer": 1})
	template.save(ignore_permissions=True)


def _remove_from_sidebar() -> None:
	if not frappe.db.exists("HD Ticket Template", TEMPLATE):
		return
	template = frappe.get_doc("HD Ticket Template", TEMPLATE)
	template.set("fields", [row for row in template.fields if row.fieldname not in TICKET_FIELDS])
	template.save(ignore_permissions=True)


def _keep_form_script() -> None:
	"""The loader of the ticket view's actions: made once, and renewed while nobody has edited it."""
	script, seeded = _form_script(), SEEDED.format("form_script")
	known = frappe.db.get_default(seeded)
	there = frappe.db.get_value("HD Form Script", FORM_SCRIPT, "script")
	if there is None and not known:
		values = {"name": FORM_SCRIPT, "dt": TICKET, "apply_to": "Form", "enabled": 1, "script": script}
		frappe.get_doc({"doctype": "HD Form Script", **values}).insert(ignore_permissions=True)
	elif there is not None and digest(there) == known:
		frappe.db.set_value("HD Form Script", FORM_SCRIPT, "script", script)
	else:
		return
	frappe.db.set_default(seeded, digest(script))


def _form_script() -> str:
	"""Browsers keep an asset for long: its address names the content of all parts, which pass it on to each other."""
	parts = (part.read_text(encoding="utf-8") for part in sorted(SCRIPTS.glob("ticket_*.js")))
	version = digest(*parts)[:10]
	return (SCRIPTS / "ticket_loader.js").read_text(encoding="utf-8").replace("VERSION", version)


# --- our own tables -----------------------------------------------------------------------------------------


def _add_indexes() -> None:
	for kind in LEDGER:
		for fields in kind.indexes:
			frappe.db.add_index(kind.doctype, list(fields), "_".join(fields))


def _add_triage_rules() -> None:
	for rule in seeded_rules():
		known = rule.priority and frappe.db.exists("HD Ticket Priority", rule.priority)
		document = {**asdict(rule), "doctype": "Social Triage Rule", "name": None}
		document["priority"] = rule.priority if known else None
		frappe.get_doc(document).insert(ignore_permissions=True)


def _add_voices() -> None:
	for row in SEEDED_VOICES:
		frappe.get_doc({**asdict(row), "doctype": row.doctype, "name": None}).insert(ignore_permissions=True)


# --- what an admin should know ------------------------------------------------------------------------------


def _say_what_is_wrong() -> None:
	if not issubclass(get_controller(TICKET), SocialTicketMixin):
		_warn(
			"Another app replaces the class of HD Ticket. Authors of posts may get mails; install social_service last."
		)
	if int(frappe.conf.get("scheduler_tick_interval") or 0) != TICK_SECONDS:
		_warn(
			"Networks are asked every 4 minutes only. For every minute: "
			f"bench set-config -g scheduler_tick_interval {TICK_SECONDS}, then restart the bench."
		)


def _warn(text: str) -> None:
	click.secho(f"Social Service: {text}", fg="yellow")
