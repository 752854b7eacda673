"""A draft of an article: an answered ticket comes in; its question and answer, without the people in it, go out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape

from social_service.hosts.base import Host, In
from social_service.ledger import SocialMessage, SocialReply
from social_service.personal import without_people
from social_service.records import Fate, Need, ReplyState
from social_service.sentence import Refused, _

MOST = 100  # posts and answers of a ticket
LONGEST_TITLE = 120
SENTENCE = re.compile(r"[^.!?\n]+[.!?]*")
LINK = re.compile(r"https?://\S+")
TAIL = re.compile(r"[?#]\S*")


@dataclass(frozen=True)
class Draft:
	title: str
	question: tuple[str, ...]  # what customers wrote, oldest first
	answer: tuple[str, ...]

	@property
	def html(self) -> str:
		asked = "".join(f"<blockquote>{_lines(one)}</blockquote>" for one in self.question)
		return asked + "".join(f"<p>{_lines(one)}</p>" for one in self.answer)


def draft_from(host: Host, ticket: str, full_names: Callable[[Sequence[str]], Iterable[str]]) -> Draft:
	"""``full_names``: of agents. Raises Refused when there is nothing to learn from."""
	posts, replies = _posts(host, ticket), _replies(host, ticket)
	if not replies:
		raise Refused(
			_("Nothing was answered in this ticket yet. Answer it first, then make an article of it.")
		)
	names = {name for post in posts for name in (post.handle, post.author_name)}
	names |= set(full_names(sorted({reply.agent for reply in replies})))
	asked = [LINK.sub("", post.text) for post in posts if post.need is not Need.NONE] or [
		post.text for post in posts[:1]
	]
	question = _cleaned(asked, names)
	answer = _cleaned((_without_tails(reply.text) for reply in replies), names)
	if not question or not answer:
		raise Refused(
			_("Without names and numbers nothing is left of this conversation. Write the article by hand.")
		)
	return Draft(title_of(question[0]), question, answer)


def title_of(question: str) -> str:
	"""Its first question, or its first sentence."""
	sentences = [one.strip() for one in SENTENCE.findall(question) if one.strip(" .!?…")] or [
		question.strip()
	]
	title = next((one for one in sentences if one.endswith("?")), sentences[0])
	title = " ".join(title.split())
	return title if len(title) <= LONGEST_TITLE else f"{title[: LONGEST_TITLE - 1].rstrip()}…"


def _posts(host: Host, ticket: str) -> list[SocialMessage]:
	wanted = {"ticket": ticket, "fate": In((Fate.OPENED, Fate.JOINED)), "is_own": False, "deleted_at": None}
	return host.store.find(SocialMessage, wanted, order="sent_at,external_id", limit=MOST)


def _replies(host: Host, ticket: str) -> list[SocialReply]:
	wanted = {"ticket": ticket, "state": ReplyState.SENT}
	return host.store.find(SocialReply, wanted, order="sent_at,name", limit=MOST)


def _cleaned(texts: Iterable[str], names: Iterable[str]) -> tuple[str, ...]:
	told = (without_people(text, names) for text in texts)
	return tuple(dict.fromkeys(one for one in told if any(letter.isalpha() for letter in one)))


def _without_tails(text: str) -> str:
	"""Addresses stay in an answer, without what may name one customer."""
	return LINK.sub(lambda link: TAIL.sub("", link[0]), text)


def _lines(text: str) -> str:
	return "<br>".join(escape(text).splitlines())
