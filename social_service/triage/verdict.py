"""Does it concern us, does it need a reply, who should see it: and why, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timezone, tzinfo

from social_service.ledger import SocialMessage
from social_service.records import Kind, Need
from social_service.sentence import Sentence, _
from social_service.settings import Outcome, SocialTriageRule
from social_service.triage.language import Hints, language_of
from social_service.triage.model import load
from social_service.triage.rules import first_match

QUESTION_MARKS = "?？؟"
TRAINED = ("de", "en", "")
HELP_WANTED = 0.5  # in the industries that the model had not seen, 15 of 100 requests stand below


@dataclass(frozen=True)
class Verdict:
	"""``reason`` tells a person which words or which rule decided."""

	concerns: bool
	need: Need
	is_spam: bool
	language: str
	reason: Sentence
	topic: str = ""
	team: str = ""
	priority: str = ""
	ticket_type: str = ""
	rule: str = ""  # title of the rule that decided; "" = only the form of the post did


def judge(
	message: SocialMessage,
	rules: Sequence[SocialTriageRule],
	languages: Sequence[str],
	zone: tzinfo = timezone.utc,
) -> Verdict:
	"""``rules`` in their order; the first that fits wins. ``languages``: the site's, ISO 639-1. ``zone``: of rules' hours."""
	language = language_of(message.text, hints_of(message, languages), languages).language
	found = first_match(rules, message, language, zone)
	if found:
		rule, word = found
		return _by_rule(rule, word, language)
	need, reason = _by_shape(message) or _by_model(message, language)
	return Verdict(True, need, False, language, reason)


def hints_of(message: SocialMessage, languages: Sequence[str]) -> Hints:
	return Hints(network=message.language, channel=languages[0] if languages else "")


def _by_rule(rule: SocialTriageRule, word: str, language: str) -> Verdict:
	reason = (
		_("Rule “{0}” says {1} (“{2}”)", rule.title, rule.outcome, word)
		if word
		else _("Rule “{0}”", rule.title)
	)
	return Verdict(
		concerns=rule.outcome not in (Outcome.FOREIGN, Outcome.SPAM, Outcome.IGNORE),
		need=NEEDS.get(rule.outcome, Need.NONE),
		is_spam=rule.outcome == Outcome.SPAM,
		language=language,
		reason=reason,
		topic=rule.topic,
		team=rule.team,
		priority=rule.priority,
		ticket_type=rule.ticket_type,
		rule=rule.title,
	)


NEEDS = {Outcome.EXPLICIT: Need.EXPLICIT, Outcome.IMPLICIT: Need.IMPLICIT}


def _by_shape(message: SocialMessage) -> tuple[Need, Sentence] | None:
	"""What needs no reading. Missing a request costs more than reading one post too many."""
	if message.kind is Kind.DIRECT_MESSAGE:
		return Need.EXPLICIT, _("A direct message is meant for us")
	if any(mark in message.text for mark in QUESTION_MARKS):
		return Need.EXPLICIT if message.is_addressed else Need.IMPLICIT, _("It asks a question")
	if not any(letter.isalnum() for letter in without_handles(message.text)):
		return Need.NONE, _("No words in it")
	if message.is_addressed and not message.parent_id:
		return Need.IMPLICIT, _("It speaks to us and no rule knows better")
	return None


def _by_model(message: SocialMessage, language: str) -> tuple[Need, Sentence]:
	"""No rule knows it and its form says nothing: how it is worded decides, in the languages that the model learned."""
	reading = load().read(message.text) if language in TRAINED else None
	if reading is None or reading.help_wanted < HELP_WANTED:
		return Need.NONE, _("It asks for nothing that a rule knows")
	words = ", ".join(load().telling_words(message.text, "need"))
	reason = _(
		"It reads like a request: {0} of 100 such posts are one (“{1}”)",
		round(100 * reading.help_wanted),
		words,
	)
	return Need.IMPLICIT, reason


def without_handles(text: str) -> str:
	return " ".join(word for word in text.split() if not word.startswith("@"))
