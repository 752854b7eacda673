"""Runs this folder with the bench's Python, on a site made for it. Without a bench it says so, loudly, and skips."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from datetime import datetime, timezone
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.host.bench import Bench, Site, find_bench, python_of, what_is_missing

SITE = f"social-{os.getpid()}.localhost"
NETWORK_PYTHON = "SOCIAL_SERVICE_NETWORK_PYTHON"
ROOT = Path(__file__).parent.parent.parent


def _reason_to_skip() -> str:
	bench = find_bench()
	if bench is None:
		return "There is no bench. Set FRAPPE_BENCH to its folder (tests/host needs Frappe, Helpdesk, MariaDB, Redis)."
	return what_is_missing(bench)


REASON = _reason_to_skip()
if not REASON and find_spec("frappe"):
	os.chdir(find_bench() / "sites")  # Frappe writes its logs beside it from the first import on


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> int | None:
	"""Another Python than the bench's: start over with the right one."""
	if REASON or find_spec("frappe"):
		return None
	config.pluginmanager.getplugin("capturemanager").suspend_global_capture(in_=True)
	command = [python_of(find_bench()), "-m", "pytest", *config.invocation_params.args]
	# the simulated networks keep this Python: what they need is not in the bench's
	return subprocess.call(
		command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT), NETWORK_PYTHON: sys.executable}
	)


def pytest_terminal_summary(terminalreporter) -> None:
	if REASON:
		terminalreporter.section("THE HOST TESTS DID NOT RUN", sep="!", red=True)
		terminalreporter.write_line(REASON)
	elif find_spec("frappe") and _no_browser():
		terminalreporter.section("THE BROWSER TESTS DID NOT RUN", sep="!", red=True)
		terminalreporter.write_line(_no_browser())


def _no_browser() -> str:
	from tests.host import browser  # noqa: PLC0415 this file also runs where there is no frappe

	return browser.what_is_missing()


def pytest_ignore_collect(collection_path: Path) -> bool | None:
	"""Without frappe not even their imports work."""
	return True if REASON and collection_path.name.startswith("test_") else None


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
	if REASON and exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
		session.exitstatus = pytest.ExitCode.OK


@pytest.fixture(scope="session")
def site():
	"""A site with Helpdesk and us, in Berlin. SOCIAL_SERVICE_TEST_SITE names one to keep, for whoever writes tests."""
	bench, kept = Bench(find_bench()), os.environ.get("SOCIAL_SERVICE_TEST_SITE", "")
	os.environ["FRAPPE_REDIS_QUEUE"] = bench.redis
	bench.forget_jobs()
	site = Site(bench, kept or SITE)
	if not kept or not (bench.sites / kept).exists():
		site.make()
		site.set_config("allow_tests", True)
		site.set_config("social_service_allow_internal", ["127.0.0.1"])
		site.set_config("ignore_csrf", 1)
		site.install("social_service")
	try:
		connect(site)
		yield site
	finally:
		disconnect()
		site.stop() if kept else site.drop()
		bench.forget_jobs()


def connect(site: Site) -> None:
	"""This thread's connection to the site, as a job has one."""
	import frappe  # noqa: PLC0415 this file also runs where there is no frappe

	os.chdir(site.bench.sites)
	frappe.init(site.name, sites_path=str(site.bench.sites), force=True)
	frappe.connect()


def disconnect() -> None:
	import frappe  # noqa: PLC0415 this file also runs where there is no frappe

	frappe.destroy()
	sys.stdout.flush()


@pytest.fixture
def host(site):
	"""A fresh connection for every test: nothing of the last one is cached or open."""
	from social_service.hosts.helpdesk import HelpdeskHost  # noqa: PLC0415

	connect(site)
	yield HelpdeskHost()
	disconnect()


@pytest.fixture
def helpdesk(host, monkeypatch):
	"""A site that promises what a new site promises. What a test makes goes again."""
	import frappe  # noqa: PLC0415

	from tests.host.promising import Made  # noqa: PLC0415

	made = Made(host)
	yield made
	frappe.db.rollback()
	monkeypatch.setattr(frappe, "in_test", True, raising=False)  # a hundred jobs fewer in the bench's queue
	made.clear()


@pytest.fixture(scope="session")
def url(site) -> str:
	"""The site's web server, with people who can log in."""
	import frappe  # noqa: PLC0415

	from tests.host.stage import make_people  # noqa: PLC0415

	connect(site)
	make_people()
	frappe.db.commit()
	return site.serve()


@contextmanager
def simulated(name: str):
	"""A simulated network, run by the Python that has what it needs."""
	from social_service.rehearsal.network import Network  # noqa: PLC0415

	python, sys.executable = sys.executable, os.environ.get(NETWORK_PYTHON, sys.executable)
	try:
		network = Network(f"social_service.rehearsal.{name}_network", datetime.now(timezone.utc))
	finally:
		sys.executable = python
	with network:
		yield network


@pytest.fixture(scope="session")
def network(site):
	with simulated("x") as network:
		yield network


@pytest.fixture(scope="session")
def mastodon(site):
	with simulated("mastodon") as network:
		yield network


@pytest.fixture
def stage(site, url, network):
	"""A company's new account on the network, connected to the site; the queue of jobs is empty."""
	from tests.host.stage import Stage  # noqa: PLC0415

	connect(site)
	stage = Stage(site, url, network)
	stage.empty_queue()
	yield stage
	site.stop_workers()
	disconnect()


@pytest.fixture
def another_stage(site, url, network):
	"""Makes one more company; the first one's channel is switched off."""
	from tests.host.stage import Stage  # noqa: PLC0415

	return lambda: Stage(site, url, network)


@pytest.fixture
def stages(stage, another_stage, site, url, request):
	"""A stage on the network of that name."""
	from tests.host.stage import Stage  # noqa: PLC0415

	return {
		"x": lambda: stage,
		"mastodon": lambda: Stage(site, url, request.getfixturevalue("mastodon"), "mastodon"),
	}
