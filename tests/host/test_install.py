"""Installed, migrated twice, uninstalled and installed again; what the site has edited stays as it is."""

from __future__ import annotations

import shutil

import frappe
import pytest
from frappe.model.base_document import get_controller

from social_service import install
from social_service.install import TICKET_FIELDS
from social_service.ledger import LEDGER
from social_service.overrides.hd_ticket import SocialTicketMixin
from tests.host.bench import Site
from tests.host.conftest import connect, disconnect


@pytest.fixture(scope="module")
def fresh(site):
	"""A site of its own, because this one loses the app."""
	fresh = Site(site.bench, f"install-{site.name}")
	fresh.make()
	fresh.install("social_service")
	yield fresh
	disconnect()
	fresh.drop()


@pytest.fixture
def on_it(fresh):
	connect(fresh)
	yield fresh
	disconnect()


def again(fresh: Site, *command: str) -> None:
	"""A bench command between two looks at the site."""
	frappe.db.commit()
	fresh.command(*command)
	connect(fresh)


def the_fields() -> set[str]:
	return set(
		frappe.get_all("Custom Field", {"dt": "HD Ticket", "module": "Social Service"}, pluck="fieldname")
	)


def the_sidebar() -> list[str]:
	rows = frappe.get_all(
		"HD Ticket Template Field", {"parent": "Default"}, ["fieldname", "hide_from_customer"]
	)
	return [row.fieldname for row in rows if row.fieldname in TICKET_FIELDS and row.hide_from_customer]


def the_indexes(doctype: str) -> set[tuple]:
	columns: dict[str, list] = {}
	for row in frappe.db.sql(f"show index from `tab{doctype}`", as_dict=True):
		columns.setdefault(row.Key_name, []).append(row.Column_name)
	return set(map(tuple, columns.values()))


def test_all_that_we_need_is_there(on_it):
	assert the_fields() == set(TICKET_FIELDS)
	assert sorted(the_sidebar()) == sorted(name for name, (*_rest, shown) in TICKET_FIELDS.items() if shown)
	assert issubclass(get_controller("HD Ticket"), SocialTicketMixin)
	assert frappe.db.count("Social Triage Rule") > 5
	assert all(set(kind.indexes) <= the_indexes(kind.doctype) for kind in LEDGER)


def test_migrating_twice_keeps_what_the_site_edited(on_it):
	rules = frappe.get_all("Social Triage Rule", pluck="name")
	frappe.delete_doc("Social Triage Rule", rules[0])
	frappe.db.set_value("Social Triage Rule", rules[1], "words", "our own words")
	frappe.db.set_value("Custom Field", "HD Ticket-social_url", "label", "Open it there")
	template = frappe.get_doc("HD Ticket Template", "Default")
	template.set("fields", [row for row in template.fields if row.fieldname != "social_kind"])
	template.save()
	for _time in range(2):
		again(on_it, "migrate", "--skip-search-index")
	assert set(frappe.get_all("Social Triage Rule", pluck="name")) == set(rules[1:])
	assert frappe.db.get_value("Social Triage Rule", rules[1], "words") == "our own words"
	assert frappe.db.get_value("Custom Field", "HD Ticket-social_url", "label") == "Open it there"
	assert "social_kind" not in the_sidebar()
	assert all(set(kind.indexes) <= the_indexes(kind.doctype) for kind in LEDGER)
	assert frappe.db.count("Scheduled Job Type", {"method": "social_service.tasks.dispatch"}) == 1


def test_the_form_script_is_renewed_until_the_site_edits_it(on_it, monkeypatch):
	def script() -> str:
		return frappe.db.get_value("HD Form Script", install.FORM_SCRIPT, "script")

	assert script() == install._form_script()
	monkeypatch.setattr(install, "_form_script", lambda: "async function setupForm() {}")
	install.setup()
	assert script() == "async function setupForm() {}"
	frappe.db.set_value("HD Form Script", install.FORM_SCRIPT, "script", "// our own")
	monkeypatch.undo()
	install.setup()
	assert script() == "// our own"
	frappe.delete_doc("HD Form Script", install.FORM_SCRIPT)
	install.setup()
	assert script() is None  # thrown away by the site: it does not come back


def test_the_form_script_names_the_content_of_all_its_parts(on_it, monkeypatch, tmp_path):
	parts = shutil.copytree(install.SCRIPTS, tmp_path / "js")
	monkeypatch.setattr(install, "SCRIPTS", parts)
	known = {install._form_script()}
	for number, part in enumerate(sorted(parts.glob("ticket_*.js")), start=2):
		part.write_text(f"{part.read_text()}\n")
		known.add(install._form_script())
		assert len(known) == number, part.name


@pytest.mark.parametrize(("seconds", "says"), [(240, True), (60, False)])
def test_setup_says_when_networks_are_asked_too_seldom(on_it, capsys, seconds, says):
	frappe.conf.scheduler_tick_interval = seconds
	install.setup()
	assert ("scheduler_tick_interval 60" in capsys.readouterr().out) is says


def test_uninstalled_and_installed_again(on_it):
	ticket = frappe.get_doc(
		{"doctype": "HD Ticket", "subject": "stays", "raised_by": "abc@social.invalid"}
	).insert()
	again(on_it, "uninstall-app", "social_service", "--yes", "--no-backup")
	assert frappe.db.exists("HD Ticket", ticket.name)
	assert not the_fields()
	assert not the_sidebar()
	assert not frappe.db.exists("HD Form Script", install.FORM_SCRIPT)
	assert not frappe.db.exists("DocType", "Social Message")
	assert not frappe.get_all("Scheduled Job Type", {"method": ["like", "social_service.%"]})
	assert not issubclass(get_controller("HD Ticket"), SocialTicketMixin)
	frappe.db.commit()
	on_it.install("social_service")
	connect(on_it)
	assert the_fields() == set(TICKET_FIELDS)
	assert frappe.db.exists("HD Form Script", install.FORM_SCRIPT)
	assert frappe.db.count("Social Triage Rule") > 5
	assert len(the_sidebar()) == sum(shown for *_more, shown in TICKET_FIELDS.values())
