"""Every text that a person can meet in a site: the same calls and JSON keys that Frappe's extractor reads."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import social_service
from social_service.channels import drivers

PACKAGE = Path(social_service.__file__).parent
ENGLISH_ONLY = {"cli.py", "rehearsal"}  # the command line and the rehearsal speak English
JAVASCRIPT = re.compile(r"""__\(\s*(?P<q>["'`])(?P<text>(?:\\.|(?!(?P=q)).)*)(?P=q)""", re.S)
TEMPLATE = re.compile(r"""_\(\s*(?P<q>["'])(?P<text>(?:\\.|(?!(?P=q)).)*)(?P=q)""", re.S)
LABELS = ("label", "description", "format", "documentation_url_label", "title", "subtitle", "success_message")
NAMED = {"DocType": "name", "Report": "report_name", "Number Card": "label", "Dashboard Chart": "chart_name"}


def messages() -> set[str]:
	"""Without the empty ones."""
	found = {*_python(), *_of_drivers(), *_scripts(), *_documents()}
	return {text for text in found if text.strip() and re.search(r"[^\W\d_]", text)}


def _files(*patterns: str) -> Iterator[Path]:
	for pattern in patterns:
		for path in sorted(PACKAGE.rglob(pattern)):
			if not ENGLISH_ONLY & set(path.relative_to(PACKAGE).parts):
				yield path


def _python() -> Iterator[str]:
	yield from (label for label, _type, _options, _shown in _custom_fields().values())
	for path in _files("*.py"):
		for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
			if isinstance(node, ast.Call) and _is_translation(node) and isinstance(node.args[0].value, str):
				yield node.args[0].value


def _custom_fields() -> dict[str, tuple]:
	"""Of HD Ticket and User, without importing what imports frappe."""
	tree = ast.parse((PACKAGE / "install.py").read_text(encoding="utf-8"))
	assigned = (node for node in tree.body if isinstance(node, ast.Assign))
	ours = ("TICKET_FIELDS", "USER_FIELDS")
	named = [ast.literal_eval(one.value) for one in assigned if ast.unparse(one.targets[0]) in ours]
	return {name: field for fields in named for name, field in fields.items()}


def _of_drivers() -> Iterator[str]:
	"""What drivers say of themselves: labels of settings and streams, how they count and cost."""
	for driver in drivers().values():
		yield from (setting.label for setting in driver.settings)
		yield from (driver.capabilities.costs, driver.capabilities.counts)
	for path in _files("channels/**/*.py"):
		for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
			if isinstance(node, ast.Call) and ast.unparse(node.func) == "Stream":
				yield from _label_of(node)


def _label_of(stream: ast.Call) -> Iterator[str]:
	named = [one.value for one in stream.keywords if one.arg == "label"]
	yield from (
		one.value
		for one in [*stream.args[1:2], *named]
		if isinstance(one, ast.Constant) and isinstance(one.value, str)
	)


def _is_translation(call: ast.Call) -> bool:
	name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
	return name in ("_", "_lt") and bool(call.args) and isinstance(call.args[0], ast.Constant)


def _scripts() -> Iterator[str]:
	for path in _files("*.js", "*.html"):
		text = path.read_text(encoding="utf-8")
		expression = JAVASCRIPT if path.suffix == ".js" else TEMPLATE
		for found in expression.finditer(text):
			yield found["text"].replace('\\"', '"').replace("\\'", "'").replace("\\n", "\n")


def _documents() -> Iterator[str]:
	for path in sorted((PACKAGE / "social_service").rglob("*.json")):
		document = json.loads(path.read_text(encoding="utf-8"))
		for one in document if isinstance(document, list) else [document]:
			yield from _of_document(one)


def _of_document(document: dict) -> Iterator[str]:
	kind = document.get("doctype", "")
	if kind in NAMED:
		yield document.get(NAMED[kind], "")
	if kind != "DocType":
		yield from (str(document[key]) for key in LABELS if document.get(key))
	for row in [*document.get("fields", ()), *_rows(document)]:
		if row.get("hidden"):
			continue
		yield from (str(row[key]) for key in LABELS if row.get(key))
		if row.get("fieldtype") == "Select":
			yield from (row.get("options") or "").split("\n")


def _rows(document: dict) -> Iterator[dict]:
	for key in ("links", "shortcuts", "charts", "number_cards", "filters", "columns", "steps"):
		rows = document.get(key)
		if isinstance(rows, list):
			yield from (row for row in rows if isinstance(row, dict))
