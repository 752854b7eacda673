"""Voice: how an answer begins and ends. Rows of the settings, the customer and the agent come in; words for the editor go
out, where everybody sees them and may change them. Nothing is added later."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields

import regex

from social_service.audience import answered_message
from social_service.hosts.base import Host
from social_service.ledger import SocialMessage
from social_service.records import Visibility, Word
from social_service.sentence import Sentence, _
from social_service.settings import Address, SocialVoice, languages_of, refuse_language
from social_service.site_settings import the_settings

NOTHING = "-"  # in a field: not as the next wider row says, but nothing at all
PLACE = re.compile(r"[ \t]*\{(\w*)\}")
PLACES = {
	"greeting": ("name", "handle"),
	"sign_off": ("agent", "initials"),
	"private_request": ("link", "name", "handle"),
}
NAME = regex.compile(r"\p{L}[\p{L}\p{M}'’-]{1,24}")  # "J. R." and "Dr." are none
MOST_WORDS = 3
LONGEST_GUESS = 80  # characters that a place is filled with


@dataclass(frozen=True)
class Agent:
	name: str
	initials: str


class Holds(Word):
	"""What a draft holds already."""

	NOTHING = "nothing"
	FRAME = "frame"
	WORDS = "words"


@dataclass(frozen=True)
class Frame:
	"""What is to stand before and behind an answer; "" = nothing, as there is where something is written already."""

	greeting: str = ""
	sign_off: str = ""
	holds: Holds = Holds.NOTHING


UNFRAMED = Frame()


def frame_of(host: Host, ticket: str, agent: Agent, draft: str = "") -> Frame:
	"""For an answer to whom this ticket would answer now, in their language."""
	rows = host.store.find(SocialVoice, {}, order="name", limit=1000)
	if draft.strip():
		return Frame(holds=Holds.FRAME if says_nothing(draft, rows) else Holds.WORDS)
	post = answered_message(host, ticket)
	if post is None:
		return UNFRAMED
	voice = voice_for(rows, post.channel, spoken_with(host, post)[0], post.visibility)
	values = {**names_of(post, voice.address), "agent": agent.name, "initials": agent.initials}
	return Frame(filled(voice.greeting, values), filled(voice.sign_off, values))


def spoken_with(host: Host, post: SocialMessage) -> list[str]:
	"""The customer's language, then the site's in their order."""
	usual = languages_of(the_settings(host))
	return list(dict.fromkeys(filter(None, (post.language, *usual)))) or [""]


# --- which row says it ----------------------------------------------------------------------------------------


def voice_for(
	rows: Iterable[SocialVoice], channel: str, language: str, visibility: Visibility
) -> SocialVoice:
	"""One voice out of all rows that fit: each field as the most specific one says that says anything."""
	fitting = [
		row
		for row in rows
		if row.channel in ("", channel)
		and row.language.strip().lower() in ("", language)
		and row.visibility in (None, visibility)
	]
	fitting.sort(key=lambda row: (bool(row.channel), bool(row.language.strip()), row.visibility is not None))
	said = {
		one.name: getattr(row, one.name) for row in fitting for one in fields(row) if getattr(row, one.name)
	}
	return SocialVoice(**{key: "" if value == NOTHING else value for key, value in said.items()})


# --- filling it in --------------------------------------------------------------------------------------------


def filled(text: str, values: Mapping[str, str]) -> str:
	"""What has no value goes, with the blank before it."""

	def value_of(place: re.Match[str]) -> str:
		value = values.get(place[1], "")
		return place[0].replace(f"{{{place[1]}}}", value) if value else ""

	return PLACE.sub(value_of, text).strip()


def names_of(post: SocialMessage, address: Address | None) -> dict[str, str]:
	"""A handle is written as the network knows it: it may call its owner. Where there is neither, nobody is named."""
	handle = f"@{post.handle.removeprefix('@')}" if post.handle.strip() else ""
	name = "" if address is Address.HANDLE else first_name(post.author_name)
	return {"name": name or handle, "handle": handle or name}


def first_name(display_name: str) -> str:
	"""The first word of what looks like a person's name; "" for what does not (emoji, numbers, fancy letters)."""
	plain = unicodedata.normalize("NFC", display_name).strip()
	words = plain.split()
	looks_like_one = 1 <= len(words) <= MOST_WORDS and all(NAME.fullmatch(word) for word in words)
	return words[0] if looks_like_one and unicodedata.normalize("NFKC", plain) == plain else ""


def initials_of(first: str, last: str) -> str:
	return "".join(word[:1].upper() for word in (first.strip(), last.strip()))


def says_nothing(text: str, rows: Iterable[SocialVoice]) -> bool:
	"""There is a greeting or a sign-off in it, and nothing else."""
	left = text.strip()
	for row in rows:
		for template in (row.greeting, row.sign_off):
			if template.strip(f"{NOTHING} ") and left:
				left = _pattern(template).sub("", left, count=1).strip()
	return not left


def _pattern(template: str) -> re.Pattern[str]:
	"""Of a line that is this template, whoever it was filled in for."""
	pieces = PLACE.split(template.strip())  # text, name of a place, text …
	said = rf"[^\n]{{0,{LONGEST_GUESS}}}?".join(re.escape(one) for one in pieces[::2])
	return re.compile(rf"^{said}$", re.MULTILINE)


# --- the form -------------------------------------------------------------------------------------------------


def refuse_voice(voice: SocialVoice, others: Sequence[SocialVoice]) -> Sentence | None:
	"""Why a row can't be saved as it is, or None. ``others``: all that are stored, it may be among them."""
	for field, known in PLACES.items():
		for place in PLACE.findall(getattr(voice, field)):
			if place not in known:
				allowed = ", ".join(f"{{{one}}}" for one in known)
				return _("Nothing is known for {0} there. You can write: {1}.", f"{{{place}}}", allowed)
	request = voice.private_request.strip()
	if request not in ("", NOTHING) and "{link}" not in request:
		return _("Nobody would know where to write. Put {0} where the address shall stand.", "{link}")
	if reason := refuse_language(voice.language):
		return reason
	if any(_scope(one) == _scope(voice) and one.name != voice.name for one in others):
		return _("There is a row for this channel, language and visibility already. Change that one.")
	return None


def _scope(voice: SocialVoice) -> tuple[str, str, Visibility | None]:
	return voice.channel, voice.language.strip().lower(), voice.visibility


# What a site begins with. No greeting and no sign-off: how a company speaks is its own to say.
SEEDED = (
	SocialVoice(
		language="en",
		private_request="So that we can look into it, please send us the details in a private message: {link}",
	),
	SocialVoice(
		language="de",
		private_request="Damit wir das prüfen können, schreiben Sie uns die Einzelheiten bitte als private Nachricht: {link}",
	),
)
