"""A public answer comes in; what in it is somebody's own (address, number, account) goes out, for the guard to stop it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from social_service.sentence import Sentence, _

LONGEST = 20_000  # characters that are read
DIGIT = "#"  # in a pattern of the settings


@dataclass(frozen=True)
class Personal:
	"""``text``: as it stands in the answer."""

	kind: Sentence
	text: str


def iban_in(text: str) -> str:
	"""Without the words behind it that look like groups of it; "" if there is none."""
	ends = [one.end() for one in re.finditer(r"[^ -]+", text)]
	return next((text[:end] for end in reversed(ends) if _is_iban(text[:end])), "")


def _is_iban(text: str) -> bool:
	"""Its check digits are right (ISO 13616)."""
	plain = re.sub(r"\W", "", text).upper()
	moved = plain[4:] + plain[:4]
	return len(plain) >= 15 and int("".join(str(int(one, 36)) for one in moved)) % 97 == 1


def card_in(text: str) -> str:
	"""As card numbers are checked (Luhn, ISO/IEC 7812)."""
	digits = [int(one) for one in text if one.isdigit()]
	doubled = [sum(divmod(2 * one, 10)) for one in digits[-2::-2]]
	is_one = 13 <= len(digits) <= 19 and len(set(digits)) > 1
	return text if is_one and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0 else ""


def phone_in(text: str) -> str:
	return text if 8 <= sum(one.isdigit() for one in text) <= 15 else ""


EMAIL = r"(?<![\w.+@-])[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,5}"
IBAN = r"\b[A-Za-z]{2}\d{2}(?: ?[A-Za-z0-9]{4}){2,7}(?: ?[A-Za-z0-9]{1,4})?\b"  # its check digits are another matter
Kind = tuple[Sentence, re.Pattern[str], Callable[[str], str]]  # the last: what of a match is really one
KINDS: tuple[Kind, ...] = (
	(
		_("an e-mail address"),
		re.compile(EMAIL),
		str,
	),
	(
		_("an account number (IBAN)"),
		re.compile(IBAN),
		iban_in,
	),
	(
		_("a card number"),
		re.compile(r"(?<![\w-])(?<![A-Za-z]{2}\d{2} )\d(?:[ -]?\d){12,18}(?![\w-])"),
		card_in,
	),
	(
		_("a phone number"),
		re.compile(r"(?<![\w.,/-])(?<!\d )(?:\+|00|\(?0)\d(?:[ ()/-]{0,3}\d){6,14}(?![\w.,]?\d)"),
		phone_in,
	),
)
OWN_NUMBER = _("a number of an order or customer")


def found_in(text: str, patterns: Sequence[str] = (), public: Sequence[str] = ()) -> list[Personal]:
	"""In their order. ``patterns``: of the company's own numbers, ``#`` for a digit. ``public``: what everybody may know."""
	known = {_plain(one) for one in public if one.strip()}
	told = sorted(_all(text[:LONGEST], patterns), key=lambda one: one[0])
	return [one for _at, one in told if _plain(one.text) not in known]


def _all(text: str, patterns: Sequence[str]) -> Iterator[tuple[int, Personal]]:
	taken: list[tuple[int, int]] = []  # an IBAN is no card, a card no phone
	for kind, pattern, part_of in (*KINDS, *_own(patterns)):
		for match in pattern.finditer(text):
			begin, found = match.start(), part_of(match.group())
			end = begin + len(found)
			if found and not any(begin < last and first < end for first, last in taken):
				taken.append((begin, end))
				yield begin, Personal(kind, found.strip())


def _own(patterns: Sequence[str]) -> Iterator[Kind]:
	for line in patterns:
		if DIGIT in line:
			told = re.escape(line.strip()).replace(re.escape(DIGIT), r"\d")
			yield OWN_NUMBER, re.compile(rf"(?<!\w){told}(?!\w)", re.IGNORECASE), str


def _plain(text: str) -> str:
	"""The same number, however it is grouped."""
	return re.sub(r"[^\w@.+]", "", text).casefold()
