"""Does it concern us, does it need a reply, who should see it: and why, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timezone, tzinfo

from social_service.ledger import SocialMessage
from social_service.records import Kind, Need
from social_service.sentence import Sentence, _
from social_service.settings import Outcome, SocialTriageRule
from social_service.triage.budget import ANSWER, FOUND, TO_US, known_form
from social_service.triage.language import Hints, language_of
from social_service.triage.model import Reading
from social_service.triage.reader import Reader, shipped
from social_service.triage.rules import first_match
from social_service.triage.topics import TOPICS

QUESTION_MARKS = "?？؟"
SPAM = 0.8  # of 1: of the corpus' posts above it, read by a model that had not seen their industry, 98 of 100 are spam
STRANGE = 0.8  # the same for "does not concern us": 94 of 100
LIKELY = 0.5
FEWEST_WORDS = 5  # from which how it is worded can tell spam


@dataclass(frozen=True)
class Verdict:
	"""``reason`` tells a person which words or which rule decided. ``decided_by``: rule, form, words or agent.
	``confidence``: so many of 100 verdicts like this one are right; "" where no chance is known."""

	concerns: bool
	need: Need
	is_spam: bool
	language: str
	reason: Sentence
	decided_by: str = ""
	confidence: str = ""
	tone: str = ""
	is_urgent: bool = False
	topic: str | Sentence = ""
	team: str = ""
	priority: str = ""
	ticket_type: str = ""
	rule: str = ""  # title of the rule that decided; "" = only the form of the post did

	@property
	def closes(self) -> bool:
		"""Said by a person, or thanks: nothing that a closed ticket is opened again for. What nobody knows may matter."""
		return self.need is Need.NONE and (self.decided_by in ("rule", "agent") or self.tone == "positive")


def judge(
	message: SocialMessage,
	rules: Sequence[SocialTriageRule],
	languages: Sequence[str],
	zone: tzinfo = timezone.utc,
	reader: Reader | None = None,
	*,
	usual: str = "",
) -> Verdict:
	"""``rules`` in their order; the first that fits wins. ``languages``: the site's, ISO 639-1. ``zone``: of rules' hours.
	``usual``: the language in which the author wrote before, "" = nobody knows."""
	reader = reader or shipped()
	language = language_of(message.text, hints_of(message, languages, usual), languages).language
	found = first_match(rules, message, language, zone)
	verdict = _by_rule(*found, language) if found else None
	if verdict and (verdict.is_spam or not verdict.concerns):
		return verdict
	known = reader.shows_from(language) is not None  # the model reads only what it learned
	reading = reader.model.read(message.text, reader.brand) if known else None
	return _coloured(verdict or _without_rule(message, language, reader, reading), reading)


def hints_of(message: SocialMessage, languages: Sequence[str], usual: str = "") -> Hints:
	return Hints(network=message.language, author=usual, channel=languages[0] if languages else "")


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
		decided_by="rule",
	)


NEEDS = {Outcome.EXPLICIT: Need.EXPLICIT, Outcome.IMPLICIT: Need.IMPLICIT}


def _without_rule(message: SocialMessage, language: str, reader: Reader, reading: Reading | None) -> Verdict:
	"""Spam, then what needs no reading, then how it is worded."""
	if reading and reading.chances["spam"]["yes"] >= SPAM and _says_enough(message.text):
		reason = _("It reads like spam (“{0}”)", _words(message, reader, "spam"))
		share = _of_100(reading.chances["spam"]["yes"])
		return Verdict(False, Need.NONE, True, language, reason, decided_by="words", confidence=share)
	shape = _by_shape(message, reading)
	if shape:
		return Verdict(True, shape[0], False, language, shape[1], decided_by="form")
	if reading is None:
		reason = _(
			"It asks for nothing that a rule knows, and its language is not one that the model learned"
		)
		return Verdict(True, Need.NONE, False, language, reason, decided_by="form")
	return _by_words(message, language, reader, reading)


def _by_shape(message: SocialMessage, reading: Reading | None) -> tuple[Need, Sentence] | None:
	"""What needs no reading. Missing a request costs more than reading one post too many."""
	if message.kind is Kind.DIRECT_MESSAGE:
		return Need.EXPLICIT, _("A direct message is meant for us")
	if asks(message.text):
		return Need.EXPLICIT if message.is_addressed else Need.IMPLICIT, _("It asks a question")
	if not any(letter.isalnum() for letter in without_handles(message.text)):
		return Need.NONE, _("No words in it")
	if message.is_addressed and not message.parent_id and not _can_be_read(message.text, reading):
		return Need.IMPLICIT, _("It speaks to us and no rule knows better")
	return None


def _says_enough(text: str) -> bool:
	words = (word for word in without_handles(text).split() if any(letter.isalpha() for letter in word))
	return sum(1 for _word in words) >= FEWEST_WORDS


def _can_be_read(text: str, reading: Reading | None) -> bool:
	"""How it is worded tells what it wants. Of a few words only thanks are known."""
	return reading is not None and (_says_enough(text) or reading.values["tone"] == "positive")


def asks(text: str) -> bool:
	return any(mark in text for mark in QUESTION_MARKS)


def _by_words(message: SocialMessage, language: str, reader: Reader, reading: Reading) -> Verdict:
	"""No rule knows it and its form says nothing. From which chance on it is shown, the miss budget says."""
	wanted, strange = help_wanted(message, reading), reading.chances["concerns"]["no"]
	if wanted >= reader.shows_from(language):
		words = _words(message, reader, "need")
		reason = _("It may be a request: {0} of 100 such posts are one (“{1}”)", round(100 * wanted), words)
		return Verdict(
			True, Need.IMPLICIT, False, language, reason, decided_by="words", confidence=_of_100(wanted)
		)
	concerns = message.is_addressed or strange < STRANGE
	reason = (
		_("It asks for nothing: {0} of 100 such posts are a request", round(100 * wanted))
		if concerns
		else _("It is about somebody else (“{0}”)", _words(message, reader, "concerns"))
	)
	sure = _of_100(1 - wanted if concerns else strange)
	return Verdict(concerns, Need.NONE, False, language, reason, decided_by="words", confidence=sure)


def help_wanted(message: SocialMessage, reading: Reading) -> float:
	"""How likely it is a request, by its words and by how it came."""
	if not message.is_addressed:
		return known_form(reading.help_wanted, FOUND)
	return known_form(reading.help_wanted, ANSWER if message.parent_id else TO_US)


def _coloured(verdict: Verdict, reading: Reading | None) -> Verdict:
	"""With what only a reading tells: tone, urgency, topic. A rule's topic stays."""
	if reading is None:
		return verdict
	topic, sure = reading.values["topic"], reading.sure("topic")
	return replace(
		verdict,
		tone=reading.values["tone"],
		is_urgent=verdict.need is not Need.NONE and reading.chances["urgent"]["yes"] >= LIKELY,
		topic=verdict.topic or (TOPICS.get(topic, "") if sure >= LIKELY else ""),
	)


def _words(message: SocialMessage, reader: Reader, head: str) -> str:
	return ", ".join(reader.model.telling_words(message.text, head, reader.brand))


def _of_100(chance: float) -> str:
	return str(round(100 * chance))


def without_handles(text: str) -> str:
	return " ".join(word for word in text.split() if not word.startswith("@"))
