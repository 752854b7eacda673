"""Every question that the flow asks of a ledger table can be answered by an index."""

from __future__ import annotations

import re

import frappe
import pytest

from social_service.hosts import frappe_store
from social_service.ledger import LEDGER
from social_service.records import ReplyState

LEDGER_TABLES = {f"tab{kind.doctype}" for kind in LEDGER}


@pytest.fixture
def asked(monkeypatch) -> dict[str, list]:
	"""Statement → values, of all that the store runs."""
	found, run = {}, frappe_store._execute

	def noted(statement, values):
		found.setdefault(statement, list(values))
		return run(statement, values)

	monkeypatch.setattr(frappe_store, "_execute", noted)
	return found


def test_every_question_has_an_index(stage, asked):
	maria = stage.customer()
	first = stage.mention(by=maria)
	stage.listen()
	stage.mention("it still does not work, please help!", by=maria, reply_to=first)
	stage.mention("me too, it is broken, please help!", by=stage.customer("Peter"), reply_to=first)
	stage.listen()
	assert stage.person("agent").reply(stage.message(first).ticket, "<p>We send a new one.</p>").ok
	stage.refresh()
	stage.publish()
	assert stage.replies()[0].state is ReplyState.SENT
	questions = {statement: values for statement, values in asked.items() if _is_of_ledger(statement)}
	assert len(questions) > 10
	assert [one for one, values in questions.items() if not _has_index(one, values)] == []


def _is_of_ledger(statement: str) -> bool:
	table = re.search(r"(?:FROM|UPDATE) `(tab[^`]+)`", statement)
	return bool(table) and table[1] in LEDGER_TABLES


def _has_index(statement: str, values: list) -> bool:
	(plan,) = frappe.db.sql(f"EXPLAIN {statement}", tuple(values), as_dict=True)
	return bool(plan.key or plan.possible_keys or "const table" in (plan.Extra or ""))
