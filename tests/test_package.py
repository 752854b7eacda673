"""What is installed is the whole app: a wheel brings every file that Frappe, the flow and the demo read."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import social_service
from social_service import hooks

ROOT = Path(social_service.__file__).parent.parent
READ_AT_RUN_TIME = (
	"hooks.py",
	"modules.txt",
	"patches.txt",
	"triage/defaults.json",
	"social_service/__init__.py",
	"rehearsal/company/company.json",
)
SUFFIXES = {".py", ".json", ".jsonl", ".txt", ".html", ".css", ".js", ".svg", ".po", ".pot", ".csv", ".toml"}


def can_build() -> bool:
	"""setuptools builds wheels itself since 70.1; before that it needs the package `wheel`."""
	try:
		import setuptools  # noqa: PLC0415
	except ImportError:
		return False
	new = tuple(int(one) for one in setuptools.__version__.split(".")[:2]) >= (70, 1)
	return new or importlib.util.find_spec("wheel") is not None


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
	if not (ROOT / "pyproject.toml").exists():
		pytest.skip("NO WHEEL WAS TESTED: only in a checkout")
	if not can_build():
		pytest.skip("NO WHEEL WAS TESTED: pip install 'setuptools>=70.1'")
	folder = tmp_path_factory.mktemp("package")
	source = folder / "source"  # a build leaves files behind, and takes along what an earlier one left
	unwanted = shutil.ignore_patterns(".*", "build", "*.egg-info", "__pycache__", "node_modules", "tests")
	shutil.copytree(ROOT, source, symlinks=True, ignore=unwanted)
	command = [
		sys.executable,
		"-m",
		"pip",
		"wheel",
		"--no-deps",
		"--no-build-isolation",
		"--no-index",
		"--quiet",
	]
	done = subprocess.run(
		[*command, "--wheel-dir", str(folder), str(source)], capture_output=True, text=True, check=False
	)
	assert done.returncode == 0, done.stderr
	(built,) = folder.glob("*.whl")
	return built


@pytest.fixture(scope="module")
def inside(wheel) -> set[str]:
	with zipfile.ZipFile(wheel) as archive:
		return set(archive.namelist())


@pytest.mark.parametrize("path", READ_AT_RUN_TIME)
def test_what_is_read_at_run_time_is_inside(inside, path):
	assert f"social_service/{path}" in inside


def test_every_file_of_the_package_is_inside(inside):
	"""And so are those that somebody adds tomorrow."""
	here = {
		path.relative_to(ROOT).as_posix()
		for path in (ROOT / "social_service").rglob("*")
		if path.suffix in SUFFIXES and "__pycache__" not in path.parts and "node_modules" not in path.parts
	}
	assert len([path for path in here if "/doctype/" in path and path.endswith(".json")]) >= 10
	assert not here - inside


def test_nothing_else_is_inside(inside):
	strange = {path for path in inside if not path.startswith(("social_service/", "social_service-"))}
	assert not strange, "tests, benchmarks and docs stay in the repository"
	assert not {path for path in inside if path.endswith((".pyc", ".sqlite", ".env", ".pem"))}


def test_what_is_installed_runs_from_a_folder_of_its_own(wheel, tmp_path):
	with zipfile.ZipFile(wheel) as archive:
		archive.extractall(tmp_path / "site")
	program = """
import json, social_service
from pathlib import Path
from social_service import hooks, listen, ticket, engage, cli
from social_service.channels import drivers
from social_service.hosts.embedded import EmbeddedHost
from social_service.triage.defaults import seeded_rules
host = EmbeddedHost(":memory:")
print(json.dumps([social_service.__file__, sorted(drivers()), len(seeded_rules())]))
"""
	environment = {**os.environ, "PYTHONPATH": str(tmp_path / "site"), "PYTHONDONTWRITEBYTECODE": "1"}
	done = subprocess.run(
		[sys.executable, "-c", program],
		capture_output=True,
		text=True,
		check=False,
		env=environment,
		cwd=tmp_path,
	)
	assert done.returncode == 0, done.stderr
	place, networks, rules = json.loads(done.stdout)
	assert place.startswith(str(tmp_path / "site")), "it was the checkout that ran"
	assert networks == sorted(hooks.social_channels) and rules > 5


def test_the_wheel_says_what_it_needs_and_has_its_command(wheel):
	with zipfile.ZipFile(wheel) as archive:
		told = {
			name.rsplit("/", 1)[1]: archive.read(name).decode()
			for name in archive.namelist()
			if ".dist-info/" in name
		}
	assert f"Version: {social_service.__version__}" in told["METADATA"]
	assert "Requires-Dist: requests~=2.32" in told["METADATA"]
	assert "Requires-Python: >=3.10" in told["METADATA"]
	assert "social-service = social_service.cli:main" in told["entry_points.txt"]
