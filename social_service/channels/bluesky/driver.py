"""Bluesky: mentions, replies, quotes, keywords and hashtags in, public answers out, each under a key of our own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from social_service.channels.base import Capabilities, Channel, Connection, Setting, Stream
from social_service.channels.bluesky.account import read_account
from social_service.channels.bluesky.answering import (
	find_reply,
	publish,
	refuse_unfit,
	refuse_where_closed,
)
from social_service.channels.bluesky.api import DEFAULT, Api
from social_service.channels.bluesky.changing import BlueskyChanges
from social_service.channels.bluesky.feeds import feed_of, streams_of
from social_service.channels.bluesky.post import id_of, read_post, split_uri
from social_service.channels.bluesky.stream import Reader
from social_service.channels.bluesky.text import BYTES, GRAPHEMES, counted
from social_service.channels.errors import Rejected
from social_service.channels.reading import Broken, read_items
from social_service.records import Account, Length, Message, NotSent, Outgoing, Page, Permission, Sent
from social_service.sentence import _

BATCH = 25  # posts in one call
BEFORE = "40"  # posts of a thread that `thread` gives


class Bluesky(BlueskyChanges, Channel):
	code = "bluesky"
	label = "Bluesky"
	capabilities = Capabilities(
		public_reply=True,
		search=True,
		reads_single=True,
		hide=True,
		show=True,
		block=True,
		unblock=True,
		delete=True,
		is_idempotent="own id",
		counts="300 graphemes and 3000 bytes, whichever is nearer",
		recheck_minutes=30,
	)
	settings = (
		Setting("base_url", "Address of the account's server", default=DEFAULT),
		Setting("identifier", "Handle of the account"),
		Setting("app_password", "App password", secret=True),
		Setting("keywords", "Keywords, one a line", required=False, lines=True),
		Setting("hashtags", "Hashtags, one a line", required=False, lines=True),
	)

	def __init__(self, connection: Connection) -> None:
		super().__init__(connection)
		self.api = Api(connection)

	# --- the account ----------------------------------------------------------------------------------------

	def check(self) -> Account:
		return read_account(self.api)

	def renew(self) -> None:
		self.api.session.renewed(self.api.session.token())

	@property
	def us(self) -> Account:
		return self.account or self.check()

	# --- listening ------------------------------------------------------------------------------------------

	def streams(self) -> tuple[Stream, ...]:
		return streams_of(self.connection.options, self.account)

	def fetch(self, stream: Stream, cursor: str | None, since: str | None = None) -> Page:
		return Reader(self.api, feed_of(stream.key, self.us), self.account).page(cursor, since)

	# --- single posts ---------------------------------------------------------------------------------------

	def get(self, external_ids: Sequence[str]) -> dict[str, Message | None]:
		"""What is hidden from us by a block is left out: it is not gone."""
		found: dict[str, Message | None] = {}
		for start in range(0, len(external_ids), BATCH):
			asked = [one for one in external_ids[start : start + BATCH] if _is_post(one)]
			messages = self._posts(asked) if asked else {}
			found |= messages
			found |= {one: None for one in asked if one not in messages and self._is_gone(one)}
		return found

	def _posts(self, uris: Sequence[str]) -> dict[str, Message]:
		told = self.api.record("app.bsky.feed.getPosts", [("uris", one) for one in uris]).get("posts")
		if not isinstance(told, list):
			raise self.api.unexpected(told)
		messages, _broken = read_items(told, lambda post: read_post(post, self.account), id_of)
		return {one.external_id: one for one in messages}

	def _is_gone(self, uri: str) -> bool:
		try:
			thread = self._thread(uri, height="0")
		except Rejected as refusal:
			if refusal.reason != "gone":
				raise
			return True
		return bool(thread.get("notFound"))

	def _thread(self, uri: str, *, height: str) -> Mapping:
		params = [("uri", uri), ("depth", "0"), ("parentHeight", height)]
		thread = self.api.record("app.bsky.feed.getPostThread", params).get("thread")
		if not isinstance(thread, Mapping):
			raise self.api.unexpected(thread)
		return thread

	def thread(self, message: Message) -> tuple[Message, ...]:
		before = []
		above = self._thread(message.external_id, height=BEFORE).get("parent")
		while isinstance(above, Mapping) and "post" in above:
			before.insert(0, above["post"])
			above = above.get("parent")
		messages, _broken = read_items(before, lambda post: read_post(post, self.account), id_of)
		return messages

	# --- answering ------------------------------------------------------------------------------------------

	def may_reply(self, message: Message) -> Permission:
		if message.is_own:
			return Permission(False, _("This is our own post. Answer the customer's post instead."))
		if message.reply_hint.get("closed"):
			told = _(
				"The author of this thread limits who can reply, and we can not. Write to them in another way."
			)
			return Permission(False, told)
		return Permission(True)

	def measure(self, text: str, to: Message | None = None) -> Length:
		graphemes, size = counted(text.strip())
		if size * GRAPHEMES > graphemes * BYTES:
			return Length(size, BYTES, "bytes")
		return Length(graphemes, GRAPHEMES)

	def send(self, reply: Outgoing) -> Sent:
		refuse_unfit(reply, self.measure(reply.text))
		us = self.us
		refuse_where_closed(self.api, reply)
		return publish(self.api, us, reply)

	def reconcile(self, reply: Outgoing) -> Sent | NotSent:
		return find_reply(self.api, self.us, reply)


def _is_post(external_id: str) -> bool:
	try:
		split_uri(external_id)
	except Broken:
		return False
	return True
