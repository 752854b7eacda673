"""What people see as one sign, however many code points it has. Pure."""

from __future__ import annotations

import regex

AFTER_VIRAMA = regex.compile(r"(?<=\p{ccc=9}[\p{M}\u200d]*)(?=\p{L})")
BREAK = "\n"  # joins with nothing


def graphemes(text: str) -> int:
	return len(regex.findall(r"\X", text))


def graphemes_of_old(text: str) -> int:
	"""As Unicode had it until 15.1: letters of Indian scripts that are written as one count as many."""
	apart, breaks = AFTER_VIRAMA.subn(BREAK, text)
	return graphemes(apart) - breaks
