"""RSS and Atom: entries of feeds, and the comments below them. Read only: answers are written on the site itself."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

import regex

from social_service.channels.base import Capabilities, Channel, Setting, Stream
from social_service.channels.errors import ChannelError, NotSupported, Rejected
from social_service.channels.http import host_of
from social_service.channels.rss.comments import has_comments, read_comments
from social_service.channels.rss.cursor import Position, digest
from social_service.channels.rss.fetching import address_of, fetch
from social_service.channels.rss.parsing import parse
from social_service.channels.rss.window import read_feed
from social_service.records import Account, Gap, Length, Message, Page, Permission
from social_service.sentence import _

EVERY = 300  # seconds; sites ask readers to be patient


class Rss(Channel):
	code = "rss"
	label = "RSS / Atom"
	capabilities = Capabilities(search=True)
	settings = (
		Setting("feeds", "Addresses of feeds, one a line", lines=True),
		Setting("keywords", "Only entries with one of these words, one a line", required=False, lines=True),
	)

	# --- the feeds ------------------------------------------------------------------------------------------

	def _feeds(self) -> dict[str, str]:
		"""Key → address. Addresses may hold a token, keys are shown."""
		entered = map(address_of, self.connection.options.get("feeds", "").splitlines())
		return {digest(address): address for address in entered if address}

	def check(self) -> Account:
		"""Of the first feed that answers; if none does, what is wrong with the first."""
		feeds, found, wrong = self._feeds(), {}, []
		if not feeds:
			raise Rejected("no feed", _("Enter the address of a feed, for example https://example.org/feed."))
		for key, address in feeds.items():
			try:
				found[key] = parse(fetch(self.http.session, address))
			except ChannelError as error:
				wrong.append(error)
		if not found:
			raise wrong[0]
		first = next(iter(found))
		title = str(found[first].feed.get("title") or "")[:140]
		silent = [key for key, told in found.items() if told.entries and not has_comments(told.entries)]
		limits = {"without_comments": silent}
		return Account(
			"rss", host_of(feeds[first]), title, str(found[first].feed.get("link") or ""), limits=limits
		)

	def streams(self) -> tuple[Stream, ...]:
		silent = (self.account.limits if self.account else {}).get("without_comments", ())
		found = []
		for key, address in self._feeds().items():
			place = urlsplit(address)
			label, bucket = f"{place.hostname or ''}{place.path.rstrip('/')}" or key, place.hostname or ""
			found.append(Stream(f"feed:{key}", label, EVERY, bucket))
			if key not in silent:  # or nobody knows yet
				found.append(Stream(f"comments:{key}", f"{label} 💬", EVERY, bucket))
		return tuple(found)

	# --- listening ------------------------------------------------------------------------------------------

	def fetch(self, stream: Stream, cursor: str | None, since: str | None = None) -> Page:
		name, _colon, key = stream.key.partition(":")
		address = self._feeds().get(key)
		if address is None or name not in ("feed", "comments"):
			raise NotSupported(_("This feed is not in the settings of the channel any more."))
		known = Position.read(cursor) if cursor else None
		position = known or Position(since=since or "")
		if name == "comments":
			page = read_comments(self.http.session, address, position)
		else:
			page, _following = read_feed(self.http.session, address, position)
		lost = _lost_cursor() if cursor and known is None else page.gap
		return replace(page, messages=tuple(filter(self._is_wanted, page.messages)), gap=lost)

	def _is_wanted(self, message: Message) -> bool:
		words = [" ".join(line.split()) for line in self.connection.options.get("keywords", "").splitlines()]
		words = [regex.escape(word).replace(r"\ ", r"\s+") for word in words if word]
		if not words:
			return True
		return bool(regex.search(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)", message.text, regex.IGNORECASE))

	# --- no answers -----------------------------------------------------------------------------------------

	def may_reply(self, message: Message) -> Permission:
		return Permission(False, _("A feed can only be read. Open the post and answer there."))

	def measure(self, text: str, to: Message | None = None) -> Length:
		return Length(len(text.strip()), 0)


def _lost_cursor() -> Gap:
	reason = _("We lost our place in this stream and began again. Posts from before that may be missing.")
	return Gap(None, None, reason)
