"""The people of the simulated Mastodon server. They post as anybody does: through its own API, each with a token."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from mastodon_mock.config import SeedAccount, SeedConfig
from mastodon_mock.db.models import Account, Notification, Relationship, Status
from mastodon_mock.db.seed import apply_seed_data
from mastodon_mock.services import add_notification
from sqlalchemy import delete, select


class Refused(Exception):
	"""The server did not take it."""


class People:
	def __init__(self, app: Any) -> None:
		self.app = app
		self.followers: dict[int, int] = {}
		self.company: dict[str, str] = {}  # token → account id
		self._tokens: dict[int, str] = {}
		self._ids: dict[str, int] = {}

	def add(self, handle: str, name: str, token: str, followers: int, is_bot: bool) -> str:
		user, _at, domain = handle.partition("@")
		person = SeedAccount(
			username=user,
			domain=domain or None,
			display_name=name,
			bot=is_bot,
			access_token=token or f"person-{handle}",
		)
		apply_seed_data(self.app.state.engine, SeedConfig(accounts=[person]))
		with self.app.state.session_factory() as session:
			row = session.scalar(
				select(Account).where(Account.username == user, Account.domain == (domain or None))
			)
		self._ids[handle], self._tokens[row.id] = row.id, person.access_token
		self.followers[row.id] = followers
		if token:
			self.company[token] = str(row.id)
		return str(row.id)

	async def post(self, told: Mapping[str, str]) -> str:
		by = self._ids[told["by"]]
		if told.get("repost_of"):
			return (await self._as(by, "POST", f"/api/v1/statuses/{told['repost_of']}/reblog"))["id"]
		answered = self._status(told["reply_to"]) if told.get("reply_to") else None
		handle = told.get("direct_to") or (_handle(answered.account) if answered else "")
		text = told["text"]
		if handle and self._ids.get(handle) != by and f"@{handle}".lower() not in text.lower():
			text = f"@{handle} {text}"  # every client does that for its user
		body = {
			"status": text,
			"visibility": told.get("visibility") or self._usual(told, answered),
			"language": told.get("lang") or None,
			"in_reply_to_id": told.get("reply_to") or None,
			"quoted_status_id": told.get("quote_of") or None,
		}
		posted = (await self._as(by, "POST", "/api/v1/statuses", body))["id"]
		if told.get("quote_of"):
			self._notify_quoted(by, told["quote_of"], posted)
		return posted

	async def edit(self, post_id: str, text: str) -> str:
		author = self._status(post_id).account_id
		return (await self._as(author, "PUT", f"/api/v1/statuses/{post_id}", {"status": text}))["id"]

	async def delete(self, post_id: str) -> None:
		await self._as(self._status(post_id).account_id, "DELETE", f"/api/v1/statuses/{post_id}")
		with self.app.state.session_factory() as session:  # a real server takes the notifications away, too
			session.execute(delete(Notification).where(Notification.status_id == int(post_id)))
			session.commit()

	def source_of(self, post_id: str) -> str:
		return self._status(post_id).text

	def changes(self, published: Sequence[str]) -> dict:
		"""Nobody hides other people's posts here."""
		with self.app.state.session_factory() as session:
			texts = {one: session.get(Status, int(one)) for one in published}
			blocked = session.scalars(select(Relationship.target_account_id).where(Relationship.blocking))
			handles = sorted(_handle(session.get(Account, one)) for one in blocked)
		return {
			"hidden": [],
			"deleted": [one for one, status in texts.items() if status is None],
			"blocked": handles,
			"texts": {one: status.text for one, status in texts.items() if status},
		}

	def _usual(self, told: Mapping[str, str], answered: Status | None) -> str:
		if told.get("direct_to"):
			return "direct"
		return answered.visibility if answered else "public"

	def _status(self, post_id: str) -> Status:
		with self.app.state.session_factory() as session:
			status = session.get(Status, int(post_id))
		if status is None:
			raise Refused(f"there is no post {post_id}")
		return status

	def _notify_quoted(self, by: int, quoted: str, posted: str) -> None:
		"""Which the mock leaves out."""
		author = self._status(quoted).account_id
		with self.app.state.session_factory() as session:
			add_notification(
				session, recipient_id=author, from_account_id=by, type_="quote", status_id=int(posted)
			)
			session.commit()

	async def _as(self, account_id: int, method: str, path: str, body: object = None) -> dict:
		status, answer = await ask(self.app, method, path, self._tokens[account_id], body)
		if status >= 400:
			raise Refused(f"{method} {path}: {status} {answer[:200]!r}")
		return json.loads(answer)


def _handle(account: Account) -> str:
	return f"{account.username}@{account.domain}" if account.domain else account.username


async def ask(app: Any, method: str, path: str, token: str, body: object) -> tuple[int, bytes]:
	"""One call to an ASGI application in this process."""
	content = json.dumps(body).encode() if body is not None else b""
	headers = [
		(b"host", b"localhost"),
		(b"authorization", f"Bearer {token}".encode()),
		(b"content-type", b"application/json"),
		(b"content-length", str(len(content)).encode()),
	]
	scope = {
		"type": "http",
		"asgi": {"version": "3.0"},
		"http_version": "1.1",
		"method": method,
		"scheme": "http",
		"path": path,
		"raw_path": path.encode(),
		"root_path": "",
		"query_string": b"",
		"headers": headers,
		"client": ("127.0.0.1", 0),
		"server": ("127.0.0.1", 0),
	}
	answer: dict[str, Any] = {"status": 500, "body": b""}

	async def receive() -> dict:
		return {"type": "http.request", "body": content, "more_body": False}

	async def send(event: dict) -> None:
		answer["status"] = event.get("status", answer["status"])
		answer["body"] += event.get("body", b"")

	await app(scope, receive, send)
	return answer["status"], answer["body"]
