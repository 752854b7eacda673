"""Only the transaction of a Frappe job commits; everything else would tear ticket, message and fate apart."""

from __future__ import annotations

import re
from pathlib import Path

import social_service

PACKAGE = Path(social_service.__file__).parent


def test_commit_stands_once_in_the_tree():
	found = [
		path.relative_to(PACKAGE).as_posix()
		for path in PACKAGE.rglob("*.py")
		if "rehearsal" not in path.parts  # the simulated networks have databases of their own
		for _call in re.findall(r"\bcommit\(", path.read_text(encoding="utf-8"))
	]
	assert found == ["hosts/frappe_store.py"]
