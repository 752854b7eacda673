"""A text and the names of those who talk come in; the same without greetings, names and numbers of people goes out.

Cautious rather than clever: what may be somebody's goes, and a person reads what is left.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from social_service.guard.privacy import EMAIL, IBAN

GONE = "…"
SHORTEST_NAME = 3  # letters
LONGEST = 5_000  # characters of a text
NAME = r"[A-ZÄÖÜ][\w'’-]{0,40}"
GREETED = rf"(?:@\w[\w.@-]*|{NAME}|zusammen|liebes|liebe|lieber|team|there|all|everyone|und|and)"
GREETING = re.compile(
	r"^\s*(?:(?i:hallo|hi|hey|hello|moin(?: moin)?|servus|grüezi|dear|liebe[rs]?|guten (?:tag|morgen|abend)"
	rf"|sehr geehrte[rs]?|good (?:morning|afternoon|evening)))(?:\s+{GREETED}){{0,5}}\s*[,!.:\n–-]+\s*"
)
SIGN_OFF = re.compile(
	r"(?:^|(?<=[.!?,\n…]))\s*(?i:(?:mit )?(?:viele|liebe|beste|schöne|freundliche|herzliche)n? grü(?:ß|ss)en?|gru(?:ß|ss)"
	r"|mfg|vg|lg|bg|(?:best|kind|warm)(?: regards| wishes)|regards|cheers|sincerely|yours)\b.{0,80}\Z",
	re.DOTALL,
)
INITIALS = re.compile(rf"(?:\s*[\^/~]|(?:\n|(?<=[.!?…]))\s*[–—-])\s*(?:{NAME}|[a-z]{{2}})\.?\s*\Z")
NUMBER = re.compile(r"(?<!\w)\+?\(?\d(?:[ ./()–-]{0,3}\d){4,}(?!\w)(?!\s?(?:€|\$|%|EUR\b|Euro\b|USD\b|km\b))")
PATTERNS = tuple(
	re.compile(one)
	for one in (
		r"(?<![\w.+-])@\w[\w.@-]*",  # handles
		EMAIL,
		IBAN,
		r"\b(?=(?:[\w-]{0,20}\d){5})(?=[\w-]{0,40}[^\W\d])[\w-]+",  # an order: AB-12345
		r"\b(?=[A-Z0-9]{0,40}[A-Z])(?=(?:[A-Z0-9]{0,40}\d){2})[A-Z0-9]{6,}\b",  # a booking: XK7P2Q
		rf"\b(?:Herrn?|Frau|Mr|Mrs|Ms|Dr)\b\.?\s+(?:(?:Dr|Prof)\.\s+)?{NAME}",
		rf"(?:(?<=\b[Nn]ame ist )|(?<=\b[Ii]ch heiße )|(?<=\b[Nn]ame is )){NAME}(?:\s{NAME}){{0,2}}",
		r"\b[A-ZÄÖÜ][\w-]*(?:straße|strasse|str\.|weg|platz|allee|gasse)\s+\d+\s?[a-z]?\b",
		r"\b\d+\s+[A-Z][a-z]+\s+(?:Street|Road|Avenue|Lane|St\.|Rd\.)",
	)
)


def without_people(text: str, names: Iterable[str]) -> str:
	"""``names``: handles and names of those who talk, as they stand on their profiles."""
	text = GREETING.sub("", text[:LONGEST].strip())
	text = INITIALS.sub("", SIGN_OFF.sub("", text)).strip()
	for pattern in PATTERNS:
		text = pattern.sub(GONE, text)
	text = NUMBER.sub(GONE, text)
	if known := _known(names):
		text = known.sub(GONE, text)
	return re.sub(r"(?:… ?){2,}", f"{GONE} ", text).strip()


def _known(names: Iterable[str]) -> re.Pattern[str] | None:
	"""Whole names, and each word of them: people are called by their first name."""
	told = {name.strip().lstrip("@") for name in names}
	told |= {word for name in told for word in re.findall(r"[^\W\d_]+", name)}
	kept = sorted((one for one in told if len(one) >= SHORTEST_NAME), key=len, reverse=True)
	return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, kept))})(?:'s|s)?(?!\w)", re.I) if kept else None
