"""Corrections: what an agent says of a post comes in; it is kept, and a post that needs a reply after all waits again.

The newest word counts. A ticket is never closed by a correction: its agent reads who said what.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from social_service.account import Clock
from social_service.hosts.base import Host
from social_service.ledger import SocialCorrection, SocialMessage, digest
from social_service.records import Fate, Kind
from social_service.sentence import Refused, Sentence, _
from social_service.triage.features import HANDLE, LINK, tokens_of
from social_service.triage.model import HEADS

WORDS: Mapping[str, Mapping[str, str]] = {  # what is on the buttons → what it says
	"needs_reply": {"need": "implicit", "concerns": "yes", "spam": "no"},
	"no_reply": {"need": "none"},
	"not_about_us": {"concerns": "no", "need": "none"},
	"spam": {"spam": "yes", "need": "none"},
	"urgent": {"urgent": "yes"},
	"not_urgent": {"urgent": "no"},
}
ONE_QUESTION = ("concerns", "need", "spam")  # a new word on one of them takes back what was said of all
REQUESTS = ("explicit", "implicit")
FEWEST_WORDS = 3  # fewer are said by anybody about anything


@dataclass(frozen=True)
class Opinion:
	"""``labels``: head → value, see ``triage.model.HEADS``. ``via``: ticket, list or blind sample."""

	labels: Mapping[str, str]
	by: str
	via: str


@dataclass(frozen=True)
class Corrected:
	"""``is_to_decide``: the message waits in its channel to be decided again."""

	channel: str
	is_to_decide: bool


def labels_of(word: str) -> Mapping[str, str]:
	if word not in WORDS:
		raise Refused(
			_("“{0}” is nothing that can be said of a post. Choose one of: {1}.", word, _listed(WORDS))
		)
	return WORDS[word]


def correct(host: Host, message_name: str, opinion: Opinion, clock: Clock) -> Corrected:
	"""Raises Refused where nothing can be corrected."""
	with host.transaction():
		return keep(host, message_name, opinion, clock())


def keep(host: Host, message_name: str, opinion: Opinion, now: datetime) -> Corrected:
	"""Inside the caller's transaction."""
	message = host.store.get(SocialMessage, [message_name]).get(message_name)
	if reason := _refusal(message, opinion.labels):
		raise Refused(reason)
	said, is_news = _stored(host, _correction(message, opinion, now))
	is_to_decide = _is_decided_otherwise(message, said) and _decide_again(host, message)
	if is_news and message.ticket and (note := _doubt(said)):
		host.desk.note(message.ticket, note)
	return Corrected(message.channel, is_to_decide)


def _refusal(message: SocialMessage | None, labels: Mapping[str, str]) -> Sentence | None:
	if message is None:
		return _("This post does not exist any more.")
	if message.is_own or message.is_repost:
		return _("Our own posts and reposts are never answered, so there is nothing to correct.")
	for head, value in labels.items():
		if value not in HEADS.get(head, ()):
			return _(
				"“{0}” is no value of {1}. Choose one of: {2}.", value, head, _listed(HEADS.get(head, ()))
			)
	return None if labels else _("Say what is to be corrected.")


def _listed(values: Mapping[str, object] | tuple[str, ...]) -> str:
	return ", ".join(values)


# --- keeping it ----------------------------------------------------------------------------------------------


def _correction(message: SocialMessage, opinion: Opinion, now: datetime) -> SocialCorrection:
	return SocialCorrection(
		message=message.name,
		digest=message.digest,
		words=words_of(message),
		said_by=opinion.by,
		said_at=now,
		via=opinion.via,
		was=" · ".join(str(one) for one in (message.fate, message.need) if one),
		**opinion.labels,
	)


def _stored(host: Host, said: SocialCorrection) -> tuple[SocialCorrection, bool]:
	"""(as it is now, does it say something new?). What was said before of other questions still holds."""
	first, is_new = host.store.add(said)
	if is_new:
		return first, True
	before = dict(first.labels)
	if set(said.labels) & set(ONE_QUESTION):
		before = {head: value for head, value in before.items() if head not in ONE_QUESTION}
	heads = dict.fromkeys(SocialCorrection.HEADS, "") | before | dict(said.labels)
	who = {"said_by": said.said_by, "said_at": said.said_at, "via": said.via}
	newest = host.store.change(first, **heads, **who) or replace(first, **heads, **who)
	return newest, newest.labels != first.labels


def words_of(message: SocialMessage) -> str:
	"""The same for posts of the same words in any order; "" where these say too little, or were meant for us alone."""
	if message.kind is Kind.DIRECT_MESSAGE:
		return ""
	tokens = [token for token in tokens_of(message.text) if token not in (LINK, HANDLE)]
	words = sorted(token for token in tokens if token[0].isalnum() or token.startswith("⟨"))
	asks = ["?"] if any("?" in token for token in tokens) else []
	return digest(*words, *asks) if len(words) >= FEWEST_WORDS else ""


# --- what follows --------------------------------------------------------------------------------------------


def _is_decided_otherwise(message: SocialMessage, said: SocialCorrection) -> bool:
	if message.deleted_at or message.fate not in (Fate.WATCHED, Fate.IGNORED):
		return False
	return wants_reply(said) or (message.fate is Fate.WATCHED and is_foreign(said))


def _decide_again(host: Host, message: SocialMessage) -> bool:
	"""It has no fate any more, as if it had just come; unless somebody else was faster."""
	return bool(host.store.change(message, only_if={"fate": message.fate}, fate=None, decided_at=None))


def wants_reply(said: SocialCorrection) -> bool:
	if said.need:
		return said.need in REQUESTS
	return said.concerns == "yes" and said.spam == "no"


def is_foreign(said: SocialCorrection) -> bool:
	return said.spam == "yes" or said.concerns == "no"


def _doubt(said: SocialCorrection) -> Sentence | None:
	"""For the agent of the ticket."""
	if said.spam == "yes":
		return _("{0} says that this post is spam. Close the ticket if you agree.", said.said_by)
	if said.concerns == "no":
		return _("{0} says that this post is not about us. Close the ticket if you agree.", said.said_by)
	if said.need == "none":
		return _("{0} says that this post needs no reply. Close the ticket if you agree.", said.said_by)
	return None
