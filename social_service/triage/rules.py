"""Triage rules: which row fits a message first, and by which of its words."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import regex

from social_service.ledger import SocialMessage
from social_service.settings import SocialTriageRule


def first_match(
	rules: Sequence[SocialTriageRule], message: SocialMessage, language: str
) -> tuple[SocialTriageRule, str] | None:
	"""(rule, the words of the post that it saw) of the first rule that fits. A rule without words fits by its filters."""
	for rule in rules:
		if not _applies(rule, message, language):
			continue
		if not rule.words.strip():
			return rule, ""
		seen = pattern(rule.words).search(message.text)
		if seen:
			return rule, seen.group().strip()
	return None


def _applies(rule: SocialTriageRule, message: SocialMessage, language: str) -> bool:
	return (
		rule.enabled
		and rule.channel in ("", message.channel)
		and rule.kind in (None, message.kind)
		and (not rule.language or not language or rule.language == language)
	)


@lru_cache(maxsize=512)
def pattern(words: str) -> regex.Pattern[str]:
	"""One word or phrase a line. ``*`` stands for letters and digits; any white space matches any other."""
	lines = [" ".join(line.split()) for line in words.splitlines() if line.strip()]
	return regex.compile("|".join(_as_regex(line) for line in lines), regex.IGNORECASE)


def _as_regex(line: str) -> str:
	"""What a star found is never tried again (``(?>…)``) and a match begins where a word does: a rule of people and a post
	of 100 kB can't keep a worker busy together."""
	first, *rest = (r"\s{1,20}".join(map(regex.escape, part.split(" "))) for part in line.split("*"))
	start = r"(?<!\w)" if line[0].isalnum() or line[0] == "*" else ""
	end = r"(?!\w)" if line[-1].isalnum() else ""
	if not rest:
		return f"{start}{first}{end}"
	*inner, last = rest
	stars = "".join(rf"(?>\w*?{part})" for part in inner)
	return f"{start}{first}{stars}" + (rf"(?>\w*?{last}{end})" if last else r"(?>\w*)")
