"""Each record's fields against its DocType's JSON, which is the schema of both databases."""

from __future__ import annotations

import json
from dataclasses import MISSING, Field, fields
from datetime import datetime
from enum import Enum
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

import social_service
from social_service import hooks
from social_service.hosts.schema import DOCTYPES, NUMBERS, TEXTS
from social_service.hosts.values import shape
from social_service.ledger import LEDGER
from social_service.settings import SETTINGS, Outcome, SocialChannel

PACKAGE = Path(social_service.__file__).parent
LAYOUT = {"Section Break", "Column Break", "Tab Break", "HTML", "Button", "Heading"}
TYPES = {str: set(TEXTS), bool: {"Check"}, int: {"Int", "Long Int", "Duration"}}
JSONS = {"Long Text", "JSON"}
INDEX_BYTES = 3072  # of InnoDB; a character may take four

each_kind = pytest.mark.parametrize("kind", LEDGER + SETTINGS, ids=lambda kind: kind.__name__)
each_ledger = pytest.mark.parametrize("kind", LEDGER, ids=lambda kind: kind.__name__)
each_setting = pytest.mark.parametrize("kind", SETTINGS, ids=lambda kind: kind.__name__)


@cache
def doctype(kind: type) -> dict:
	folder = kind.doctype.lower().replace(" ", "_")
	return json.loads((DOCTYPES / folder / f"{folder}.json").read_text(encoding="utf-8"))


def columns(kind: type) -> dict[str, dict]:
	return {one["fieldname"]: one for one in doctype(kind)["fields"] if one["fieldtype"] not in LAYOUT}


def stored(kind: type) -> dict[str, tuple[type, bool]]:
	return {name: what for name, what in shape(kind).items() if name != "name"}


def options(column: dict) -> list[str]:
	return [one for one in column.get("options", "").split("\n") if one]


# --- columns ------------------------------------------------------------------------------------------------


@each_kind
def test_every_field_has_its_column(kind):
	for name, (wanted, _optional) in stored(kind).items():
		column = columns(kind)[name]
		if wanted is datetime:
			assert column["fieldtype"] == "Datetime", name
			beside = columns(kind)[f"{name}_ms"]
			assert beside["fieldtype"] == "Long Int" and beside["hidden"], name
		elif issubclass(wanted, Enum):
			assert column["fieldtype"] == "Select", name
		else:
			assert column["fieldtype"] in TYPES.get(wanted, JSONS), name


@each_kind
def test_nothing_is_declared_that_no_field_has(kind):
	known = set(stored(kind)) | {
		f"{name}_ms" for name, (wanted, _o) in stored(kind).items() if wanted is datetime
	}
	assert not set(columns(kind)) - known


@each_kind
def test_a_secret_is_no_field(kind):
	"""The vault has them, by whatever names the drivers give them."""
	assert not [name for name, column in columns(kind).items() if column["fieldtype"] == "Password"]


@each_kind
def test_a_number_that_may_be_absent_is_no_number_of_the_hosts(kind):
	"""The host turns None into 0 there: an unanswered post would look answered at once."""
	for name, (wanted, optional) in stored(kind).items():
		column = columns(kind)[name if wanted is not datetime else f"{name}_ms"]
		if optional:
			assert column["fieldtype"] not in ("Int", "Float", "Check", "Currency"), name
			assert not column.get("not_nullable") and not column.get("default"), name


@each_kind
def test_what_is_fixed_words_in_code_is_the_same_words_in_the_form(kind):
	for name, (wanted, optional) in stored(kind).items():
		column = columns(kind)[name]
		if issubclass(wanted, Enum):
			assert options(column) == [word.value for word in wanted], name
			assert not optional or column["options"].startswith("\n"), f"{name} must offer nothing"


def test_the_outcomes_of_a_rule_are_the_ones_that_triage_knows():
	rule = next(kind for kind in SETTINGS if kind.doctype == "Social Triage Rule")
	known = [value for name, value in vars(Outcome).items() if name.isupper()]
	assert options(columns(rule)["outcome"]) == known


@each_kind
def test_the_form_shows_every_column_once(kind):
	names = [one["fieldname"] for one in doctype(kind)["fields"]]
	assert len(names) == len(set(names)) and doctype(kind)["field_order"] == names


@each_kind
def test_links_lead_to_something(kind):
	ours = {one.doctype for one in LEDGER + SETTINGS}
	host = {"HD Team", "HD Ticket Priority", "HD Ticket Type", "HD Service Level Agreement", "User"} | {
		"HD Service Holiday List"
	}
	for column in columns(kind).values():
		assert column["fieldtype"] != "Link" or column["options"] in ours | host, column["fieldname"]


@each_kind
def test_every_doctype_has_its_folder_with_a_controller(kind):
	folder = kind.doctype.lower().replace(" ", "_")
	assert (DOCTYPES / folder / "__init__.py").exists()
	controller = (DOCTYPES / folder / f"{folder}.py").read_text(encoding="utf-8")
	assert f"class {kind.__name__}(Document)" in controller
	assert doctype(kind)["name"] == kind.doctype and doctype(kind)["module"] == "Social Service"


def test_no_doctype_is_without_a_record():
	found = {path.parent.name for path in DOCTYPES.glob("*/*.json")}
	assert found == {kind.doctype.lower().replace(" ", "_") for kind in LEDGER + SETTINGS}


# --- keys and indexes ---------------------------------------------------------------------------------------


@each_ledger
def test_a_digest_is_unique_in_the_database(kind):
	digest = columns(kind).get("digest")
	assert (digest is not None) == ("digest" in stored(kind))
	if digest:
		assert (digest["fieldtype"], digest.get("unique"), digest["length"]) == ("Data", 1, 64)
		assert digest["not_nullable"], "MariaDB takes any number of NULLs"
	others = [name for name, column in columns(kind).items() if column.get("unique") and name != "digest"]
	assert not others, "a store finds the row that was first by its digest"


@each_kind
def test_every_index_is_on_columns_that_are_there(kind):
	for index in kind.indexes:
		assert isinstance(index, tuple) and len(index) == len(set(index))
		widths = [columns(kind)[name].get("length") or 140 for name in index]
		assert sum(widths) * 4 <= INDEX_BYTES, index
		for name in index:
			assert columns(kind)[name]["fieldtype"] in {"Data", "Link", "Select", *NUMBERS}, (
				f"{name}: too long"
			)


@each_ledger
def test_names_are_the_hosts_hash_and_nobody_renames(kind):
	assert doctype(kind)["autoname"] == "hash" and not doctype(kind)["allow_rename"]


@each_ledger
def test_network_ids_have_room(kind):
	"""An id is never cut: 255 characters, as intake promises."""
	for name in ("external_id", "thread_id", "parent_id", "author_id"):
		if name in columns(kind):
			assert columns(kind)[name]["length"] == 255, name


# --- who may what -------------------------------------------------------------------------------------------


@each_ledger
def test_nobody_writes_a_ledger_record_by_hand(kind):
	declared = doctype(kind)
	for permission in declared["permissions"]:
		forbidden = {"write", "create", "submit", "cancel", "amend", "import"}
		assert not {what for what in forbidden if permission.get(what)}, permission["role"]
	for column in columns(kind).values():
		assert column.get("read_only"), column["fieldname"]
	assert declared["in_create"], "the list would offer to add one"
	assert not declared["track_changes"]


@each_kind
def test_nobody_without_a_role_of_the_helpdesk_sees_anything(kind):
	roles = {permission["role"] for permission in doctype(kind)["permissions"]}
	assert roles and roles <= {"System Manager", "Agent Manager", "Agent"}


@each_setting
def test_agents_only_look_at_settings(kind):
	(agent,) = [one for one in doctype(kind)["permissions"] if one["role"] == "Agent"]
	assert {what for what, yes in agent.items() if yes and what != "role"} == {"read"}


@each_setting
def test_changes_of_settings_are_kept(kind):
	assert doctype(kind)["track_changes"]


# --- defaults -----------------------------------------------------------------------------------------------


def declared_default(field: Field, wanted: type, column: dict) -> object:
	default = column.get("default") or ""
	return (
		wanted(int(default or 0))
		if wanted in (int, bool)
		else (default or None if field.default is None else default)
	)


@each_setting
def test_a_setting_has_one_default(kind):
	for field in fields(kind):
		if field.name != "name" and field.default is not MISSING:
			column = columns(kind)[field.name]
			told = declared_default(field, shape(kind)[field.name][0], column)
			assert told == field.default and type(told) is type(field.default), field.name


@each_setting
def test_what_has_no_default_must_be_filled_in(kind):
	for field in fields(kind):
		if field.default is MISSING and field.default_factory is MISSING:
			assert columns(kind)[field.name].get("reqd"), field.name


# --- settings of the channels -------------------------------------------------------------------------------


@pytest.mark.parametrize(("code", "path"), hooks.social_channels.items())
def test_every_channel_of_the_hook_can_be_had_and_set_up(code, path):
	"""A new one needs no new field: secrets go to the vault, what is no common setting into `more`."""
	module, name = path.rsplit(".", 1)
	driver = getattr(import_module(module), name)
	assert driver.code == code
	keys = [setting.key for setting in driver.settings]
	assert len(keys) == len(set(keys))
	for setting in driver.settings:
		is_column = setting.key in columns(SocialChannel)
		assert is_column == (setting.key in SocialChannel.COMMON), f"{setting.key}: is another thing here"
		assert not (setting.secret and is_column), setting.key


# --- what Frappe looks for ----------------------------------------------------------------------------------


def test_frappe_finds_the_module_and_its_patches():
	assert (PACKAGE / "modules.txt").read_text().split("\n")[0] == "Social Service"
	assert (PACKAGE / "social_service" / "__init__.py").exists()
	patches = (PACKAGE / "patches.txt").read_text()
	assert "[pre_model_sync]" in patches and "[post_model_sync]" in patches
	for line in patches.splitlines():
		if line.startswith("social_service."):
			assert (PACKAGE.parent / (line.split()[0].replace(".", "/") + ".py")).exists(), line


def test_fixtures_stand_in_the_package_and_are_linked_at_the_root():
	root = PACKAGE.parent / "fixtures"
	if not (PACKAGE.parent / "pyproject.toml").exists():
		pytest.skip("only in a checkout")
	assert root.is_symlink() and root.resolve() == (PACKAGE / "fixtures").resolve()
	assert (PACKAGE / "fixtures").is_dir()
