"""YouTube: comments below the videos of a channel, in two streams; answers below the comment that began the thread."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from social_service.channels.base import Capabilities, Channel, Connection, Stream
from social_service.channels.errors import Ambiguous, AuthFailed, AuthProblem, NotSupported, Rejected
from social_service.channels.google.api import SETTINGS, unexpected
from social_service.channels.google.errors import MEND
from social_service.channels.reading import Broken, moment, read_items
from social_service.channels.youtube.api import YouTubeApi, items_of, token_of
from social_service.channels.youtube.changing import YouTubeChanges
from social_service.channels.youtube.comment import author_id, names, parse, text_of, url_of, video_of
from social_service.channels.youtube.fetch import (
	COMMENTS,
	REPLIES,
	UNKNOWN,
	fetch_comments,
	fetch_replies,
	id_of,
)
from social_service.channels.youtube.rounds import read_round
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

LIMIT = 10_000
BATCH = 50  # ids in one call
PAGES_READ_BACK = 10
CLOCK_SKEW = timedelta(minutes=5)


class YouTube(YouTubeChanges, Channel):
	code = "youtube"
	label = "YouTube"
	capabilities = Capabilities(
		public_reply=True,
		reads_single=True,
		hide=True,
		show=True,
		remove=True,
		block=True,
		edit=True,
		delete=True,
		is_idempotent="read back",
		costs="10,000 units a day are free: a call of reading is 1, an answer 50",
		recheck_minutes=60,
	)
	settings = SETTINGS

	def __init__(self, connection: Connection) -> None:
		super().__init__(connection)
		self.api = YouTubeApi(connection)

	def check(self) -> Account:
		channels = self.api.mine()
		if not channels:
			raise AuthFailed(AuthProblem.PERMISSION, MEND["no channel"], permission="no channel")
		try:
			channel_id, snippet = str(channels[0]["id"]), channels[0]["snippet"]
			name = str(snippet["title"])
			handle = str(snippet.get("customUrl") or name).removeprefix("@")
		except (KeyError, TypeError, AttributeError):
			raise unexpected(channels)
		return Account(channel_id, handle, name, f"https://www.youtube.com/channel/{channel_id}")

	# --- listening ------------------------------------------------------------------------------------------

	def streams(self) -> tuple[Stream, ...]:
		return (
			Stream(COMMENTS, "Comments", min_seconds=300, bucket=COMMENTS, scan_days=7),
			Stream(REPLIES, "Replies to comments", min_seconds=900, bucket=REPLIES, scan_days=7),
		)

	def fetch(self, stream: Stream, cursor: str | None, since: str | None = None) -> Page:
		read = {COMMENTS: fetch_comments, REPLIES: fetch_replies}.get(stream.key)
		if not read or not self.account:
			raise NotSupported(_("YouTube has no such stream. Reload the channel."))
		return read(self.api, self.account, read_round(cursor, since))

	def get(self, external_ids: Sequence[str]) -> dict[str, Message | None]:
		"""What can't be read is left out."""
		found: dict[str, Message | None] = {}
		for start in range(0, len(external_ids), BATCH):
			ids = external_ids[start : start + BATCH]
			told = {
				one["id"]: one for one in self.api.comments(ids) if isinstance(one, Mapping) and one.get("id")
			}
			for one in ids:
				try:
					found[one] = parse(told[one], self.account) if one in told else None
				except (Broken, *UNKNOWN):
					continue
		return found

	def thread(self, message: Message) -> tuple[Message, ...]:
		"""The comment that began it, and of the replies those on the first page."""
		if not message.parent_id:
			return ()
		top = self.get([message.parent_id]).get(message.parent_id)
		replies, _unreadable = read_items(
			items_of(self.api.replies(message.parent_id, "")), lambda one: parse(one, self.account), id_of
		)
		before = [one for one in replies if one.sent_at < message.sent_at]
		return (*([top] if top else ()), *sorted(before, key=lambda one: one.sent_at))

	# --- answering ------------------------------------------------------------------------------------------

	def may_reply(self, message: Message) -> Permission:
		if message.is_own:
			return Permission(False, _("This is our own comment. Answer the customer's comment instead."))
		return Permission(True)

	def measure(self, text: str, to: Message | None = None) -> Length:
		return Length(len(self._with_name(text.strip(), to)) if text.strip() else 0, LIMIT)

	def _with_name(self, text: str, to: Message | None) -> str:
		"""All answers stand below the comment that began the thread; among them only a name says who is meant."""
		handle = to.author.handle if to and to.parent_id else ""
		return f"@{handle} {text}" if handle and not names(text, handle) else text

	def send(self, reply: Outgoing) -> Sent:
		return self._sent(reply, self.api.insert(_thread(reply.to), self.fit_text(reply)))

	def fit_text(self, reply: Outgoing) -> str:
		"""As it is published; raises Rejected."""
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
		if reply.visibility is Visibility.PRIVATE:
			raise Rejected("not private", _("YouTube has no private messages. Answer in public."))
		return self._with_name(reply.text.strip(), reply.to)

	def _sent(self, reply: Outgoing, comment: object) -> Sent:
		try:
			own_id, at = str(comment["id"]), moment(comment["snippet"]["publishedAt"])
		except (Broken, KeyError, TypeError):
			raise Ambiguous(_("YouTube did not confirm the answer; we look whether it is there."))
		return Sent(own_id, url_of(video_of(reply.to.url), own_id), sent_at=at)

	def reconcile(self, reply: Outgoing) -> Sent | NotSent:
		text = self._with_name(reply.text.strip(), reply.to).split()
		earliest = (reply.started_at or reply.to.sent_at) - CLOCK_SKEW
		try:
			for comment in self._answers(_thread(reply.to)):
				snippet = comment["snippet"]
				by_us = self.account is not None and author_id(snippet) == self.account.external_id
				if by_us and text_of(snippet).split() == text and moment(snippet["publishedAt"]) >= earliest:
					return self._sent(reply, comment)
		except (Broken, *UNKNOWN):
			raise Ambiguous(_("We can't read the answers on YouTube. Look there before you send it again."))
		return NotSent()

	def _answers(self, thread: str) -> Iterable[Mapping]:
		page = ""
		for _number in range(PAGES_READ_BACK):
			try:
				answer = self.api.replies(thread, page)
			except Rejected as refusal:
				if refusal.reason != "gone":  # with the comment all answers to it are gone
					raise
				return
			yield from items_of(answer)
			page = token_of(answer)
			if not page:
				return
		raise Ambiguous(
			_("There are too many answers to find ours on YouTube. Look there before you send it again.")
		)


def _thread(message: Message) -> str:
	return message.parent_id or message.external_id
