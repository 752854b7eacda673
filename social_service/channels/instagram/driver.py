"""An Instagram account: comments, mentions, tags and direct messages. It is reached through the Page that it belongs to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from social_service.channels.base import Capabilities, Connection, Stream
from social_service.channels.errors import NotSupported, Rejected
from social_service.channels.instagram import answering
from social_service.channels.instagram.changing import InstagramChanges
from social_service.channels.instagram.content import MENTION, REPLY, TAGGED, parse_comment
from social_service.channels.instagram.push import COMMENT, COMMENTS, MESSAGES, TAGS, take_entry
from social_service.channels.instagram.streams import COMMENTS as WRITES
from social_service.channels.instagram.streams import READS, CommentSource, TagSource, mention
from social_service.channels.meta.account import missing, read_token, require_page, sign_in_limits
from social_service.channels.meta.channel import MetaChannel
from social_service.channels.meta.conversations import InboxSource
from social_service.channels.meta.errors import lacks
from social_service.channels.meta.inbox import MESSAGE, Inbox
from social_service.channels.meta.public import in_private_window, require_text
from social_service.channels.meta.reread import read_again
from social_service.channels.meta.rounds import Rounds, Source
from social_service.channels.meta.webhook import Gathered, entries
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

DIRECT = "instagram_manage_messages"
PERMISSIONS = (READS, WRITES, DIRECT, "pages_read_engagement", "pages_manage_metadata")
NOBODY = Account("", "")


class Instagram(InstagramChanges, MetaChannel):
	code = "instagram"
	label = "Instagram"
	capabilities = Capabilities(
		public_reply=True,
		private_reply=True,
		reads_single=True,
		push=True,
		hide=True,
		show=True,
		remove=True,
		delete=True,
		is_idempotent="read back",
		counts="characters in a comment: 2200; bytes in a message: 1000",
		recheck_minutes=30,
		forgets_deleted=True,
	)

	def __init__(self, connection: Connection) -> None:
		super().__init__(connection)
		self.us = self.account or NOBODY

	@property
	def inbox(self) -> Inbox:
		page_id = str(self.us.limits.get("page_id") or "")
		return Inbox(self.graph, page_id, self.own_id, "instagram", DIRECT, self.us.handle)

	# --- the account ----------------------------------------------------------------------------------------

	def check(self) -> Account:
		told = read_token(self.graph, self.connection.vault)
		require_page(self.graph, told)
		page = self.graph.record("me", READS, fields="id,instagram_business_account{id,username,name}")
		account = page.get("instagram_business_account")
		if not isinstance(account, Mapping) or not account.get("id"):
			raise Rejected(
				"no account",
				_(
					"No Instagram account of a business belongs to this Page. Connect one in the Page's settings."
				),
			)
		handle = str(account.get("username") or "")
		return Account(
			str(account["id"]),
			handle,
			str(account.get("name") or handle),
			f"https://www.instagram.com/{handle}/",
			limits={"page_id": str(page.get("id") or ""), **sign_in_limits(told)},
			missing=missing(told, PERMISSIONS),
		)

	# --- listening ------------------------------------------------------------------------------------------

	def streams(self) -> tuple[Stream, ...]:
		return (
			Stream(COMMENTS, "Comments", scan_days=7),
			Stream(TAGS, "Pictures that tag us", min_seconds=120, scan_days=7),
			Stream(MESSAGES, "Direct messages", scan_days=3),
		)

	def fetch(self, stream: Stream, cursor: str | None, since: str | None = None) -> Page:
		if stream.key.startswith((MENTION, COMMENT)):
			found = self._hinted(stream.key)
			return Page((found,) if found else (), None)
		return Rounds(self._source(stream)).page(cursor, since)

	def _hinted(self, key: str) -> Message | None:
		if key.startswith(MENTION):
			return mention(self.graph, self.us, key)
		return self.get([key.removeprefix(COMMENT)]).get(key.removeprefix(COMMENT))

	def _source(self, stream: Stream) -> Source:
		if stream.key == COMMENTS:
			return CommentSource(self.graph, self.us)
		if stream.key == TAGS:
			return TagSource(self.graph, self.us)
		if stream.key == MESSAGES:
			return InboxSource(self.inbox)
		raise NotSupported(_("{0} has no such stream. Reload the channel.", self.label))

	def get(self, external_ids: Sequence[str]) -> dict[str, Message | None]:
		"""Tags are left out: Instagram gives them in their list only."""
		comments = [one for one in external_ids if one.isdigit()]
		messages = [one for one in external_ids if not one.isdigit() and ":" not in one]
		mentions = [one for one in external_ids if one.startswith(MENTION)]
		return {
			**read_again(self.graph, comments, REPLY, WRITES, lambda one: parse_comment(one, self.us)),
			**read_again(self.graph, messages, MESSAGE, DIRECT, self.inbox.parse),
			**{one: mention(self.graph, self.us, one) for one in mentions},
		}

	# --- being pushed to ------------------------------------------------------------------------------------

	def receive(self, body: bytes, headers: Mapping[str, str]) -> Page:
		found = Gathered()
		for entry in entries(self.connection.vault, body, headers, "instagram", self.own_ids):
			take_entry(entry, found)
		return found.page()

	# --- answering ------------------------------------------------------------------------------------------

	def may_reply(self, message: Message) -> Permission:
		is_message = message.visibility is Visibility.PRIVATE
		needed = DIRECT if is_message else WRITES
		if message.is_own and is_message:
			return Permission(False, _("This is our own direct message. Answer what the customer wrote."))
		if needed in self.us.missing:
			return Permission(False, lacks(self.label, needed))
		if is_message:
			return self.inbox.may_reply(message)
		if message.external_id.startswith(TAGGED):
			return Permission(
				False,
				_("{0} takes no comments of apps below pictures that tag us. Answer there.", self.label),
			)
		if message.reply_hint.get("hidden"):
			return Permission(
				False, _("{0} takes no answers to hidden comments. Show it there first.", self.label)
			)
		return Permission(True)

	def may_reply_privately(self, message: Message) -> Permission:
		"""To comments below our own posts alone."""
		if message.external_id.startswith((MENTION, TAGGED)):
			return Permission(False)
		if DIRECT in self.us.missing:
			return Permission(False, lacks(self.label, DIRECT))
		return in_private_window(self.label, message)

	def private_link(self, message: Message) -> str:
		hears = self.us.handle and DIRECT not in self.us.missing
		return f"https://ig.me/m/{self.us.handle}" if hears else ""

	def measure(self, text: str, to: Message | None = None) -> Length:
		return answering.length_of(text, to, in_private=bool(to and to.visibility is Visibility.PRIVATE))

	def send(self, reply: Outgoing) -> Sent:
		require_text(reply)
		answering.require_length(reply)
		if reply.to.external_id.startswith(TAGGED):
			raise Rejected("not allowed", self.may_reply(reply.to).reason)
		return answering.publish(self.graph, self.inbox, self.us, reply)

	def reconcile(self, reply: Outgoing) -> Sent | NotSent:
		return answering.find(self.graph, self.inbox, self.us, reply)
