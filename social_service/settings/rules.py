"""What people say of the posts that they want to see, and of those they don't."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from social_service.records import Kind
from social_service.sentence import Sentence, _
from social_service.service_hours import span_of


class Outcome:
	"""What a rule says of the posts it matches."""

	EXPLICIT = "needs a reply"
	IMPLICIT = "may need a reply"
	NONE = "no reply needed"
	FOREIGN = "not about us"
	SPAM = "spam"
	IGNORE = "ignore"


@dataclass(frozen=True)
class SocialTriageRule:
	"""If any of the words is in the post (``*`` stands for letters, ``~`` in front takes a typo) and all that it is only for
	holds, so does the outcome. The first rule that fits wins."""

	doctype: ClassVar[str] = "Social Triage Rule"
	indexes: ClassVar[tuple] = ()

	title: str
	outcome: str
	words: str = ""
	enabled: bool = True
	sort_order: int = 100
	channel: str = ""
	kind: Kind | None = None
	language: str = ""
	author: str = ""  # handles, one a line, ``*`` stands for anything
	followers: int = 0  # so many at least
	hours: str = ""  # of the day, in the site's time zone: 22-6, 08:30-17:00
	topic: str = ""
	team: str = ""
	priority: str = ""
	ticket_type: str = ""
	name: str = ""


def refuse_language(code: str) -> Sentence | None:
	"""Why this can't be the language of a row, or None; "" = all."""
	if code.strip() and not re.fullmatch("[A-Za-z]{2}", code.strip()):
		return _("{0} is no language code. Enter two letters, as de or en.", code)
	return None


def refuse_rule(rule: SocialTriageRule) -> Sentence | None:
	"""Why a triage rule can't be saved as it is, or None."""
	if rule.hours.strip() and span_of(rule.hours) is None:
		return _("{0} are no hours of a day. Enter them as 22-6 or 08:30-17:00.", rule.hours)
	if rule.followers < 0:
		return _("Nobody has fewer than 0 followers. Enter 0 for everybody.")
	if reason := refuse_language(rule.language):
		return reason
	for line in (line.strip() for line in rule.words.splitlines()):
		if line.startswith("~") and ("*" in line or len(line[1:].strip()) < 4):
			return _("“{0}”: a word that may have a typo needs four letters or more, and no *.", line)
	return None
