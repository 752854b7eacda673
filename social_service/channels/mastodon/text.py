"""Mastodon's texts: their length as the server counts it, the people they name. Pure."""

from __future__ import annotations

from collections.abc import Iterable

import regex

# As the server finds them, in addresses too: after anything but a word, a slash or an equals sign.
MENTION = regex.compile(r"(?<![\w=/])@([a-z0-9_]+(?:[a-z0-9_.-]*[a-z0-9_])?)(@[\w.-]*\w)?", regex.IGNORECASE)
LINK = regex.compile(r"https?://[^\s/<>\"]+\.[^\s<>\"]*[^\s<>\".,;:!?)\]']", regex.IGNORECASE)


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
