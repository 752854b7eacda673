"""How X counts a text: 280 units, in which an emoji weighs 2, a link 23, and most scripts outside Latin 2 a sign.

X itself has the last word; in doubt this counts rather one too many. https://docs.x.com/fundamentals/counting-characters
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection

import regex

from social_service.channels.x.links import links, replaced

POST_LIMIT = 280
DM_LIMIT = 10_000
FAR_TOO_LONG = 20_000  # then nobody asks how much, and looking for links would take long
NEVER_TAKEN = str.maketrans("", "", "\ufeff\ufffe\uffff")  # nobody sees them, X refuses a post for them
LINK_WEIGHT = 23
EMOJI_WEIGHT = 2
LIGHT = ((0x0000, 0x10FF), (0x2000, 0x200D), (0x2010, 0x201F), (0x2032, 0x2037))  # these weigh 1, the rest 2

# An emoji is drawn as one if its sign is meant to be, or if a colour or the selector U+FE0F follows; only such join.
# Some older ones are meant to be and may have the selector all the same.
OLDER = "⌚⌛◽◾☔☕♈-♓♿⚓⚡⚪⚫⚽⚾⛄⛅⛔⛪⛲⛳⛵⛺⛽❗⬛⬜⭐⭕🀄🈚🈯"
DRAWN = (
	rf"(?:[{OLDER}]\ufe0f|\p{{Emoji_Presentation}}\p{{EMod}}?|(?![0-9#*])\p{{Emoji}}(?:\p{{EMod}}|\ufe0f))"
)
EMOJI = regex.compile(
	r"\p{RI}{2}|[0-9#*]\ufe0f?\u20e3|🏴[\U000e0061-\U000e007a]+\U000e007f" rf"|{DRAWN}(?:\u200d{DRAWN})*"
)
LEADING_MENTION = regex.compile(r"\s*[@＠](\w{1,50})(?=\s|$)\s*")


def weighted_length(text: str) -> int:
	"""What X's counter under its own input field would show."""
	text = unicodedata.normalize("NFC", acceptable(text))
	if len(text) > FAR_TOO_LONG:
		return len(text)
	weight, last = 0, 0
	for start, end in links(text):
		weight += _weight(text[last:start]) + LINK_WEIGHT
		last = end
	return weight + _weight(text[last:])


def acceptable(text: str) -> str:
	return text.translate(NEVER_TAKEN)


def _weight(text: str) -> int:
	emoji = len(EMOJI.findall(text))
	return EMOJI_WEIGHT * emoji + sum(1 if _is_light(ord(sign)) else 2 for sign in EMOJI.sub("", text))


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
	return any(links(text))


def comparable(text: str) -> str:
	"""One form for what we sent and what X reads back: it adds names in front and rewrites links and blanks."""
	text = without_leading_mentions(unicodedata.normalize("NFC", acceptable(text)))
	text = replaced(text, lambda link: regex.sub(r"^https?://(www\.)?|/$", "", link, flags=regex.I))
	return " ".join(text.split())
