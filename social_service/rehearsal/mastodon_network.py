"""A Mastodon server for the rehearsal: the real API of PyPI's `mastodon-mock`, with our clock, people and faults in front.

``python -m social_service.rehearsal.mastodon_network --clock ISO`` prints ``{"url": …}`` and serves until stopped.
"""

from __future__ import annotations

import argparse
import json
import socket
import threading
from datetime import datetime, timezone

from mastodon_mock.db import models


class Clock:
	"""The day's time, and ids that tell it as Mastodon's do: milliseconds, then 16 bits to count with."""

	def __init__(self) -> None:
		self._now = datetime.now(timezone.utc)
		self._last_id = 0
		self._lock = threading.Lock()

	def set(self, now: str) -> None:
		self._now = datetime.fromisoformat(now.replace("Z", "+00:00")).astimezone(timezone.utc)

	def now(self) -> datetime:
		return self._now

	def next_id(self) -> int:
		with self._lock:
			self._last_id = max(self._last_id + 1, int(self._now.timestamp() * 1000) << 16)
			return self._last_id


CLOCK = Clock()
# The mock's other modules take these two by name when they are imported, so they are replaced before that.
models.utcnow = CLOCK.now
models.next_id = CLOCK.next_id

import uvicorn
from mastodon_mock.app import create_app
from mastodon_mock.config import DatabaseConfig, FaultConfig, MastodonMockConfig, SeedConfig, StreamingConfig
from mastodon_mock.serializers import accounts, batch, statuses

from social_service.rehearsal.mastodon_front import Front
from social_service.rehearsal.mastodon_people import People

DOMAIN = "fedi.example"


def build(clock: str) -> Front:
	CLOCK.set(clock)
	config = MastodonMockConfig(
		domain=DOMAIN,
		title="Fedi Example",
		database=DatabaseConfig(path=":memory:"),
		seed=SeedConfig(accounts=[]),
		streaming=StreamingConfig(enabled=False),
		faults=FaultConfig(enabled=False),
	)
	app = create_app(config)
	app.user_middleware.clear()  # headers for browsers: they cost more than the calls
	people = People(app)
	_count_cheaply(people)
	return Front(app, people, CLOCK)


def _count_cheaply(people: People) -> None:
	"""As many followers as we say, without a row for each; and no counting of likes and posts, which nobody looks at."""
	statuses._count = lambda *_args, **_filters: 0
	accounts._followers_count = lambda _session, account_id: people.followers.get(account_id, 0)
	accounts._following_count = accounts._statuses_count = lambda _session, _account_id: 0
	accounts._last_status_at = lambda _session, _account_id: None
	counted = batch.build_status_context

	def with_followers(*args):
		context = counted(*args)
		context.followers_count.update(people.followers)
		return context

	batch.build_status_context = with_followers


def main() -> None:
	parser = argparse.ArgumentParser(description=__doc__)
	parser.add_argument("--clock", required=True, help="the time to begin with, ISO 8601")
	front = build(parser.parse_args().clock)
	listening = socket.create_server(("127.0.0.1", 0))
	print(json.dumps({"url": f"http://127.0.0.1:{listening.getsockname()[1]}"}), flush=True)
	config = uvicorn.Config(front, log_level="critical", access_log=False, date_header=False)
	uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
	main()
