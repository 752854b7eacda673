"""The table at the end of a test run: each channel, each contract of the kit, how many of its tests passed."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest

CONTRACTS = {
	"ChannelContract": "listen",
	"SendContract": "answer",
	"ReceiveContract": "be pushed to",
	"BodySigned": "be pushed to",
	"ChangeContract": "change",
}
NAMED = "social_service_contract"
SKIP_REASON = "not supported: "


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
	for item in items:
		kind = getattr(item, "cls", None)
		contract = _contract_of(kind, getattr(item, "originalname", "")) if kind else ""
		if contract:
			item.user_properties.append((NAMED, (kind.channel_class.label, contract)))


def _contract_of(kind: type, test: str) -> str:
	owner = next((one.__name__ for one in kind.__mro__ if test in vars(one)), "")
	return CONTRACTS.get(owner, "")


def pytest_terminal_summary(terminalreporter) -> None:
	table: dict[str, dict[str, Counter]] = defaultdict(lambda: defaultdict(Counter))
	lacking: dict[str, set[str]] = defaultdict(set)
	for outcome in ("passed", "failed", "skipped"):
		for report in terminalreporter.stats.get(outcome, ()):
			for name, value in getattr(report, "user_properties", ()):
				if name == NAMED and (report.when == "call" or outcome == "skipped"):
					table[value[0]][value[1]][outcome] += 1
					if outcome == "skipped":
						lacking[value[0]].add(_reason(report))
	if table:
		_write(terminalreporter, table, lacking)


def _reason(report: pytest.TestReport) -> str:
	told = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
	return told.removeprefix("Skipped: ")


def _write(reporter, table: dict[str, dict[str, Counter]], lacking: dict[str, set[str]]) -> None:
	contracts = list(dict.fromkeys(CONTRACTS.values()))
	reporter.section("channel × contract")
	reporter.write_line(f"{'':24}" + "".join(f"{one:>16}" for one in contracts) + "   not supported")
	for label in sorted(table, key=str.casefold):
		cells = "".join(f"{_cell(table[label].get(one)):>16}" for one in contracts)
		missing = ", ".join(sorted(one.removeprefix(SKIP_REASON) for one in lacking[label]))
		reporter.write_line(f"{label:24}{cells}   {missing}")


def _cell(counts: Counter | None) -> str:
	if not counts:
		return "–"
	failed = f", {counts['failed']} FAILED" if counts["failed"] else ""
	return f"{counts['passed']} passed{failed}"
