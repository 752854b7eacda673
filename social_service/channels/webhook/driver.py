"""Webhook: another tool pushes signed posts. If it has an address, it is asked for missed ones and given our answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import quote

from social_service.channels.base import Capabilities, Channel, Connection, Setting, Stream
from social_service.channels.errors import Ambiguous, Rejected
from social_service.channels.http import Answer
from social_service.channels.reading import json_of
from social_service.channels.webhook.read import account_of, page_of
from social_service.channels.webhook.signature import require_signature
from social_service.records import Account, Length, Message, NotSent, Outgoing, Page, Permission, Sent
from social_service.sentence import _

LONGEST, PAGE = 10_000, 100
VERSION = 1  # of the cursor


class Webhook(Channel):
	code = "webhook"
	label = "Webhook"
	capabilities = Capabilities(
		public_reply=True, private_reply=True, push=True, is_idempotent="key", counts="characters"
	)
	settings = (
		Setting("webhook_secret", "Secret that signs the calls", secret=True),
		Setting("base_url", "Address of the other tool, to ask it and to answer", required=False),
		Setting("access_token", "Access token for that address", secret=True, required=False),
	)

	def __init__(self, connection: Connection) -> None:
		super().__init__(connection)
		self.base = (connection.options.get("base_url") or "").rstrip("/")

	def check(self) -> Account:
		if not self.base:
			return Account("webhook", "webhook", "Webhook")
		return account_of(self._call("GET", "/account").json)

	def streams(self) -> tuple[Stream, ...]:
		return (Stream("posts", "Posts"),) if self.base else ()

	def fetch(self, stream: Stream, cursor: str | None, since: str | None = None) -> Page:
		"""The tool's own mark leads on; where it gives none, the page is the last."""
		position = _position(cursor) if cursor else {"since": since or ""}
		told = self._call("GET", "/posts", params={**position, "limit": PAGE}).json
		page = page_of(told)
		following = told.get("next")
		if following is None or following == position.get("after"):
			return Page(page.messages, cursor or _cursor(position), False, page.deleted, page.unreadable)
		return Page(
			page.messages, _cursor({"after": str(following)}), page.more, page.deleted, page.unreadable
		)

	def receive(self, body: bytes, headers: Mapping[str, str]) -> Page:
		require_signature(self.connection.vault.get("webhook_secret"), body, headers)
		return page_of(json_of(body))

	def may_reply(self, message: Message) -> Permission:
		if message.is_own:
			return Permission(False, _("This is our own post. Answer the customer's post instead."))
		if not self.base:
			return Permission(False, _("This tool only hands posts in. Open the post and answer there."))
		return Permission(True)

	def may_reply_privately(self, message: Message) -> Permission:
		"""The other tool is told who may read the answer."""
		return self.may_reply(message)

	def measure(self, text: str, to: Message | None = None) -> Length:
		limits = self.account.limits if self.account else {}
		return Length(len(text.strip()), limits.get("longest_answer", LONGEST))

	def send(self, reply: Outgoing) -> Sent:
		if not self.measure(reply.text).fits:
			raise Rejected(
				"too long", _("An answer has 1 to {0} characters. Change it.", self.measure("").limit)
			)
		answer = {
			"key": reply.key,
			"text": reply.text,
			"reply_to": reply.to.external_id,
			"visibility": reply.visibility.value,
		}
		return _sent(self._call("POST", "/answers", json_body=answer).json)

	def reconcile(self, reply: Outgoing) -> Sent | NotSent:
		try:
			return _sent(self._call("GET", f"/answers/{quote(reply.key, safe='')}").json)
		except Rejected as refusal:
			if refusal.status == 404:
				return NotSent()
			raise

	def _call(self, method: str, path: str, **more: object) -> Answer:
		token = self.connection.vault.get("access_token")
		headers = {"Authorization": f"Bearer {token}"} if token else {}
		return self.http.call(method, f"{self.base}{path}", headers=headers, **more)


def _position(cursor: str) -> dict[str, str]:
	told = json.loads(cursor)
	return {key: told[key] for key in ("after", "since") if key in told}


def _cursor(position: Mapping[str, str]) -> str:
	return json.dumps({"v": VERSION, **position})


def _sent(told: object) -> Sent:
	if not isinstance(told, dict) or not told.get("id"):
		raise Ambiguous(_("The other tool took the answer and gave it no id; we look whether it is there."))
	return Sent(str(told["id"]), str(told.get("url") or ""))
