"""A Facebook Page: posts of visitors, comments, posts that tag it, and Messenger. Answers below the post or privately."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from social_service.channels.base import Capabilities, Stream
from social_service.channels.errors import NotSupported, Rejected
from social_service.channels.facebook import answering
from social_service.channels.facebook.changing import MESSAGE as IN_PRIVATE
from social_service.channels.facebook.changing import FacebookChanges
from social_service.channels.facebook.content import EITHER, parse_either
from social_service.channels.facebook.push import COMMENTS, MESSAGES, POSTS, TAGGED, Entry
from social_service.channels.facebook.streams import READS_COMMENTS, READS_POSTS, CommentSource, PostSource
from social_service.channels.meta.account import missing, read_token, require_page, sign_in_limits
from social_service.channels.meta.channel import MetaChannel
from social_service.channels.meta.conversations import InboxSource
from social_service.channels.meta.errors import lacks
from social_service.channels.meta.inbox import MESSAGE, Inbox
from social_service.channels.meta.public import in_private_window, is_private, public_text, require_text
from social_service.channels.meta.reread import read_again
from social_service.channels.meta.rounds import Rounds, Source
from social_service.channels.meta.webhook import Gathered, entries
from social_service.records import (
	Account,
	Kind,
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

MESSENGER = "pages_messaging"
PERMISSIONS = (READS_COMMENTS, READS_POSTS, answering.WRITES, MESSENGER, "pages_manage_metadata")


class Facebook(FacebookChanges, MetaChannel):
	code = "facebook"
	label = "Facebook"
	capabilities = Capabilities(
		public_reply=True,
		private_reply=True,
		reads_single=True,
		push=True,
		hide=True,
		show=True,
		remove=True,
		block=True,
		unblock=True,
		edit=True,
		delete=True,
		is_idempotent="read back",
		counts="characters: 8000 in a comment, 2000 in a message",
		recheck_minutes=30,
		forgets_deleted=True,
	)

	@property
	def inbox(self) -> Inbox:
		return Inbox(self.graph, self.own_id, self.own_id, "messenger", MESSENGER)

	# --- the account ----------------------------------------------------------------------------------------

	def check(self) -> Account:
		told = read_token(self.graph, self.connection.vault)
		require_page(self.graph, told)
		me = self.graph.record("me", READS_COMMENTS, fields="id,name,username,link")
		if not me.get("id"):
			raise Rejected("no page", _("{0} does not say which Page this is. Check the token.", self.label))
		return Account(
			str(me["id"]),
			str(me.get("username") or me.get("name") or ""),
			str(me.get("name") or ""),
			str(me.get("link") or ""),
			limits=sign_in_limits(told),
			missing=missing(told, PERMISSIONS),
		)

	# --- listening ------------------------------------------------------------------------------------------

	def streams(self) -> tuple[Stream, ...]:
		return (
			Stream(COMMENTS, "Comments", scan_days=7),
			Stream(POSTS, "Posts of visitors", scan_days=7),
			Stream(TAGGED, "Posts that tag the Page", min_seconds=120, scan_days=7),
			Stream(MESSAGES, "Messenger", scan_days=3),
		)

	def fetch(self, stream: Stream, cursor: str | None, since: str | None = None) -> Page:
		return Rounds(self._source(stream)).page(cursor, since)

	def _source(self, stream: Stream) -> Source:
		if stream.key == COMMENTS:
			return CommentSource(self.graph, self.own_id)
		if stream.key == POSTS:
			return PostSource(self.graph, self.own_id, "visitor_posts", Kind.POST)
		if stream.key == TAGGED:
			return PostSource(self.graph, self.own_id, "tagged", Kind.MENTION)
		if stream.key == MESSAGES:
			return InboxSource(self.inbox)
		raise NotSupported(_("{0} has no such stream. Reload the channel.", self.label))

	def get(self, external_ids: Sequence[str]) -> dict[str, Message | None]:
		posts = [one for one in external_ids if not _is_message(one)]
		messages = [one for one in external_ids if _is_message(one)]
		return {
			**read_again(
				self.graph, posts, EITHER, READS_COMMENTS, lambda one: parse_either(one, self.own_id)
			),
			**read_again(self.graph, messages, MESSAGE, MESSENGER, self.inbox.parse),
		}

	# --- being pushed to ------------------------------------------------------------------------------------

	def receive(self, body: bytes, headers: Mapping[str, str]) -> Page:
		found = Gathered()
		for entry in entries(self.connection.vault, body, headers, "page", self.own_ids):
			Entry(entry, self.own_id or str(entry.get("id")), found).take()
		return found.page()

	# --- answering ------------------------------------------------------------------------------------------

	def may_reply(self, message: Message) -> Permission:
		is_message = message.visibility is Visibility.PRIVATE
		needed = MESSENGER if is_message else answering.WRITES
		if message.is_own and is_message:
			return Permission(False, _("This is our own direct message. Answer what the customer wrote."))
		if self.account and needed in self.account.missing:
			return Permission(False, lacks(self.label, needed))
		if is_message:
			return self.inbox.may_reply(message)
		if message.reply_hint.get("closed"):
			return Permission(False, _("{0} takes no answers to this comment. Open it there.", self.label))
		return Permission(True)

	def may_reply_privately(self, message: Message) -> Permission:
		if self.account and MESSENGER in self.account.missing:
			return Permission(False, lacks(self.label, MESSENGER))
		return in_private_window(self.label, message)

	def private_link(self, message: Message) -> str:
		"""By its number: a Page without a user name is called like others."""
		hears = self.account is not None and MESSENGER not in self.account.missing
		return f"https://m.me/{self.own_id}" if hears else ""

	def measure(self, text: str, to: Message | None = None) -> Length:
		if to and to.visibility is Visibility.PRIVATE:
			return Length(len(text.strip()), answering.LONGEST_MESSAGE)
		return Length(len(public_text(text, to)), answering.LONGEST_COMMENT)

	def send(self, reply: Outgoing) -> Sent:
		self.refuse_unfit(reply)
		return answering.publish(self.graph, self.inbox, reply)

	def refuse_unfit(self, reply: Outgoing) -> None:
		require_text(reply)
		used = len(answering.text_of(reply))
		limit = answering.LONGEST_MESSAGE if is_private(reply) else answering.LONGEST_COMMENT
		if used > limit:
			told = _("The reply has {0} of {1} characters, the name included. Shorten it.", used, limit)
			raise Rejected("too long", told)

	def reconcile(self, reply: Outgoing) -> Sent | NotSent:
		return answering.find(self.graph, self.inbox, reply)


def _is_message(external_id: str) -> bool:
	return external_id.startswith(IN_PRIVATE)
