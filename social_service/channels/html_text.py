"""A network's HTML as a person would read it. Pure."""

from __future__ import annotations

from html.parser import HTMLParser

import regex

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
