"""Triage rules: which row fits a message first, and by which of its words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone, tzinfo
from fnmatch import fnmatchcase
from functools import lru_cache

import regex

from social_service.ledger import SocialMessage
from social_service.service_hours import span_of
from social_service.settings import SocialTriageRule
from social_service.triage.near import near_match

NEAR = "~"
START = r"(?<!\w)"
MOST_TEXT = 5_000  # characters of a post; 100 kB and many rules would keep a worker busy


def first_match(
	rules: Sequence[SocialTriageRule], message: SocialMessage, language: str, zone: tzinfo = timezone.utc
) -> tuple[SocialTriageRule, str] | None:
	"""(rule, the words of the post that it saw) of the first rule that fits. A rule without words fits by its filters."""
	for rule in rules:
		seen = seen_by(rule, message, language, zone)
		if seen is not None:
			return rule, seen
	return None


def seen_by(rule: SocialTriageRule, message: SocialMessage, language: str, zone: tzinfo) -> str | None:
	"""The words that the rule finds, "" if it asks for none; None = it does not fit."""
	if not _applies(rule, message, language, zone):
		return None
	if not rule.words.strip():
		return ""
	text = message.text[:MOST_TEXT]
	exact, near = _lines(rule.words)
	seen = pattern(exact).search(text) if exact else None
	return seen.group().strip() if seen else near_match(near, text)


def _applies(rule: SocialTriageRule, message: SocialMessage, language: str, zone: tzinfo) -> bool:
	return (
		rule.enabled
		and rule.channel in ("", message.channel)
		and rule.kind in (None, message.kind)
		and (not rule.language or not language or rule.language.strip().lower() == language)
		and message.followers >= rule.followers
		and _is_by(rule.author, message.handle)
		and _is_at(rule.hours, message.sent_at, zone)
	)


def _is_by(author: str, handle: str) -> bool:
	wanted = [line.strip().removeprefix("@").casefold() for line in author.splitlines() if line.strip()]
	handle = handle.removeprefix("@").casefold()
	return not wanted or any(fnmatchcase(handle, one.replace("[", "[[]")) for one in wanted)


def _is_at(hours: str, moment: datetime, zone: tzinfo) -> bool:
	"""The first minute belongs to it, the last one no more."""
	span = span_of(hours)
	if span is None:
		return not hours.strip()  # what nobody can read fits nothing
	since, until = span
	local = moment.astimezone(zone)
	minute = local.hour * 60 + local.minute
	return since <= minute < until if since < until else minute >= since or minute < until


@lru_cache(maxsize=512)
def _lines(words: str) -> tuple[str, tuple[str, ...]]:
	"""(the lines to be found as they are written, those that may have a typo)"""
	lines = [line.strip() for line in words.splitlines() if line.strip()]
	near = tuple(one for line in lines if line.startswith(NEAR) and (one := line[1:].strip()))
	return "\n".join(line for line in lines if not line.startswith(NEAR)), near


@lru_cache(maxsize=512)
def pattern(words: str) -> regex.Pattern[str]:
	"""One word or phrase a line. ``*`` stands for letters and digits; any white space matches any other."""
	by_letter: dict[str, list[str]] = {}
	for line in (" ".join(line.split()) for line in words.splitlines() if line.strip()):
		by_letter.setdefault(line[0].lower() if line[0].isalnum() else "", []).append(_as_regex(line))
	return regex.compile("|".join(map(_together, by_letter, by_letter.values())), regex.IGNORECASE)


def _together(letter: str, lines: Sequence[str]) -> str:
	"""Lines of one first letter try it once: twice as fast on a long post."""
	if not letter:
		return "|".join(lines)
	first = lines[0][: len(START) + 1]
	return f"{first}(?:{'|'.join(line[len(first) :] for line in lines)})"


def _as_regex(line: str) -> str:
	"""What a star found is never tried again (``(?>…)``) and a match begins where a word does: a rule of people and a post
	of 100 kB can't keep a worker busy together."""
	first, *rest = (r"\s{1,20}".join(map(regex.escape, part.split(" "))) for part in line.split("*"))
	start = START if line[0].isalnum() or line[0] == "*" else ""
	end = r"(?!\w)" if line[-1].isalnum() else ""
	if not rest:
		return f"{start}{first}{end}"
	*inner, last = rest
	stars = "".join(rf"(?>\w*?{part})" for part in inner)
	return f"{start}{first}{stars}" + (rf"(?>\w*?{last}{end})" if last else r"(?>\w*)")
