"""Discourse: mentions, replies and quotes, keywords, new topics and private messages of a forum; answers in the topic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from social_service.channels.base import Capabilities, Channel, Connection, Setting, Stream
from social_service.channels.discourse.account import LIMITS, read_account
from social_service.channels.discourse.answering import (
	find_reply,
	publish,
	read_posts,
	refuse_in_public,
	refuse_length,
)
from social_service.channels.discourse.api import Api
from social_service.channels.discourse.changing import DiscourseChanges
from social_service.channels.discourse.post import is_post, read_post
from social_service.channels.discourse.push import SIGNATURE, read_call
from social_service.channels.discourse.single import Singles
from social_service.channels.discourse.stream import PRIVATE, PUBLIC, Feed, Reader
from social_service.channels.discourse.text import holds_word, substance
from social_service.channels.errors import NotSupported
from social_service.channels.reading import read_items
from social_service.channels.signature import header, require_hmac
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

BEFORE = 20  # posts of a topic that `thread` gives


class Discourse(DiscourseChanges, Channel):
	code = "discourse"
	label = "Discourse"
	capabilities = Capabilities(
		public_reply=True,
		private_reply=True,
		search=True,
		reads_single=True,
		push=True,
		hide=True,
		show=True,
		remove=True,
		block=True,
		unblock=True,
		edit=True,
		delete=True,
		counts="characters; a forum wants 20 at least",
		recheck_minutes=60,
	)
	settings = (
		Setting("base_url", "Address of the forum"),
		Setting("api_key", "API key", secret=True),
		Setting("api_username", "User name of the account"),
		Setting("keywords", "Keywords, one a line", required=False, lines=True),
		Setting(
			"categories", "Numbers of categories with new topics, one a line", required=False, lines=True
		),
		Setting("webhook_secret", "Webhook secret", secret=True, required=False),
	)

	def __init__(self, connection: Connection) -> None:
		super().__init__(connection)
		self.api = Api(connection)

	def check(self) -> Account:
		return read_account(self.api, self.connection.options.get("api_username", "").strip().lstrip("@"))

	@property
	def own_id(self) -> str:
		return self.account.external_id if self.account else ""

	# --- listening ------------------------------------------------------------------------------------------

	def streams(self) -> tuple[Stream, ...]:
		keywords = (Stream(f"search:{one}", one, 120, scan_days=2) for one in self._lines("keywords"))
		categories = (
			Stream(f"category:{one}", f"#{one}", 120, scan_days=2) for one in self._lines("categories")
		)
		return (
			Stream("mentions", "Mentions, replies and quotes", scan_days=2),
			Stream("messages", "Private messages", scan_days=2),
			*keywords,
			*categories,
		)

	def _lines(self, key: str) -> tuple[str, ...]:
		entered = (line.strip().lstrip("#") for line in self.connection.options.get(key, "").splitlines())
		return tuple(dict.fromkeys(line for line in entered if line))

	def fetch(self, stream: Stream, cursor: str | None, since: str | None = None) -> Page:
		name, _colon, value = stream.key.partition(":")
		if name == "post":  # a webhook said that it is gone
			return self._one(value)
		return Reader(self.api, self._feed(name, value), self.account).page(cursor, since)

	def _feed(self, name: str, value: str) -> Feed:
		if name == "mentions":
			return Feed(*PUBLIC, lambda one: one.is_addressed or one.is_own, knows_our_topics=True)
		if name == "messages":
			return Feed(*PRIVATE, lambda _one: True, is_private=True)
		if name == "search":
			return Feed(*PUBLIC, lambda one: not one.is_own and holds_word(one.text, value))
		if name == "category":
			return Feed(*PUBLIC, lambda one: _begins_topic_in(one, value))
		raise NotSupported(_("A Discourse forum has no such stream. Connect the channel again."))

	def _one(self, external_id: str) -> Page:
		found = self.get([external_id])
		public = (one for one in found.values() if one and one.visibility is Visibility.PUBLIC)
		there = tuple(one for one in public if self._is_for_us(one))
		return Page(there, None, deleted=tuple(key for key, one in found.items() if one is None))

	def receive(self, body: bytes, headers: Mapping[str, str]) -> Page:
		require_hmac(self.connection.vault.get("webhook_secret"), body, header(headers, SIGNATURE))
		return read_call(body, headers, self.account, self.api.base, self._is_for_us)

	def _is_for_us(self, message: Message) -> bool:
		if message.is_addressed or message.is_own:
			return True
		words, categories = self._lines("keywords"), self._lines("categories")
		return any(holds_word(message.text, one) for one in words) or any(
			_begins_topic_in(message, one) for one in categories
		)

	# --- single posts ---------------------------------------------------------------------------------------

	def get(self, external_ids: Sequence[str]) -> dict[str, Message | None]:
		return Singles(self.api, self.account, self.check).read(external_ids)

	def thread(self, message: Message) -> tuple[Message, ...]:
		topic = int(message.reply_hint.get("topic") or message.thread_id)
		stream = (self.api.record(f"/t/{topic}.json").get("post_stream") or {}).get("stream") or ()
		before = [one for one in stream if isinstance(one, int) and one < int(message.external_id)]
		chosen = sorted({*before[:1], *before[-BEFORE:]})
		posts = read_posts(self.api, topic, chosen) if chosen else []
		private = message.visibility is Visibility.PRIVATE
		messages, _broken = read_items(
			[one for one in posts if is_post(one)],
			lambda post: read_post(post, self.account, self.api.base, is_private=private),
			lambda post: str(post["id"]),
		)
		return messages

	# --- answering ------------------------------------------------------------------------------------------

	def may_reply(self, message: Message) -> Permission:
		if message.is_own:
			return Permission(False, _("This is our own post. Answer the customer's post instead."))
		return Permission(True)

	def private_link(self, message: Message) -> str:
		if not (self.account and self.account.handle):
			return ""
		return f"{self.api.base}/new-message?username={quote(self.account.handle, safe='')}"

	def measure(self, text: str, to: Message | None = None) -> Length:
		return Length(len(text.strip()), self._limit("max_post_length"))

	@property
	def limits(self) -> Mapping:
		return self.account.limits if self.account else {}

	def _limit(self, key: str) -> int:
		return int(self.limits.get(key, LIMITS[key]))

	def send(self, reply: Outgoing) -> Sent:
		private = reply.to.visibility is Visibility.PRIVATE
		self.refuse_unfit(reply)
		if private or reply.visibility is Visibility.PRIVATE:
			refuse_in_public(self.api, reply)
		return publish(self.api, self.own_id, reply)

	def refuse_unfit(self, reply: Outgoing) -> None:
		private = reply.to.visibility is Visibility.PRIVATE
		shortest = self._limit("min_personal_message_post_length" if private else "min_post_length")
		refuse_length(self.measure(reply.text), substance(reply.text), shortest)

	def reconcile(self, reply: Outgoing) -> Sent | NotSent:
		return find_reply(self.api, self.own_id or self.check().external_id, reply) or NotSent()


def _begins_topic_in(message: Message, category: str) -> bool:
	is_first = message.reply_hint.get("number") == 1 and not message.is_own
	return is_first and str(message.raw.get("category_id")) == category
