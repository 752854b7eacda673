"""The words that an agent wrote, out of the editor's HTML: without signature and quoted mail, as plain text."""

from __future__ import annotations

import re

import frappe
from bs4 import BeautifulSoup, NavigableString, Tag

QUOTED = "reply-to-content"  # Helpdesk's editor puts this before the mail that is answered
BLOCKS = frozenset(
	{"p", "div", "li", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "tr", "ul", "ol"}
)


def plain_text(message: str, signature: str = "") -> str:
	"""``signature``: the user's own, as HTML. It is compared as text, because the editor makes other HTML of it."""
	soup = BeautifulSoup(message, "html.parser")
	_cut_quoted(soup)
	return _without_signature(_text_of(soup), _text_of(BeautifulSoup(signature or "", "html.parser")))


def words_of(agent: str, message: str) -> str:
	"""``message``: HTML of the editor, in which the agent's signature may stand."""
	return plain_text(message, frappe.db.get_value("User", agent, "email_signature") or "")


def has_pictures(message: str) -> bool:
	soup = BeautifulSoup(message, "html.parser")
	_cut_quoted(soup)
	return soup.find(["img", "video", "audio"]) is not None


def _cut_quoted(soup: BeautifulSoup) -> None:
	marker = soup.find(class_=QUOTED)
	if marker:
		for node in [*marker.next_elements, marker]:
			node.extract()


def _text_of(soup: BeautifulSoup) -> str:
	text = "".join(_pieces(soup)).replace("\xa0", " ")
	lines = [line.strip(" \t") for line in text.splitlines()]
	return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _pieces(node: Tag) -> list[str]:
	found: list[str] = []
	for child in node.children:
		if type(child) is NavigableString:  # comments and such are subclasses
			found.append(re.sub(r"[ \t\r\n]+", " ", child))
		elif isinstance(child, Tag):
			found += _tag(child)
	return found


def _tag(tag: Tag) -> list[str]:
	if tag.name == "br":
		return ["\n"]
	inner = _pieces(tag)
	if tag.name == "a":
		return [_link("".join(inner), tag.get("href") or "")]
	if tag.name == "li":
		return ["\n- ", "".join(inner).strip(), "\n"]
	return ["\n", *inner, "\n"] if tag.name in BLOCKS else inner


def _link(label: str, href: str) -> str:
	if not href.startswith(("https://", "http://")) or label.strip() in (
		href,
		href.split("://", 1)[1].rstrip("/"),
	):
		return href if href.startswith("http") else label
	return f"{label} {href}"


def _without_signature(text: str, signature: str) -> str:
	words = signature.split()
	if not words:
		return text
	same = r"\s+".join(map(re.escape, words))
	return re.sub(rf"(?:^|\n)\s*{same}[ \t]*(?=\n|$)", "", text).strip()
