"""Starts what the lane needs: Postgres and Redis of its own, and on them the genuine network of ``start.mjs``."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Timer
from time import monotonic, sleep

FOLDER = Path(__file__).parent
START_SECONDS = 120
PROGRAMS = {
	"node": "Node.js 18.7 or newer",
	"redis-server": "Redis",
	"initdb": "Postgres",
	"postgres": "Postgres",
}
POSTGRES_FOLDERS = "/usr/lib/postgresql/*/bin"  # Debian keeps its programs out of the path


class DidNotStart(Exception):
	"""Says what did not, with the end of what it wrote."""


def what_is_missing() -> str:
	"""A sentence for the banner; "" when all is there."""
	lacking = sorted({what for program, what in PROGRAMS.items() if not find(program)})
	if lacking:
		return f"This machine lacks {' and '.join(lacking)}."
	if not (FOLDER / "node_modules" / ".package-lock.json").exists():  # npm writes it last
		return "@atproto/dev-env is not installed. `make test-bluesky` installs it into tests/bluesky/node_modules."
	return ""


def find(program: str) -> str:
	newest = [str(place / program) for place in sorted(Path("/").glob(POSTGRES_FOLDERS[1:]), reverse=True)]
	return shutil.which(program) or next(filter(os.path.exists, newest), "")


@contextmanager
def running_network() -> Iterator[Mapping]:
	"""What ``start.mjs`` tells of the network. All of it ends with the block."""
	with ExitStack() as stack:
		folder = Path(stack.enter_context(TemporaryDirectory(prefix="bluesky-", ignore_cleanup_errors=True)))
		folder.chmod(0o755)
		databases = {
			"DB_POSTGRES_URL": stack.enter_context(postgres(folder)),
			"REDIS_HOST": stack.enter_context(redis(folder)),
		}
		yield stack.enter_context(node(folder, databases))


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
	data, port, user = folder / "postgres", free_port(), _database_user()
	data.mkdir()
	if user:
		shutil.chown(data, user)
	made = [find("initdb"), "--pgdata", data, "--username", "lane", "--auth", "trust", "--no-sync"]
	done = subprocess.run(made, user=user, cwd=data, check=False, capture_output=True, text=True)
	if done.returncode:
		raise DidNotStart(f"Postgres could not be set up: {done.stderr[-600:].strip()}")
	options = ["-h", "127.0.0.1", "-k", "", "-F", "-c", "max_connections=200"]
	command = [find("postgres"), "-D", data, "-p", str(port), *options]
	with process(command, folder / "postgres.log", user=user, cwd=data) as running:
		wait_for(port, running, folder / "postgres.log")
		yield f"postgresql://lane@127.0.0.1:{port}/postgres"


def _database_user() -> str | None:
	"""Postgres refuses to run as root; it then runs as the user that its package has made, else as nobody."""
	if os.geteuid() != 0:
		return None
	return "postgres" if any(one.pw_name == "postgres" for one in pwd.getpwall()) else "nobody"


@contextmanager
def redis(folder: Path) -> Iterator[str]:
	port = free_port()
	options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder]
	command = [find("redis-server"), *options]
	with process(command, folder / "redis.log") as running:
		wait_for(port, running, folder / "redis.log")
		yield f"127.0.0.1:{port}"


@contextmanager
def node(folder: Path, databases: Mapping[str, str]) -> Iterator[Mapping]:
	log = folder / "node.log"
	environment = {**os.environ, **databases, "LOG_ENABLED": "0", "TMPDIR": str(folder)}
	pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
	with process([find("node"), "start.mjs"], log, cwd=FOLDER, env=environment, **pipes) as running:
		patience = Timer(START_SECONDS, running.kill)
		patience.start()
		line = running.stdout.readline()
		patience.cancel()
		if not line:
			raise DidNotStart(f"The network did not start: {_end_of(log)}")
		yield json.loads(line)
		running.stdin.close()
		running.wait(timeout=20)


@contextmanager
def process(command: list, log: Path, **more: object) -> Iterator[subprocess.Popen]:
	with log.open("wb") as errors:
		running = subprocess.Popen(
			command, **{"stdin": subprocess.DEVNULL, "stdout": errors, "stderr": errors, **more}
		)
	try:
		yield running
	finally:
		running.terminate()
		running.wait(timeout=20)


def wait_for(port: int, running: subprocess.Popen, log: Path) -> None:
	deadline = monotonic() + START_SECONDS
	while monotonic() < deadline and running.poll() is None:
		with socket.socket() as probe:
			if probe.connect_ex(("127.0.0.1", port)) == 0:
				return
		sleep(0.05)
	raise DidNotStart(f"{Path(running.args[0]).name} did not start: {_end_of(log)}")


def free_port() -> int:
	with socket.create_server(("127.0.0.1", 0)) as server:
		return server.getsockname()[1]


def _end_of(log: Path) -> str:
	return log.read_text(errors="replace")[-600:].strip()
