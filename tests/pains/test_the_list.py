"""docs/pains.md says what is so: each pain has its tests, and each file that is named has a test of that number."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
ROW = re.compile(r"^\| (\d+) \| (.+?) \| (.+?) \| (.+?) \|$", re.M)
ROWS = {
	int(number): cells for number, *cells in ROW.findall((ROOT / "docs/pains.md").read_text(encoding="utf-8"))
}
FILES = {
	path.name: path for folder in ("pains", "host") for path in (ROOT / "tests" / folder).glob("test_*.py")
}


def test_all_twenty_five_are_there():
	assert sorted(ROWS) == list(range(1, 26))


@pytest.mark.parametrize("number", ROWS)
def test_the_named_files_have_a_test_of_that_number(number):
	_what, tests, broken = ROWS[number]
	named = re.findall(r"(test_\w+\.py)", tests)
	assert named and broken.count("`") >= 2
	if "golden" in tests:
		named.remove("test_measure.py")
	for name in named:
		assert f"def test_pain_{number:02}_" in FILES[name].read_text(encoding="utf-8") or (
			name == "test_pains_on_the_host.py" and f"{number:02}" in FILES[name].read_text(encoding="utf-8")
		)
