"""X (Twitter): mentions, searches and direct messages in; replies and direct messages out. Over python-twitter-v2."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from social_service.channels.base import Capabilities, Channel, Connection, Setting, Stream
from social_service.channels.errors import AuthFailed, Rejected, Throttled
from social_service.channels.x import fetch as x_fetch
from social_service.channels.x import prices, read
from social_service.channels.x import send as x_send
from social_service.channels.x.changing import XChanges
from social_service.channels.x.client import DEFAULT_URL, PAGE, USER_FIELDS, XClient
from social_service.channels.x.cursor import begin, number, read_position
from social_service.channels.x.errors import NOT_SUMMONED, errors_of
from social_service.channels.x.fetch import DMS, MENTIONS, SEARCH
from social_service.channels.x.text import DM_LIMIT, POST_LIMIT, weighted_length, without_leading_mentions
from social_service.records import (
	Account,
	Length,
	Message,
	NotSent,
	Outgoing,
	Page,
	Permission,
	Sent,
	Visibility,
)
from social_service.sentence import _

DM_PERMISSION = "dm.read"


class X(XChanges, Channel):
	code = "x"
	label = "X"
	capabilities = Capabilities(
		public_reply=True,
		private_reply=True,
		search=True,
		reads_single=True,
		hide=True,
		show=True,
		block=True,
		unblock=True,
		delete=True,
		counts="280 weighted: a link 23, an emoji 2",
		costs="per post read and written",
		forgets_deleted=True,  # X's terms want deleted content removed
	)
	settings = (
		Setting("access_token", "Access token", secret=True),
		Setting("refresh_token", "Refresh token", secret=True, required=False),
		Setting("client_id", "Client ID", secret=True, required=False),
		Setting("client_secret", "Client secret", secret=True, required=False),
		Setting("keywords", "Searches, one a line", required=False, lines=True),
		Setting("hashtags", "Hashtags, one a line", required=False, lines=True),
		Setting("base_url", "Address of the API", required=False, default=DEFAULT_URL),
		Setting("field_spelling", "Spelling of fields: tweet or post", required=False, default="tweet"),
		Setting("plan", "Plan at X: pay-per-use or enterprise", required=False, default="pay-per-use"),
	)

	def __init__(self, connection: Connection) -> None:
		super().__init__(connection)
		self.client = XClient(connection)

	def check(self) -> Account:
		body = self.client.get_me(user_fields=USER_FIELDS, return_json=True)
		author = read.read_account(body)
		missing = self._missing_permissions()
		return Account(
			author.external_id, author.handle, author.name, author.url, missing=missing, cost=prices.USER
		)

	def _missing_permissions(self) -> tuple[str, ...]:
		"""X tells nobody which permissions a token has; direct messages are the ones that people leave out. Asked for
		joinings of groups it answers nothing, and nothing is free."""
		try:
			self.client.get_dm_events(event_types="ParticipantsJoin", max_results=1, return_json=True)
		except AuthFailed as refusal:
			if refusal.permission != DM_PERMISSION:
				raise
			return (DM_PERMISSION,)
		except Throttled:
			pass  # who has a limit has the permission
		return ()

	def streams(self) -> tuple[Stream, ...]:
		queries = dict.fromkeys((*self._lines("keywords"), *(f"#{tag}" for tag in self._lines("hashtags"))))
		# X allows 15 calls for direct messages in 15 minutes; a third is kept for looking up and sending
		private = (
			()
			if self._lacks(DM_PERMISSION)
			else (Stream(DMS, "Direct messages", min_seconds=90, bucket=DMS),)
		)
		searches = (Stream(SEARCH + query, query, bucket=SEARCH) for query in queries)
		return (Stream(MENTIONS, "Mentions", bucket=MENTIONS), *private, *searches)

	def _lines(self, option: str) -> list[str]:
		told = (self.connection.options.get(option) or "").splitlines()
		return [line.strip().lstrip("#" if option == "hashtags" else "") for line in told if line.strip()]

	def _lacks(self, permission: str) -> bool:
		return self.account is not None and permission in self.account.missing

	def fetch(self, stream: Stream, cursor: str | None, since: str | None = None) -> Page:
		position = read_position(cursor) if cursor else begin(since)
		if stream.key == DMS:
			return x_fetch.fetch_dms(self.client, self.account, position)
		return x_fetch.fetch_posts(self.client, self.account, stream.key, position)

	def count(self, stream: Stream, since: datetime, until: datetime) -> int:
		"""X counts what a search would find in the last seven days, without handing it out."""
		if not stream.key.startswith(SEARCH):
			return super().count(stream, since, until)
		return x_fetch.count_posts(self.client, stream.key, since, until)

	def renew(self) -> None:
		if not self.connection.vault.get("refresh_token"):
			super().renew()
		self.client.renew(self.connection.vault.get("access_token"))

	def measure(self, text: str, to: Message | None = None) -> Length:
		if to and to.visibility is Visibility.PRIVATE:
			return Length(len(text), DM_LIMIT)
		counted = without_leading_mentions(text, [to.author.handle]) if to else text
		return Length(weighted_length(counted), POST_LIMIT)

	def price(self, text: str, to: Message | None = None) -> int:
		return prices.DM_CREATE if to and to.visibility is Visibility.PRIVATE else prices.of_reply(text)

	def may_reply(self, message: Message) -> Permission:
		if message.is_own:
			return Permission(
				False, _("This post is your own account's. Answer the customer's post instead.")
			)
		if message.visibility is Visibility.PRIVATE or message.reply_hint.get("summoned"):
			return Permission(True)
		return Permission(False, NOT_SUMMONED)

	def private_link(self, message: Message) -> str:
		if self.account is None or self._lacks(DM_PERMISSION):
			return ""
		return f"{read.SITE}/messages/compose?recipient_id={self.account.external_id}"

	def send(self, reply: Outgoing) -> Sent:
		if not reply.text.strip() or not self.measure(reply.text, reply.to).fits:
			raise Rejected(
				"too long", _("X takes no reply that is empty or this long. Change it and send again.")
			)
		if reply.visibility is Visibility.PRIVATE:
			if reply.to.visibility is Visibility.PUBLIC:
				told = _(
					"X takes no private answer to a post. Answer in public, and ask for a direct message."
				)
				raise Rejected("not private", told)
			return x_send.send_dm(self.client, reply)
		return x_send.send_post(self.client, self.account, reply)

	def reconcile(self, reply: Outgoing) -> Sent | NotSent:
		return x_send.find_sent(self.client, self.account, reply)

	def get(self, external_ids: Sequence[str]) -> dict[str, Message | None]:
		posts = [one for one in external_ids if not one.startswith(read.DM)]
		found: dict[str, Message | None] = self._get_posts(posts) if posts else {}
		for one in external_ids:
			if one.startswith(read.DM):
				found |= self._get_dm(one)
		return found

	def _get_posts(self, ids: Sequence[str]) -> dict[str, Message | None]:
		"""X answers an old id with the old text; whoever was edited is asked for again under the newest id. What can't be
		read is left out."""
		now = self._read(ids)
		newest = {one.external_id: one.reply_hint["post_id"] for one in now.values() if one}
		stale = {first: last for first, last in newest.items() if last not in now}
		if stale:
			again = self._read(list(stale.values()))
			edited = {first: again[last] for first, last in stale.items() if last in again}
			now = {one: message for one, message in now.items() if one not in stale} | edited
		return {one: now[one] for one in ids if one in now}

	def _read(self, ids: Sequence[str]) -> dict[str, Message | None]:
		body = self.client.get_tweets(list(ids), **self.client.post_fields)
		messages, _broken = read.read_posts(body, self.account)
		gone = {str(one.get("resource_id") or one.get("value")): None for one in errors_of(body)}
		return gone | {message.raw["id"]: message for message in messages}

	def _get_dm(self, external_id: str) -> dict[str, Message | None]:
		try:
			body = self.client.get_dm_event(external_id.removeprefix(read.DM))
		except Rejected as refusal:
			if refusal.reason == "gone":
				return {external_id: None}
			raise
		messages, _broken = read.read_dms(body, self.account)
		return {message.external_id: message for message in messages}

	def thread(self, message: Message) -> tuple[Message, ...]:
		"""Costs a read for every post: only when somebody asks. Search knows seven days; the first post is read by id."""
		if message.visibility is Visibility.PRIVATE:
			body = self.client.get_dm_events_by_conversation(
				x_send.conversation_of(message), **self.client.dm_fields
			)
			found, _broken = read.read_dms(body, self.account)
		else:
			query = f"conversation_id:{message.thread_id}"
			body = self.client.search_tweets(query, max_results=PAGE, **self.client.post_fields)
			found, _broken = read.read_posts(body, self.account)
			if message.thread_id not in {one.external_id for one in found}:
				found += [one for one in self._read([message.thread_id]).values() if one]
		before = [one for one in found if one.sent_at < message.sent_at]
		return tuple(
			sorted(before, key=lambda one: (one.sent_at, number(one.external_id.removeprefix(read.DM))))
		)
