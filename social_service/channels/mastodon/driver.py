"""Mastodon and whatever speaks its API (GoToSocial, Pleroma …): mentions, direct messages, hashtags, answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from social_service.channels.base import Capabilities, Channel, Connection, Setting, Stream
from social_service.channels.errors import Ambiguous, NotSupported, Rejected
from social_service.channels.mastodon.account import LIMITS, read_account
from social_service.channels.mastodon.api import WRITES_NEED, Api
from social_service.channels.mastodon.changing import MastodonChanges
from social_service.channels.mastodon.readback import find_reply, reply_width, sent_of
from social_service.channels.mastodon.status import (
	Broken,
	own_root,
	parse_status,
)
from social_service.channels.mastodon.stream import Feed, Reader, Roots
from social_service.channels.mastodon.text import addressed, counted, full_handle, named
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

BATCH = 20  # ids in one call; servers refuse more
QUOTES_SINCE = 7  # the API version from which being quoted notifies


class Mastodon(MastodonChanges, Channel):
	code = "mastodon"
	label = "Mastodon"
	capabilities = Capabilities(
		public_reply=True,
		private_reply=True,
		reads_single=True,
		block=True,
		unblock=True,
		edit=True,
		delete=True,
		# We send an Idempotency-Key, but it holds for an hour only, and GoToSocial ignores it.
		is_idempotent="read back",
		counts="graphemes, a link as the server says (23), a mention without its instance",
		recheck_minutes=30,
	)
	settings = (
		Setting("base_url", "Address of the server"),
		Setting("access_token", "Access token", secret=True),
		Setting("hashtags", "Hashtags, one a line", required=False, lines=True),
	)

	def __init__(self, connection: Connection) -> None:
		super().__init__(connection)
		self.api = Api(connection)
		self.roots = Roots(self.api)
		self._reads_batches = True

	# --- the account ----------------------------------------------------------------------------------------

	def check(self) -> Account:
		return read_account(self.api)

	@property
	def limits(self) -> Mapping:
		return self.account.limits if self.account else {}

	@property
	def own_id(self) -> str:
		return self.account.external_id if self.account else ""

	@property
	def domain(self) -> str:
		return str(self.limits.get("domain") or self.api.host)

	# --- listening ------------------------------------------------------------------------------------------

	def streams(self) -> tuple[Stream, ...]:
		entered = self.connection.options.get("hashtags", "").split()
		tags = dict.fromkeys(tag.lstrip("#").lower() for tag in entered if tag.strip("#"))
		hashtags = (Stream(f"hashtag:{tag}", f"#{tag}", min_seconds=120) for tag in tags)
		return (Stream("mentions", "Mentions and direct messages"), *hashtags)

	def fetch(self, stream: Stream, cursor: str | None, since: str | None = None) -> Page:
		return Reader(self.api, self._feed(stream), self.own_id, self.roots).page(cursor, since)

	def _feed(self, stream: Stream) -> Feed:
		name, _colon, value = stream.key.partition(":")
		if name == "mentions":
			# Since 4.3 private mentions by strangers are filtered by default: our customers are strangers.
			params = [("types[]", "mention"), ("include_filtered", "true")]
			if self.limits.get("api", 0) >= QUOTES_SINCE:
				params.append(("types[]", "quote"))
			return Feed("/api/v1/notifications", tuple(params), overlap=5, wraps=True)
		if name == "hashtag" and value:
			return Feed(f"/api/v1/timelines/tag/{quote(value, safe='')}")
		# Search pages from the newest and only where the server keeps an index, which it does not tell.
		raise NotSupported(
			_("Mastodon has no search that we could follow without gaps. Enter the words as hashtags.")
		)

	def get(self, external_ids: Sequence[str]) -> dict[str, Message | None]:
		"""What can't be read is left out. ``thread_id`` is only a guess here where we don't know the root: keep the
		stored one."""
		found: dict[str, Message | None] = {}
		for start in range(0, len(external_ids), BATCH):
			ids = external_ids[start : start + BATCH]
			for external_id, status in self._statuses(ids).items():
				try:
					found[external_id] = (
						parse_status(status, self.own_id, self._root_if_known) if status else None
					)
				except Broken:
					continue
		return found

	def _root_if_known(self, status: Mapping) -> str:
		return self.roots.known(str(status["id"])) or own_root(status)

	def _statuses(self, ids: Sequence[str]) -> dict[str, Mapping | None]:
		if self._reads_batches:
			try:
				items, _answer = self.api.items("/api/v1/statuses", [("id[]", one) for one in ids])
				told = {str(one.get("id")): one for one in items if isinstance(one, Mapping)}
				return {one: told.get(one) for one in ids}
			except Rejected:  # GoToSocial, and Mastodon before 4.3
				self._reads_batches = False
		return {one: self._status(one) for one in ids}

	def _status(self, external_id: str) -> Mapping | None:
		try:
			return self.api.record(f"/api/v1/statuses/{quote(external_id, safe='')}")
		except Rejected as error:
			if error.reason == "gone":
				return None
			raise

	def thread(self, message: Message) -> tuple[Message, ...]:
		context = self.api.record(f"/api/v1/statuses/{quote(message.external_id, safe='')}/context")
		before = []
		for status in context.get("ancestors") or ():
			try:
				before.append(parse_status(status, self.own_id, lambda _status: message.thread_id))
			except Broken:
				continue
		return tuple(before)

	# --- answering ------------------------------------------------------------------------------------------

	def may_reply(self, message: Message) -> Permission:
		if message.is_repost:
			return Permission(False, _("This only repeats somebody else's post. Answer the original."))
		if _answers_ourselves(message):
			return Permission(False, _("This is our own direct message. Answer what the customer wrote."))
		if self.account and WRITES_NEED in self.account.missing:
			return Permission(
				False,
				_("The access token lacks the permission {0}. Make one with it and enter it.", WRITES_NEED),
			)
		return Permission(True)

	def may_reply_privately(self, message: Message) -> Permission:
		"""A direct answer reaches whom it names."""
		return self.may_reply(message) if message.author.handle else Permission(False)

	def measure(self, text: str, to: Message | None = None) -> Length:
		limits = {**LIMITS, **self.limits}
		whole = self._with_handle(text, to) if text.strip() else ""
		return Length(counted(whole, limits["characters_reserved_per_url"]), limits["max_characters"])

	def send(self, reply: Outgoing) -> Sent:
		answer = self.api.post("/api/v1/statuses", self.body_of(reply), key=reply.key)
		try:
			return sent_of(answer.json)
		except (Broken, KeyError, TypeError):
			raise Ambiguous(_("{0} did not confirm our reply; we look whether it is there.", self.api.host))

	def body_of(self, reply: Outgoing) -> dict:
		visibility = reply_width(reply)
		self._refuse(reply, visibility)
		body = {
			"status": self._with_handle(reply.text, reply.to),
			"in_reply_to_id": reply.to.external_id,
			"visibility": visibility,
		}
		if reply.to.language:
			body["language"] = reply.to.language
		return body

	def _with_handle(self, text: str, to: Message | None) -> str:
		"""Without their handle in it the person would not hear of the answer; a direct one would reach nobody."""
		acct = to.author.handle if to and not to.is_own else ""
		return addressed(text.strip(), acct, self.domain)

	def _refuse(self, reply: Outgoing, visibility: str) -> None:
		"""What must not leave the house."""
		length = self.measure(reply.text, reply.to)
		if not length.used:
			raise Rejected("empty", _("The reply is empty. Write something first."))
		if not length.fits:
			told = _(
				"The reply has {0} of {1} characters, the handle included. Shorten it.",
				length.used,
				length.limit,
			)
			raise Rejected("too long", told)
		if visibility != "direct":
			return
		if _answers_ourselves(reply.to) or not reply.to.author.handle:
			told = _("We can't tell whom this would reach. Open the post on the network and answer it there.")
			raise Rejected("no handle", told)
		known = (reply.to.author.handle, self.account.handle if self.account else "")
		strangers = named(reply.text, self.domain) - {full_handle(one, self.domain) for one in known}
		if strangers:
			raise Rejected(
				"third person",
				_(
					"Naming @{0} in a direct message would show it to them. Take the @ away.",
					sorted(strangers)[0],
				),
			)

	def reconcile(self, reply: Outgoing) -> Sent | NotSent:
		own_id = self.own_id or self.check().external_id
		return find_reply(self.api, own_id, reply, self._with_handle(reply.text, reply.to)) or NotSent()


def _answers_ourselves(message: Message) -> bool:
	"""A direct answer to our own words would name nobody, and nobody would get it."""
	return message.is_own and message.visibility is Visibility.PRIVATE
