"""A simulated network, seen from the rehearsal: starts its process, moves its clock, lets its people post, counts what it saw.

Each network is a process of its own behind real HTTP. What stands under ``/_rehearsal/`` is for the rehearsal alone;
drivers never go there.
"""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime

import requests

START_SECONDS = 30


class Network:
	"""``module`` is run as ``python -m module --clock ISO``; its first line on stdout is ``{"url": …}``."""

	def __init__(self, module: str, clock: datetime) -> None:
		command = [sys.executable, "-m", module, "--clock", clock.isoformat()]
		self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
		line = self.process.stdout.readline()
		if not line:
			raise RuntimeError(f"{module} did not start")
		self.url: str = json.loads(line)["url"]
		self._session = requests.Session()
		self._session.trust_env = False

	def __enter__(self) -> Network:
		return self

	def __exit__(self, *_error) -> None:
		self.stop()

	def stop(self) -> None:
		self.process.terminate()
		self.process.wait(timeout=10)
		self.process.stdout.close()
		self._session.close()

	def set_clock(self, now: datetime, *, skew: float = 0) -> None:
		"""``skew``: seconds by which the network's own clock is wrong."""
		self._call("PUT", "clock", {"now": now.isoformat(), "skew": skew})

	def add_person(
		self, handle: str, name: str, *, token: str = "", followers: int = 0, is_bot: bool = False
	) -> str:
		"""Returns the network's id. Only the company's accounts have a token."""
		body = {"handle": handle, "name": name, "token": token, "followers": followers, "is_bot": is_bot}
		return self._call("POST", "people", body)["id"]

	def post(self, by: str, text: str, **more: str) -> str:
		"""``more``: reply_to, quote_of, repost_of (ids), direct_to (a handle), lang, visibility. Returns the id."""
		return self._call("POST", "posts", {"by": by, "text": text, **more})["id"]

	def edit(self, post_id: str, text: str) -> str:
		"""Returns the id that the edited post has now (a new one on X)."""
		return self._call("PUT", f"posts/{post_id}", {"text": text})["id"]

	def delete(self, post_id: str) -> None:
		self._call("DELETE", f"posts/{post_id}")

	def fail(
		self, effect: str, *, method: str = "GET", path: str = "", count: int = 1, **more: object
	) -> None:
		"""The next ``count`` calls of ``method`` whose path contains ``path`` fail as ``effect`` says (see each network)."""
		body = {"effect": effect, "method": method, "path": path, "count": count, **more}
		self._call("POST", "faults", body)

	def recover(self) -> None:
		"""What was to fail and has not yet will not."""
		self._call("DELETE", "faults")

	def ledger(self) -> dict:
		"""What the network saw, whatever our tables say: ``{"served": [ids of the posts that any stream answered to
		the company, its own among them], "published": [{"id", "by", "text", "reply_to", "visibility"}, … by API]}``."""
		return self._call("GET", "ledger")

	def changes(self) -> dict:
		"""What the company changed, as the network shows it now: ``{"hidden": ids, "deleted": ids (by people, too), "blocked":
		handles, "texts": {id of what the company published: its text}}``."""
		return self._call("GET", "changes")

	def set_person(self, handle: str, **more: object) -> None:
		"""``more``: what this network knows of people besides."""
		self._call("PUT", f"people/{handle}", more)

	def pushes(self, after: int = 0) -> list[dict]:
		"""The webhook calls that the network would have made, without the first ``after``: body, headers, post."""
		return self._call("GET", f"pushes/{after}")["pushes"]

	def _call(self, method: str, path: str, body: dict | None = None) -> dict:
		answer = self._session.request(
			method, f"{self.url}/_rehearsal/{path}", json=body, timeout=START_SECONDS
		)
		answer.raise_for_status()
		return answer.json() if answer.content else {}
