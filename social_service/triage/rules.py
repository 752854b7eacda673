"""Triage rules: which row fits a message first, and by which of its words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

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
def pattern(words: str) -> re.Pattern[str]:
	"""One word or phrase a line. ``*`` stands for letters and digits; any white space matches any other."""
	lines = [line.strip() for line in words.splitlines() if line.strip()]
	return re.compile("|".join(_as_regex(line) for line in lines), re.IGNORECASE)


def _as_regex(line: str) -> str:
	body = r"\s+".join(re.escape(word).replace(r"\*", r"\w*") for word in line.split())
	start = r"(?<!\w)" if line[0].isalnum() else ""
	end = r"(?!\w)" if line[-1].isalnum() else ""
	return f"{start}{body}{end}"
