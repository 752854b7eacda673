"""Heard: posts to judge and their verdicts come in; what agents said of them, or of the same words, goes before the machine.

Read once for a batch: two statements, however many posts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import tzinfo

from social_service.corrections import ONE_QUESTION, is_foreign, wants_reply, words_of
from social_service.hosts.base import Host, In
from social_service.ledger import SocialCorrection, SocialMessage
from social_service.records import Need
from social_service.sentence import Sentence, _
from social_service.triage import Verdict
from social_service.triage.topics import TOPICS

MOST = 1000  # corrections of the same words; the newest of each counts
BY_AGENT, BY_RULE = "agent", "rule"


@dataclass(frozen=True)
class Heard:
	of_post: Mapping[str, SocialCorrection] = field(default_factory=dict)  # digest of a message →
	of_words: Mapping[str, SocialCorrection] = field(default_factory=dict)  # digest of words →

	def asks_for(self, message: SocialMessage) -> bool:
		"""Somebody wants this very post to be answered."""
		said = self.of_post.get(message.digest)
		return said is not None and wants_reply(said)

	def verdict(self, message: SocialMessage, verdict: Verdict, zone: tzinfo) -> Verdict:
		"""A rule knows better than the same words, a word about this very post better than a rule."""
		same = self.of_words.get(words_of(message)) if self.of_words else None
		if same and verdict.decided_by != BY_RULE:
			day = same.said_at.astimezone(zone).date().isoformat()
			verdict = verdict_of(same, verdict, _("An agent said so of the same words on {0}", day))
		own = self.of_post.get(message.digest)
		return verdict_of(own, verdict, _("{0} said so of this post", own.said_by)) if own else verdict


def heard_of(host: Host, batch: Sequence[SocialMessage]) -> Heard:
	own = _said(host, "digest", {message.digest for message in batch})
	same = _said(host, "words", {words_of(message) for message in batch})
	return Heard({one.digest: one for one in own}, {one.words: one for one in same})


def _said(host: Host, column: str, keys: set[str]) -> list[SocialCorrection]:
	"""Oldest first."""
	asked = tuple(sorted(keys - {""}))
	if not asked:
		return []
	return host.store.find(SocialCorrection, {column: In(asked)}, order="-said_at", limit=MOST)[::-1]


def verdict_of(said: SocialCorrection, verdict: Verdict, reason: Sentence) -> Verdict:
	"""What was not judged stays as the machine has it."""
	values: dict[str, object] = {}
	if said.urgent:
		values["is_urgent"] = said.urgent == "yes"
	if said.tone:
		values["tone"] = said.tone
	if said.topic:
		values["topic"] = TOPICS.get(said.topic, "")
	if set(said.labels) & set(ONE_QUESTION):
		values |= _answer(said, verdict)
		values |= {"reason": reason, "decided_by": BY_AGENT, "confidence": "", "rule": ""}
	return replace(verdict, **values)


def _answer(said: SocialCorrection, verdict: Verdict) -> dict[str, object]:
	wanted = wants_reply(said)
	need = Need.NONE if is_foreign(said) else Need(said.need or verdict.need)
	return {
		"need": need,
		"concerns": said.concerns == "yes" if said.concerns else verdict.concerns or wanted,
		"is_spam": said.spam == "yes" if said.spam else verdict.is_spam and not wanted,
	}
