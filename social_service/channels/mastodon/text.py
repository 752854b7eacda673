"""Mastodon's texts: their length as the server counts it, the people they name. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import regex

from social_service.channels.addresses import IN_PATH, LATIN, addresses, schemes, tails
from social_service.channels.graphemes import graphemes_of_old

# As the server finds them, in addresses too: after anything but a word, a slash or an equals sign.
WORD = r"[\p{L}\p{M}\p{Nd}\p{Pc}]"
MENTION = regex.compile(
	rf"(?<!{WORD}|[=/])@([a-z0-9_]+(?:[.-]+[a-z0-9_]+)*)(@{WORD}+(?:[.-]+{WORD}+)*)?", regex.IGNORECASE
)
NO_MENTION_IF_NEXT = regex.compile(rf"[@＠{LATIN}]|://")
LONGEST_DOMAIN = 253

# Links need a scheme. In their paths the server lets any sign stand, and rarely one in a bracket at the end.
SCHEMES = schemes("https?|dat|dweb|ipfs|ipns|ssb|gopher|gemini")
BEYOND_ASCII = r"\u00a0-\ud7ff\ue000-\ufdcf\ufdf0-\uffef\U00010000-\U000dffff\U000e1000-\U0010fffd"
TAIL = tails(
	r"[^\p{White_Space}<>()?]",
	r"""[^\p{White_Space}()?!*"'「」<>;:=,.$%\[\]~&|@]""",
	rf"\?[a-zA-Z0-9!?*'();:&=+$/%#\[\]_.,~|@^{BEYOND_ASCII}-]*[a-zA-Z0-9_&=#/{BEYOND_ASCII}-]",
	ends_in=IN_PATH,
)


def counted(text: str, per_link: int) -> int:
	"""Graphemes; every link weighs the same, and of a mention only the name counts, not its instance."""
	found = [(*span, "x" * per_link) for span in _links(text)]
	found += [(*one.span(), f"@{one[1]}") for one in MENTION.finditer(text) if _is_counted_short(text, one)]
	short, last = [], 0
	for start, end, counts_as in sorted(found):
		if start >= last:
			short += [text[last:start], counts_as]
			last = end
	return graphemes_of_old("".join([*short, text[last:]]))


def _links(text: str) -> Iterator[tuple[int, int]]:
	return ((one.start, one.end) for one in addresses(text, SCHEMES, TAIL) if one.has_scheme)


def _is_counted_short(text: str, mention: regex.Match) -> bool:
	is_short = len(mention[2] or "") <= len("@") + LONGEST_DOMAIN
	return is_short and not NO_MENTION_IF_NEXT.match(text, mention.end())


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
