"""A worker: a process of its own, with its own connection to the database, that runs jobs as ``tasks.py`` does.

It dies where it is told: stopped at a pause point until it is killed, or at no particular place at all.
"""

from __future__ import annotations

import importlib
import logging
import mmap
import os
import pkgutil
import struct
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from multiprocessing.connection import Connection
from pathlib import Path

import social_service.channels
from social_service import engage, listen, pause, ticket
from social_service.account import Clock
from social_service.channels import drivers
from social_service.channels.errors import ChannelError
from social_service.hosts.base import Busy, Host
from social_service.hosts.embedded import EmbeddedHost
from social_service.ledger import Duty, SocialStream
from social_service.listen import push

LOOPBACK = frozenset({"127.0.0.1"})
SEND, RECEIVE = "send", "receive"
STALLS = "SOCIAL_SERVICE_PAUSE_STALLS"  # it goes on after the pause, so nobody may wait for it


@dataclass(frozen=True)
class Job:
	"""``kind``: a Duty's word, or SEND, or RECEIVE. ``pause_at``: the pause point at which it stops until ``sign`` is gone."""

	kind: str
	name: str  # of the row; of the channel for RECEIVE
	body: bytes = b""
	headers: Mapping[str, str] = field(default_factory=dict)
	pause_at: str = ""
	sign: str = ""
	stalls: bool = False  # it goes on later, when the sign is gone
	call: int = -1  # which webhook call


@dataclass(frozen=True)
class Done:
	"""``undecided``: the channel that has news. ``troubles``: what nobody foresaw, the first line is the error."""

	job: Job
	result: object = None
	undecided: str = ""
	refused: str = ""  # how a webhook call was refused
	troubles: tuple[str, ...] = ()


class SharedClock:
	"""The simulated time, in a file that all processes map."""

	def __init__(self, path: Path, skew: timedelta = timedelta(0)) -> None:
		with path.open("r+b") as file:
			self._time = mmap.mmap(file.fileno(), 8)
		self.skew = skew

	def __call__(self) -> datetime:
		return datetime.fromtimestamp(struct.unpack("d", self._time[:8])[0], timezone.utc) + self.skew

	def set(self, now: datetime) -> None:
		self._time[:8] = struct.pack("d", now.timestamp())


JOBS: dict[str, Callable[[Host, str, Clock], object]] = {
	Duty.POLL.value: listen.poll,
	Duty.ONCE.value: listen.fetch_once,
	Duty.SCAN.value: listen.scan,
	Duty.RECHECK.value: listen.recheck,
	Duty.DECIDE.value: ticket.decide,
	Duty.ACCOUNT.value: listen.tend,
	SEND: engage.send,
}
LISTENING = (Duty.POLL.value, Duty.ONCE.value, Duty.SCAN.value)


def serve(calls: Connection, database: str, clock_file: str, skew: float) -> None:
	"""The process's main function: jobs come in, what became of them goes out."""
	clock = SharedClock(Path(clock_file), timedelta(seconds=skew))
	heard = _Heard()
	logging.getLogger().addHandler(heard)
	use_clock(clock)
	pause.time = _Paused
	host = EmbeddedHost(database, allow_internal=LOOPBACK)
	while True:
		try:
			job = calls.recv()
		except EOFError:
			return
		calls.send(_work(host, job, clock, heard))


def use_clock(clock: Clock) -> None:
	"""Drivers that look at a clock have a function ``now`` of their own: here it tells the simulated time."""
	drivers()
	for module in pkgutil.walk_packages(social_service.channels.__path__, "social_service.channels."):
		loaded = sys.modules.get(module.name) or importlib.import_module(module.name)
		if getattr(getattr(loaded, "now", None), "__module__", "") == module.name:
			loaded.now = clock


def _work(host: EmbeddedHost, job: Job, clock: Clock, heard: _Heard) -> Done:
	os.environ[pause.WHERE], os.environ[pause.SIGN] = job.pause_at, job.sign
	os.environ[STALLS] = "1" if job.stalls else ""
	heard.said.clear()
	result, undecided, refused = None, "", ""
	try:
		if job.kind == RECEIVE:
			result = push.receive(host, job.name, job.body, job.headers, clock)
			undecided = job.name if result else ""
		else:
			result = JOBS[job.kind](host, job.name, clock)
			if result and job.kind in LISTENING:
				undecided = host.store.get(SocialStream, [job.name])[job.name].channel
	except Busy:
		pass  # the next minute tries again
	except ChannelError as error:
		refused = type(error).__name__
		if job.kind != RECEIVE:
			heard.said.append(_shown(error))
	except Exception as error:  # the edge, as Frappe's job runner
		heard.said.append(_shown(error))
	return Done(job, result, undecided, refused, tuple(heard.said))


def _shown(error: BaseException) -> str:
	return f"{type(error).__name__}: {error}\n{''.join(traceback.format_exception(error)[-4:])}"


class _Heard(logging.Handler):
	"""What the product itself logs as an error: a poisoned message, a broken driver."""

	def __init__(self) -> None:
		super().__init__(logging.ERROR)
		self.said: list[str] = []

	def emit(self, record: logging.LogRecord) -> None:
		error = record.exc_info[1] if record.exc_info else None
		self.said.append(f"{record.getMessage()}: {_shown(error) if error else ''}")


class _Paused:
	"""Stands for ``time`` in ``pause.py``: sleeps until somebody takes the sign away, or kills the process."""

	@staticmethod
	def sleep(_seconds: float) -> None:
		sign = Path(os.environ[pause.SIGN])
		while sign.exists():
			time.sleep(0.005)
