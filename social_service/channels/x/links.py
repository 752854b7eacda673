"""What X takes for links: addresses with a scheme, and bare names in Latin letters. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import regex

from social_service.channels.addresses import (
	ENDING,
	ENDINGS,
	IN_PATH,
	LATIN,
	QUERY,
	Address,
	addresses,
	schemes,
	tails,
)

TAIL = tails(IN_PATH, rf"[a-zA-Z0-9\u0400-\u04ff{LATIN}=_#/+-]", QUERY)
SCHEMES = schemes("https?")
LATIN_NAME = regex.compile(rf"(?:[a-zA-Z0-9{LATIN}-]+\.)+{ENDING}", endings=ENDINGS)
NEVER_BARE = frozenset("-_./")  # before a name without a scheme: then it is a file, or a part of something


def links(text: str) -> Iterator[tuple[int, int]]:
	"""Where each begins and ends, in order."""
	for address in addresses(text, SCHEMES, TAIL):
		yield from [(address.start, address.end)] if address.has_scheme else _bare(address)


def replaced(text: str, by: Callable[[str], str]) -> str:
	parts, last = [], 0
	for start, end in links(text):
		parts += [text[last:start], by(text[start:end])]
		last = end
	return "".join([*parts, text[last:]])


def _bare(address: Address) -> Iterator[tuple[int, int]]:
	"""Other scripts between the names are text. What follows the domain is weighed with the last of them."""
	if address.start and address.text[address.start - 1] in NEVER_BARE:
		return
	further = address.end - address.domain[1] if address.has_path else 0
	names = [one.span() for one in LATIN_NAME.finditer(address.text, *address.domain)]
	yield from names[:-1]
	yield from ((start, end + further) for start, end in names[-1:])
