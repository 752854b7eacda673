"""Mastodon's texts: their HTML as plain text, their length as the server counts it, the people they name. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from html.parser import HTMLParser

import regex

# As the server finds them, in addresses too: after anything but a word, a slash or an equals sign.
MENTION = regex.compile(r"(?<![\w=/])@([a-z0-9_]+(?:[a-z0-9_.-]*[a-z0-9_])?)(@[\w.-]*\w)?", regex.IGNORECASE)
LINK = regex.compile(r"https?://[^\s/<>\"]+\.[^\s<>\"]*[^\s<>\".,;:!?)\]']", regex.IGNORECASE)
UNSEEN = frozenset({"script", "style", "template", "head", "title", "iframe", "object"})
PARAGRAPHS = frozenset({"p", "div", "blockquote", "pre", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6"})


def plain_text(html: str) -> str:
	"""Paragraphs as empty lines, shortened links whole, mentions and hashtags as they read, scripts gone."""
	reader = _Reader()
	reader.feed(html)
	reader.close()
	lines = "".join(reader.parts).replace("\xa0", " ").split("\n")
	return regex.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in lines)).strip()


class _Reader(HTMLParser):
	"""Collects what a person would read."""

	def __init__(self) -> None:
		super().__init__(convert_charrefs=True)
		self.parts: list[str] = []
		self._unseen = 0
		self._link: tuple[str, int] | None = None  # its address, and where its text begins

	def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
		if tag in UNSEEN:
			self._unseen += 1
		elif tag == "br":
			self.parts.append("\n")
		elif tag in PARAGRAPHS:
			self.parts.append("\n\n")
		elif tag == "li":
			self.parts.append("\n- ")
		elif tag == "a":
			self._link = (dict(attrs).get("href") or "", len(self.parts))

	def handle_endtag(self, tag: str) -> None:
		if tag in UNSEEN:
			self._unseen = max(0, self._unseen - 1)
		elif tag in PARAGRAPHS:
			self.parts.append("\n\n")
		elif tag == "a" and self._link:
			address, start = self._link
			self.parts[start:] = [_link_text("".join(self.parts[start:]), address)]
			self._link = None

	def handle_data(self, data: str) -> None:
		if not self._unseen:
			self.parts.append(data)


def _link_text(shown: str, address: str) -> str:
	"""The server cuts long addresses for display; people and rules need them whole."""
	if shown.lstrip().startswith(("@", "#")) or not address.startswith(("http://", "https://")):
		return shown
	bare = shown.strip().rstrip("…")
	return address if not bare or bare in address else f"{shown} ({address})"


def counted(text: str, per_link: int) -> int:
	"""Graphemes; every link weighs the same, and of a mention only the name counts, not its instance."""
	links = len(LINK.findall(text))
	without = MENTION.sub(r"@\1", LINK.sub("", text))
	return links * per_link + len(regex.findall(r"\X", without))


def named(text: str, domain: str) -> frozenset[str]:
	"""The full handles that ``text`` would notify. A bare @anna is the anna of our own instance, nobody else."""
	return frozenset(full_handle(name + at, domain) for name, at in MENTION.findall(text))


def full_handle(acct: str, domain: str) -> str:
	return acct.lower() if "@" in acct else f"{acct}@{domain}".lower()


def addressed(text: str, acct: str, domain: str) -> str:
	"""``text`` with the person's handle in front, unless it stands in it already."""
	if not acct or full_handle(acct, domain) in named(text, domain):
		return text
	return f"@{acct} {text}"


def is_same(text: str, others: Iterable[str]) -> bool:
	"""Is it the same text after a server's rendering? Markup, blanks and the instance in mentions may differ."""
	return _essence(text) in {_essence(other) for other in others}


def _essence(text: str) -> str:
	short = MENTION.sub(r"@\1", text).casefold()
	return regex.sub(r"\W+", "", short) or regex.sub(r"\s+", "", short)
