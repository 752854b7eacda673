"""Where a text names an address: with a scheme, or bare below a top-level domain. X and Mastodon look in the same way, and
let other signs stand behind the domain. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import regex

ENDINGS_FILE = Path(__file__).parent / "endings.txt"
LONGEST_LABEL, LONGEST_ADDRESS, LONGEST_SLUG = 63, 4096, 40

# What may stand in a name: everything but blanks, marks that steer direction, and most ASCII punctuation.
APART = r"\p{White_Space}\u180e\ufffe\ufeff\uffff\u202a-\u202e\u061c\u200e\u200f\u2066-\u2069"
RUN = regex.compile(rf"[^{APART}!'#%&()*+,/:;<=>?@\[\\\]^{{|}}~$]+")  # of names with what parts them
PARTING = frozenset("_-.")
BEGINNING = regex.compile(r"(?<![A-Za-z0-9@＠$#＃\ufffe\ufeff\uffff])")  # no word goes on here
LATIN = r"À-ÖØ-öø-ɏɓɔɖɗəɛɣɨɯɲʉʋʻ\u0300-\u036fḀ-ỿ"
IN_PATH = rf"[a-zA-Z0-9\u0400-\u04ff{LATIN}!*';:=+,.$/%#\[\]–_~@|&-]"
QUERY = r"\?[a-zA-Z0-9!?*'@();:&=+$/%#\[\]_.,~|-]*[a-zA-Z0-9_&=#/-]"
SHORTENED = regex.compile(rf"https?://t\.co/([a-z0-9]+)(?:{QUERY})?", regex.IGNORECASE)
ENDING = r"(?:(?i:\L<endings>)(?![0-9A-Za-z@+-])|(?i:xn--)[0-9A-Za-z-]+)"
ENDINGS = frozenset(
	name
	for line in ENDINGS_FILE.read_text(encoding="utf-8").splitlines()
	if not line.startswith("#")
	for name in line.split()
)
LAST_LABEL = regex.compile(ENDING, endings=ENDINGS)


def schemes(names: str) -> regex.Pattern:
	"""For `addresses`: what stands before a domain, read backwards."""
	return regex.compile(rf"(?r)(?:{names})://", regex.IGNORECASE)


def tails(in_path: str, ends_path: str, query: str, *, ends_in: str = "") -> regex.Pattern:
	"""For `addresses`: port, path and query. Of a path as much as ends well: the full stop of the sentence is no part of
	it, a bracket is if it has its pair. ``ends_in``: what a bracket at the end may hold, if that is less."""
	path = rf"/(?:(?:{in_path}|{_bracketed(in_path)})*(?:{ends_path}|{_bracketed(ends_in or in_path)}))?"
	return regex.compile(rf"(?::[0-9]+)?(?P<path>{path})?(?:{query})?")


def _bracketed(sign: str) -> str:
	return rf"\((?:{sign}+|{sign}*\({sign}+\){sign}*)\)"


@dataclass(frozen=True)
class Address:
	text: str
	start: int  # of its scheme, where it has one
	domain: tuple[int, int]
	end: int
	has_path: bool

	@property
	def has_scheme(self) -> bool:
		return self.start < self.domain[0]

	def can_be_called(self) -> bool:
		size = self.end - self.start + (self.domain[0] - self.start or len("https://"))  # X adds it to both
		labels = self.text[slice(*self.domain)].split(".")
		slug = SHORTENED.match(self.text, self.start, self.end)
		return (
			size <= LONGEST_ADDRESS
			and all(_size(label) <= LONGEST_LABEL for label in labels)
			and not (slug and len(slug[1]) > LONGEST_SLUG)
		)

	def without_more_than_its_slug(self) -> Address:
		"""X's own short links end with letters, wherever they stand."""
		short = SHORTENED.match(self.text, self.start, self.end)
		return replace(self, end=short.end()) if short else self


def _size(label: str) -> int:
	"""As it is called over the network, in ASCII."""
	return len(label) if label.isascii() else len(label.encode("punycode")) + len("xn--")


def addresses(text: str, scheme: regex.Pattern, tail: regex.Pattern) -> Iterator[Address]:
	"""Those that can be called, from left to right."""
	free = 0  # what stands before belongs to one already
	for found in RUN.finditer(text) if "." in text else ():
		if found.end() > free and "." in found[0]:
			for address in _in_run(_Run.of(text, *found.span()), free, scheme, tail):
				free = address.end
				if address.can_be_called():
					yield address.without_more_than_its_slug()


@dataclass(frozen=True)
class _Run:
	"""Labels between full stops. ``reach``: for each where a domain ends that has it and what follows in it; 0 = none."""

	text: str
	starts: list[int]
	ends: list[int]
	reach: list[int]

	@classmethod
	def of(cls, text: str, start: int, end: int) -> _Run:
		ends = [at for at in range(start, end) if text[at] == "."] + [end]
		starts = [start, *(at + 1 for at in ends[:-1])]
		reach = [0] * len(starts)
		for at in range(len(starts) - 2, -1, -1):
			reach[at] = _reach(text, starts[at], ends[at], reach[at + 1])
		return cls(text, starts, ends, reach)

	def domain_end(self, start: int) -> int:
		"""Of the longest that begins here."""
		at = bisect_right(self.starts, start) - 1
		return _reach(self.text, start, self.ends[at], self.reach[at + 1]) if at + 1 < len(self.starts) else 0


def _reach(text: str, start: int, stop: int, further: int) -> int:
	if start >= stop or text[start] in PARTING or text[stop - 1] in PARTING:
		return 0
	if further or text.find("_", start, stop) >= 0:  # an underscore is for subdomains
		return further
	last = LAST_LABEL.match(text, stop + 1)
	return last.end() if last else 0


def _in_run(run: _Run, free: int, scheme: regex.Pattern, tail: regex.Pattern) -> Iterator[Address]:
	"""Before each stands a sign that belongs to no other."""
	for start, domain in _beginnings(run.text, free, run.starts[0], run.ends[-1], scheme):
		stop = run.domain_end(domain) if start > free or not free else 0
		if stop:
			behind = tail.match(run.text, stop)
			free = behind.end()
			yield Address(run.text, start, (domain, stop), free, bool(behind["path"]))


def _beginnings(
	text: str, free: int, first: int, end: int, scheme: regex.Pattern
) -> Iterator[tuple[int, int]]:
	"""Of an address, and of its domain."""
	before = scheme.match(text, free, first)
	if before and BEGINNING.match(text, before.start()):
		yield before.start(), first
	if first == 0:  # the text's first sign may stand before an address, or else belong to one
		yield from ((1, 1), (0, 0)) if BEGINNING.match(text, 1) else ((0, 0),)
	for found in BEGINNING.finditer(text, max(first, 1), end):
		yield found.start(), found.start()
