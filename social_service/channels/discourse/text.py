"""What a forum's cooked posts say, and whom they name. Pure."""

from __future__ import annotations

from urllib.parse import unquote

import regex

from social_service.channels.html_text import plain_text

EMOJI = regex.compile(r"<img\b[^>]*\bclass=\"[^\"]*\bemoji\b[^>]*>")
ALT = regex.compile(r"\balt=\"([^\"]*)\"")
IMAGE_CAPTION = regex.compile(r"<div class=\"meta\">.*?</div>", regex.DOTALL)  # "photo 690×460 23 KB"
QUOTED = regex.compile(r"<aside class=\"quote\b(?:(?!<aside\b).)*?</aside>", regex.DOTALL)  # the innermost
MENTIONED = regex.compile(r"<a class=\"mention\"[^>]*href=\"[^\"]*/u/([^\"/?#]+)\"")
QUOTES = regex.compile(r"<aside class=\"quote\b[^>]*\bdata-username=\"([^\"]+)\"")
PICTURE = regex.compile(r"<img\b(?![^>]*\bclass=\"[^\"]*\b(?:emoji|avatar)\b)[^>]*\bsrc=\"(https://[^\"]+)\"")

# What a forum reads as one sign, or as none, when it asks whether a post says enough.
AS_LITTLE = (
	(r"<!--.*?-->", ""),
	(r":[A-Za-z0-9_]+(?::[A-Za-z0-9_]+)?:", "X"),
	(r"\.{2,}", "…"),
	(r",{2,}", ","),
)


def substance(text: str) -> int:
	"""How long the forum finds a text that could be too short."""
	for sign, counts_as in AS_LITTLE:
		text = regex.sub(sign, counts_as, text)
	return len(text.strip())


def said(cooked: str) -> str:
	"""The author's own words: emojis as text, without what they quoted."""
	own = IMAGE_CAPTION.sub("", cooked)
	while (fewer := QUOTED.sub("", own)) != own:
		own = fewer
	return plain_text(EMOJI.sub(_emoji, own))


def _emoji(image: regex.Match) -> str:
	told = ALT.search(image[0])
	return told[1] if told else ""


def pictures(cooked: str) -> tuple[str, ...]:
	return tuple(dict.fromkeys(PICTURE.findall(cooked)))


def names(cooked: str, handle: str) -> bool:
	"""Does it mention or quote this person? User names are the same in any case."""
	told = (*MENTIONED.findall(cooked), *QUOTES.findall(cooked))
	return handle.casefold() in {unquote(one).casefold() for one in told}


def holds_word(text: str, word: str) -> bool:
	"""As a word of its own, or as words in this order."""
	spaced = r"\s+".join(regex.escape(part) for part in word.split())
	return bool(regex.search(rf"(?<!\w){spaced}(?!\w)", text, regex.IGNORECASE))


def is_same(text: str, other: str) -> bool:
	"""The same words, whatever the forum did to blanks and marks."""
	return _essence(text) == _essence(other)


def _essence(text: str) -> str:
	return regex.sub(r"\W+", "", text.casefold()) or regex.sub(r"\s+", "", text)
