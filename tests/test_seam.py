"""Who may know whom, read from the imports; and the few numbers that keep the code easy to read."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import social_service
from social_service import hooks
from social_service.hosts.base import Desk, Host, Store

if sys.version_info >= (3, 11):
	import tomllib
else:
	import tomli as tomllib

PACKAGE = Path(social_service.__file__).parent
KNOWS_FRAPPE = re.compile(
	r"hosts/(frappe_\w+|helpdesk\w*|erpnext)\.py|overrides/.*|www/.*|patches/.*|social_service/.*"
	r"|(api\w*|webhooks|tasks|commands|install)\.py"
)
IMPLEMENTATIONS = re.compile(r"social_service\.hosts\.(?!base\b)\w+")
FLOW = {
	f"social_service.{name}"
	for name in (
		*(
			"listen",
			"ticket",
			"conversation",
			"native",
			"engage",
			"guard",
			"account",
			"triage",
			"match",
			"knowledge",
			"lessons",
			*("audience", "switching", "voice"),
			"writing",
		),
		*("sla", "storm", "community", "measure"),
	)
}


@cache
def trees() -> dict[str, ast.Module]:
	"""Path below the package → its code."""
	return {
		path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
		for path in sorted(PACKAGE.rglob("*.py"))
	}


def modules(*starts: str) -> Iterator[tuple[str, ast.Module]]:
	return ((path, tree) for path, tree in trees().items() if path.startswith(starts))


def imports(tree: ast.AST) -> set[str]:
	"""Full names, those inside of functions too: ``from a import b`` is a and a.b."""
	found: set[str] = set()
	for node in ast.walk(tree):
		if isinstance(node, ast.Import):
			found |= {name.name for name in node.names}
		elif isinstance(node, ast.ImportFrom):
			assert not node.level, "imports have full names"
			found |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
		elif isinstance(node, ast.Call) and _name_of(node.func).endswith("import_module"):
			found |= {one.value for one in node.args if isinstance(one, ast.Constant)}
	return found


def _name_of(node: ast.AST) -> str:
	return ast.unparse(node) if isinstance(node, (ast.Name, ast.Attribute)) else ""


def calls(tree: ast.AST, ending: str) -> list[str]:
	"""The calls of a function of this name, each as ``a.b.name``."""
	named = (_name_of(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call))
	return [name for name in named if name.split(".")[-1] == ending]


def belongs(name: str, rooms: set[str]) -> bool:
	return any(name == room or name.startswith(f"{room}.") for room in rooms)


# --- who may know whom --------------------------------------------------------------------------------------


def test_only_the_rooms_of_the_host_import_frappe():
	knowing = {
		path for path, tree in trees().items() if any(belongs(one, {"frappe"}) for one in imports(tree))
	}
	assert {path for path in knowing if not KNOWS_FRAPPE.fullmatch(path)} <= {"hooks.py"}
	assert "cli.py" not in knowing
	assert "hosts/frappe_store.py" in knowing, "the reading of imports finds nothing"


def test_hooks_asks_for_frappe_and_does_without():
	"""It is read without Frappe too; the one import only asks what this Frappe can do."""
	tree = trees()["hooks.py"]
	asked = [node for node in ast.walk(tree) if isinstance(node, ast.Try)]
	inside = set().union(*(imports(one) for one in asked))
	assert {one for one in imports(tree) if one.startswith("frappe")} <= inside
	assert all([_name_of(handler.type) for handler in one.handlers] == ["ImportError"] for one in asked)


@pytest.mark.parametrize("room", ["channels/", "flow"])
def test_the_outside_world_and_the_flow_know_no_host_by_name(room):
	paths = tuple(f"{name.removeprefix('social_service.')}" for name in FLOW) if room == "flow" else (room,)
	found = {path: imports(tree) for path, tree in modules(*paths)}
	assert found
	assert not {path for path, names in found.items() if any(IMPLEMENTATIONS.match(one) for one in names)}


def test_channels_know_nothing_of_the_flow_or_of_hosts():
	for path, tree in modules("channels/"):
		told = {name for name in imports(tree) if belongs(name, FLOW | {"social_service.hosts"})}
		assert not told, path


def test_hosts_know_nothing_of_the_flow():
	found = dict(modules("hosts/"))
	assert len(found) > 5
	for path, tree in found.items():
		told = {name for name in imports(tree) if belongs(name, FLOW | {"social_service.channels"})}
		assert not told, path


def test_the_shared_words_know_nobody():
	for name in (
		"records/words.py",
		"records/network.py",
		"records/desk.py",
		"sentence.py",
		"pause.py",
		"ledger/posts.py",
		"ledger/learning.py",
		"ledger/answers.py",
		"ledger/history.py",
		"ledger/drafts.py",
		"settings/__init__.py",
		"settings/channels.py",
		"settings/rules.py",
		"settings/promises.py",
		"settings/answers.py",
		"settings/service.py",
		"service_hours.py",
	):
		ours = {one for one in imports(trees()[name]) if one.startswith("social_service")}
		shared = {f"social_service.{room}" for room in ("records", "sentence", "service_hours", "settings")}
		assert not {one for one in ours if not belongs(one, shared)}


def test_the_product_does_not_need_the_rehearsal():
	for path, tree in trees().items():
		if not path.startswith("rehearsal/") and path != "cli.py":
			assert not any(belongs(one, {"social_service.rehearsal"}) for one in imports(tree)), path


def test_pure_rooms_read_no_clock():
	"""``now`` is an argument; the doors and the drivers' network time are elsewhere."""
	for path, tree in modules(
		*("triage/", "match/", "ticket/", "engage/", "listen/", "guard/", "sla/"),
		*("knowledge.py", "lessons.py", "writing.py"),
	):
		assert not calls(tree, "now") and not calls(tree, "utcnow") and not calls(tree, "today"), path


# --- one place each -----------------------------------------------------------------------------------------


def test_commit_is_called_in_one_place():
	"""The simulated networks have databases of their own."""
	found = {
		path: calls(tree, "commit") for path, tree in trees().items() if not path.startswith("rehearsal/")
	}
	assert {path: names for path, names in found.items() if names} == {
		"hosts/frappe_store.py": ["frappe.db.commit"]
	}


def test_only_one_place_talks_http():
	"""A library may bring its types; a session is made once, and the rehearsal plays the other side."""
	makers = (
		"requests.Session",
		"requests.get",
		"requests.post",
		"requests.request",
		"urllib.request.urlopen",
	)
	for path, tree in trees().items():
		made = [name for maker in makers for name in calls(tree, maker.rsplit(".", 1)[1]) if name == maker]
		assert not made or path == "channels/session.py" or path.startswith("rehearsal/"), path


def test_nothing_sleeps_in_a_worker():
	"""Only a request may wait: a person pressed a button and a worker does the work."""
	for path, tree in trees().items():
		if path not in ("pause.py", "hosts/frappe_worker.py") and not path.startswith("rehearsal/"):
			assert not calls(tree, "sleep"), path


def test_no_network_is_asked_for_by_name():
	"""What a network can't do it says itself; nobody asks which it is."""
	for path, tree in trees().items():
		if path.startswith(("channels/", "rehearsal/")):
			continue
		compared = [node for node in ast.walk(tree) if isinstance(node, (ast.Compare, ast.match_case))]
		names = {one.value for node in compared for one in ast.walk(node) if isinstance(one, ast.Constant)}
		assert not names & set(hooks.social_channels), path


# --- the seam is frozen --------------------------------------------------------------------------------------

STORE = ("add", "get", "find", "change", "claim", "tally", "columns")
DESK = (
	*("open_ticket", "add_message", "mark_reply", "rewrite", "note", "erase", "tell", "members", "tickets"),
	*("route", "service_hours", "show_standing", "articles", "synonyms"),
)
HOST = ("transaction", "secret", "keep_secrets", "allowed_internal")


@pytest.mark.parametrize(
	("protocol", "methods", "more"),
	[(Store, STORE, ()), (Desk, DESK, ("can",)), (Host, HOST, ("store", "desk", "cache", "zone"))],
)
def test_the_protocols_have_these_methods_and_no_other(protocol, methods, more):
	"""Another one needs a paragraph in docs/decisions.md; then change this list."""
	assert (
		tuple(name for name in vars(protocol) if callable(vars(protocol)[name]) and name[0] != "_") == methods
	)
	assert tuple(protocol.__annotations__) == more


@pytest.mark.parametrize(
	("path", "methods"),
	[("hosts/embedded_desk.py", DESK), ("hosts/helpdesk.py", DESK), ("hosts/sql.py", STORE)],
)
def test_both_hosts_have_the_methods_with_the_same_arguments(path, methods):
	declared = {
		node.name: node for node in ast.walk(trees()["hosts/base.py"]) if isinstance(node, ast.FunctionDef)
	}
	written = {node.name: node for node in ast.walk(trees()[path]) if isinstance(node, ast.FunctionDef)}
	for name in methods:
		assert ast.unparse(written[name].args) == ast.unparse(declared[name].args), name


# --- easy to read -------------------------------------------------------------------------------------------


def test_files_and_functions_are_short():
	for path, tree in trees().items():
		lines = len((PACKAGE / path).read_text(encoding="utf-8").splitlines())
		assert lines <= (250 if path.startswith("hosts/") else 300), path
		for node in ast.walk(tree):
			if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
				assert node.end_lineno - node.lineno < 50, f"{path}: {node.name}"


def test_modules_have_names_that_say_something_and_a_docstring():
	for path, tree in trees().items():
		assert not re.search(r"(utils?|helpers?|manager|misc|common)\.py$", path), path
		is_doctype = path.startswith("social_service/")  # its JSON says what it is
		assert ast.get_docstring(tree) or not tree.body or is_doctype, path


def test_errors_are_not_swallowed():
	"""``except Exception`` stands at the edges only: where one message may break and no other."""
	broad = [
		path
		for path, tree in trees().items()
		for node in ast.walk(tree)
		if isinstance(node, ast.ExceptHandler)
		if node.type is None or re.search(r"\b(Base)?Exception\b", ast.unparse(node.type))
		if not any(
			isinstance(one, ast.Raise) and one.exc is None for one in node.body
		)  # undoes, and goes on up
		if not path.startswith("rehearsal/")
	]
	assert set(broad) <= {"ticket/deciding.py", "listen/streams.py", "tasks.py", "webhooks.py"}


# --- what we live beside -------------------------------------------------------------------------------------

FRAPPE_PINS = {  # of Frappe 16; the version is one that its pin allows
	"requests": "2.32.5",
	"urllib3": "2.6.0",
	"click": "8.2.1",
	"tomli": "2.2.1",
	"pydantic": "2.11.7",
	"cryptography": "45.0.7",
	"werkzeug": "3.1.3",
	"beautifulsoup4": "4.13.4",
	"python-dateutil": "2.9.0",
	"requests-oauthlib": "2.0.0",
}


def project() -> dict:
	declared = PACKAGE.parent / "pyproject.toml"
	if not declared.exists():
		pytest.skip("only in a checkout")
	return tomllib.loads(declared.read_text(encoding="utf-8"))["project"]


def test_what_we_need_lives_beside_what_frappe_pins():
	for line in project()["dependencies"]:
		wanted = Requirement(line)
		pinned = FRAPPE_PINS.get(wanted.name.lower())
		assert wanted.specifier, f"{wanted.name}: say which versions"
		assert pinned is None or wanted.specifier.contains(pinned), f"{line}: Frappe has {pinned}"
		assert not any(one.operator == "==" for one in wanted.specifier), (
			f"{line}: a pin of ours breaks others"
		)


def test_everything_that_is_imported_is_declared():
	declared = {Requirement(line).name.lower().replace("-", "_") for line in project()["dependencies"]}
	declared |= {"social_service", "pytwitter"} | set(sys.stdlib_module_names)
	for path, tree in trees().items():
		if (
			path.startswith(("rehearsal/", "triage/corpus/"))
			or KNOWS_FRAPPE.fullmatch(path)
			or path == "hooks.py"
		):
			continue  # extras have more
		assert {name.split(".")[0] for name in imports(tree)} <= declared, path


def test_python_3_10_reads_it():
	for path in trees():
		ast.parse((PACKAGE / path).read_text(encoding="utf-8"), feature_version=(3, 10))


# --- the kit -------------------------------------------------------------------------------------------------


def test_the_kit_is_left_out_only_where_a_network_has_no_such_thing():
	if not (PACKAGE.parent / "tests/kit").exists():
		pytest.skip("only in a checkout")
	for path in (PACKAGE.parent / "tests/kit").glob("*_contract.py"):
		for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
			if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.skip":
				assert ast.unparse(node.args[0]).lstrip("f'\"").startswith("not supported: "), path


def test_every_channel_of_the_hook_stands_on_the_kit():
	tested = "".join(
		path.read_text(encoding="utf-8") for path in (PACKAGE.parent / "tests/channels").glob("*.py")
	)
	for dotted in hooks.social_channels.values():
		assert re.search(rf"channel_class = {dotted.rsplit('.', 1)[1]}\b", tested), dotted
