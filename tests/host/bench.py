"""A throw-away site on a bench, its web server and its workers. All by subprocess; imports no frappe."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import requests

START_SECONDS = 60
REDIS_DATABASE = 5 + os.getpid() % 10  # workers of other sites and of other runs must not take our jobs
APPS = ("telephony", "helpdesk", "social_service")


def find_bench() -> Path | None:
	bench = Path(os.environ.get("FRAPPE_BENCH") or Path.home() / "frappe-bench").expanduser()
	return (
		bench
		if (bench / "env" / "bin" / "python").exists() and (bench / "sites" / "apps.txt").exists()
		else None
	)


def what_is_missing(bench: Path) -> str:
	"""Why the suite can't run on this bench, with the command that mends it; '' when it can."""
	apps = (bench / "sites" / "apps.txt").read_text().split()
	for app in APPS:
		if app not in apps:
			return f"{app} is not in {bench}. Run: bench get-app {app}"
	for module in ("pytest", "responses"):
		found = subprocess.run([python_of(bench), "-c", f"import {module}"], capture_output=True, check=False)
		if found.returncode:
			return (
				f"{module} is not in the bench's environment. Run: {python_of(bench)} -m pip install {module}"
			)
	return ""


def python_of(bench: Path) -> str:
	return str(bench / "env" / "bin" / "python")


class Bench:
	"""Where processes run: in the bench's ``sites`` folder, with a Redis database of their own for jobs."""

	def __init__(self, path: Path) -> None:
		self.path = path
		self.sites = path / "sites"
		self.config = json.loads((self.sites / "common_site_config.json").read_text())
		queue = self.config.get("redis_queue", "redis://127.0.0.1:11311").rstrip("/")
		self.redis = f"{queue}/{REDIS_DATABASE}"

	def forget_jobs(self) -> None:
		"""What an earlier run left in our Redis database would be counted as a flood, or run by our workers."""
		forget = (
			"import sys, redis; r = redis.Redis.from_url(sys.argv[1]); "
			"keys = list(r.scan_iter('rq:*', count=1000)); keys and r.delete(*keys)"
		)
		self.python(forget, self.redis)

	def environment(self, more: Mapping[str, str] = {}) -> dict[str, str]:
		return {**os.environ, "FRAPPE_REDIS_QUEUE": self.redis, **more}

	def frappe(self, *arguments: str, answer: str = "") -> str:
		"""A bench command, without the bench CLI."""
		command = [python_of(self.path), "-m", "frappe.utils.bench_helper", "frappe", *arguments]
		return self.run(command, answer)

	def python(self, code: str, *arguments: str) -> str:
		return self.run([python_of(self.path), "-c", code, *arguments])

	def run(self, command: Sequence[str], answer: str = "") -> str:
		done = subprocess.run(
			command,
			cwd=self.sites,
			env=self.environment(),
			input=answer,
			text=True,
			capture_output=True,
			check=False,
		)
		if done.returncode:
			raise RuntimeError(
				f"{' '.join(command[:8])} failed:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
			)
		return done.stdout

	def start(self, *arguments: str, more: Mapping[str, str] = {}) -> subprocess.Popen:
		"""A server or worker, in a process group of its own."""
		command = [python_of(self.path), "-m", "frappe.utils.bench_helper", "frappe", *arguments]
		quiet = None if os.environ.get("SOCIAL_SERVICE_LOUD") else subprocess.DEVNULL
		return subprocess.Popen(
			command,
			cwd=self.sites,
			env=self.environment(more),
			stdout=quiet,
			stderr=quiet,
			start_new_session=True,
		)


INSTALL = """
import sys, frappe
from frappe import installer
installer.parse_app_name = lambda name: name.split("/")[-1]  # it would ask api.github.com who owns the app
site, *apps = sys.argv[1:]
frappe.init(site); frappe.connect(); frappe.clear_cache()
for app in apps:
	installer.install_app(app, set_as_patched=True)
	frappe.db.commit()
"""


SETUP = """
import sys, frappe
frappe.init(sys.argv[1]); frappe.connect()
settings = frappe.get_doc("System Settings")
settings.update({"time_zone": "Europe/Berlin", "language": "en", "country": "Germany", "setup_complete": 1})
settings.flags.ignore_mandatory = True
settings.save()
frappe.db.commit()
"""


class Site:
	def __init__(self, bench: Bench, name: str) -> None:
		self.bench, self.name = bench, name
		self.processes: list[subprocess.Popen] = []
		self.workers: list[subprocess.Popen] = []

	def make(self) -> None:
		user = self.bench.config.get("root_login", "root")
		password = self.bench.config.get("root_password", "")
		more = ["--db-root-password", password] if password else []
		scope = "--mariadb-user-host-login-scope=%"
		self.frappe_new("--force", "--db-root-username", user, "--admin-password", "admin", scope, *more)
		self.install("telephony", "helpdesk")
		self.bench.python(SETUP, self.name)

	def frappe_new(self, *arguments: str) -> None:
		self.bench.frappe(
			"new-site", self.name, *arguments, answer="\n\n"
		)  # an empty root password is asked for

	def drop(self) -> None:
		self.stop()
		user, password = (
			self.bench.config.get("root_login", "root"),
			self.bench.config.get("root_password", ""),
		)
		more = ["--db-root-password", password] if password else []
		arguments = ("drop-site", self.name, "--force", "--no-backup", "--db-root-username", user, *more)
		with tempfile.TemporaryDirectory() as archive:  # Frappe keeps what it drops
			self.bench.frappe(*arguments, "--archived-sites-path", archive, answer="\n\n")

	def install(self, *apps: str) -> None:
		self.bench.python(INSTALL, self.name, *apps)

	def command(self, *arguments: str) -> str:
		return self.bench.frappe("--site", self.name, *arguments)

	def set_config(self, key: str, value: object) -> None:
		path = self.bench.sites / self.name / "site_config.json"
		path.write_text(json.dumps({**json.loads(path.read_text()), key: value}, indent=1))

	# --- processes ------------------------------------------------------------------------------------------

	def serve(self) -> str:
		port = _free_port()
		self.processes.append(
			self.bench.start("--site", self.name, "serve", "--port", str(port), "--noreload")
		)
		url = f"http://127.0.0.1:{port}"
		_wait_for(lambda: requests.get(f"{url}/api/method/ping", headers={"Host": self.name}, timeout=20).ok)
		return url

	def worker(self, more: Mapping[str, str] = {}) -> subprocess.Popen:
		worker = self.bench.start("worker", "--queue", "short", "--quiet", more=more)
		self.workers.append(worker)
		return worker

	def stop_workers(self) -> None:
		while self.workers:
			kill(self.workers.pop())

	def stop(self) -> None:
		self.stop_workers()
		while self.processes:
			kill(self.processes.pop())


def kill(process: subprocess.Popen) -> None:
	"""Like a power cut: the worker and the horse that it forked, at once."""
	with contextlib.suppress(ProcessLookupError):
		os.killpg(process.pid, signal.SIGKILL)
	process.wait(timeout=30)


def _free_port() -> int:
	with socket.socket() as one:
		one.bind(("127.0.0.1", 0))
		return one.getsockname()[1]


def _wait_for(is_there) -> None:
	until = time.monotonic() + START_SECONDS
	while True:
		try:
			if is_there():
				return
		except requests.ConnectionError:
			pass
		if time.monotonic() > until:
			raise TimeoutError("the site's web server did not start")
		time.sleep(0.2)


if __name__ == "__main__":
	sys.exit("This is the harness of tests/host. Run: make test-host")
