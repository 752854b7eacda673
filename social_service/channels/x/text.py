"""How X counts a text: 280 units, in which an emoji weighs 2, a link 23, and most scripts outside Latin 2 a sign.

X itself has the last word; in doubt this counts rather one too many. https://docs.x.com/fundamentals/counting-characters
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection

import regex

POST_LIMIT = 280
DM_LIMIT = 10_000
FAR_TOO_LONG = 20_000  # then nobody asks how much, and looking for links would take long
LINK_WEIGHT = 23
EMOJI_WEIGHT = 2
LIGHT = ((0x0000, 0x10FF), (0x2000, 0x200D), (0x2010, 0x201F), (0x2032, 0x2037))  # these weigh 1, the rest 2

# Without a scheme X links a name only below a real top-level domain. Rare ones are missing here: X then counts a few more.
GENERIC = (
	"com|net|org|info|biz|edu|gov|mil|int|name|pro|mobi|asia|jobs|travel|tel|cat|coop|aero|museum|app|dev|shop|store|"
	"online|site|website|web|blog|cloud|tech|xyz|club|live|news|media|agency|digital|email|support|help|care|health|"
	"bank|insurance|finance|money|energy|solar|eco|green|bio|city|berlin|hamburg|koeln|bayern|wien|paris|london|nyc|"
	"tokyo|amsterdam|events|tickets|hotel|hotels|flights|cars|bike|group|global|world|international|company|business|"
	"consulting|solutions|services|service|systems|network|software|academy|education|school|university|social|link|"
	"page|space|today|guru|design|studio|art|music|video|tv|fm|radio|photo|photos|gallery|fashion|style|fit|game|games|"
	"zone|top|vip|win|works|work|team|tools|wiki|run|page|one|plus|life|love|family|fun|fans|ltd|gmbh|inc|llc"
)
SIGN = r"[\p{Latin}\p{N}]"  # X ends a name where another script begins
LABEL = rf"(?:{SIGN}(?:[\p{{Latin}}\p{{N}}_-]*{SIGN})?\.)"
ANY_LABEL = r"(?:[\p{L}\p{N}](?:[\p{L}\p{N}_-]*[\p{L}\p{N}])?\.)"
ENDS = rf"(?!{SIGN}|[@_-]|\.{SIGN})"
INNER, LAST = r"[^\s<>\"“”()]", r"[^\s<>\"“”().,;:!?'’\]…]"
PART = rf"(?:(?:{INNER}|\({INNER}*\))*(?:{LAST}|\({INNER}*\)))"
PATH = rf"(?:/{PART}?)"
LINK = regex.compile(
	rf"(?<![\p{{Latin}}\p{{N}}@＠$#＃_])https?://{ANY_LABEL}+[a-z]{{2,}}{ENDS}(?::\d+)?{PATH}?(?:\?{PART})?"
	rf"|(?<![\p{{Latin}}\p{{N}}@＠$#＃_./-]){LABEL}+(?:[a-z]{{2}}|{GENERIC}){ENDS}(?::\d+)?{PATH}?",
	regex.IGNORECASE,
)
EMOJI = regex.compile(r"\p{Extended_Pictographic}|\p{Regional_Indicator}{2}|\u20e3")
LEADING_MENTION = regex.compile(r"\s*[@＠](\w{1,50})(?=\s|$)\s*")


def weighted_length(text: str) -> int:
	"""What X's counter under its own input field would show."""
	text = unicodedata.normalize("NFC", text)
	if len(text) > FAR_TOO_LONG:
		return len(text)
	links = LINK.findall(text)
	rest = LINK.sub("", text)
	return LINK_WEIGHT * len(links) + sum(_weight(cluster) for cluster in regex.findall(r"\X", rest))


def _weight(cluster: str) -> int:
	if EMOJI.search(cluster) and (len(cluster) > 1 or ord(cluster) > 0x10FF):
		return EMOJI_WEIGHT
	return sum(1 if _is_light(ord(sign)) else 2 for sign in cluster)


def _is_light(point: int) -> bool:
	return any(first <= point <= last for first, last in LIGHT)


def without_leading_mentions(text: str, handles: Collection[str] | None = None) -> str:
	"""A reply names its addressees by itself: leading @names weigh nothing. ``handles`` None takes off any."""
	known = None if handles is None else {handle.casefold() for handle in handles}
	while match := LEADING_MENTION.match(text):
		if known is not None and match[1].casefold() not in known:
			break
		text = text[match.end() :]
	return text


def has_link(text: str) -> bool:
	"""A post with a link costs more than ten without."""
	return LINK.search(text) is not None


def comparable(text: str) -> str:
	"""One form for what we sent and what X reads back: it adds names in front and rewrites links and blanks."""
	text = without_leading_mentions(unicodedata.normalize("NFC", text))
	text = LINK.sub(lambda link: regex.sub(r"^https?://(www\.)?|/$", "", link[0], flags=regex.I), text)
	return " ".join(text.split())
