"""What an authority is needed for and is not there is skipped, and said loudly."""

from __future__ import annotations

import pytest

from tests.lengths.lane.authorities import DISCOURSE, MASTODON, Authority, X

NOT_RUN: dict[str, str] = {}


def pytest_terminal_summary(terminalreporter) -> None:
	for table, missing in NOT_RUN.items():
		terminalreporter.section(f"NOBODY WAS ASKED ABOUT THE LENGTHS OF {table}", sep="!", red=True)
		terminalreporter.write_line(missing)


def _there(authority: Authority) -> Authority:
	if missing := authority.what_is_missing():
		NOT_RUN[authority.table] = missing
		pytest.skip(missing)
	return authority


@pytest.fixture
def x() -> Authority:
	return _there(X)


@pytest.fixture
def mastodon() -> Authority:
	return _there(MASTODON)


@pytest.fixture
def discourse() -> Authority:
	return _there(DISCOURSE)
