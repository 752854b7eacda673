"""An article comes in; what of it goes into an answer, as far as the network takes it, goes out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from social_service.channels.base import Channel
from social_service.ledger import SocialMessage
from social_service.records import Article, Word
from social_service.sentence import Sentence, _

Fits = Callable[[str], bool]
SHORT = 300  # characters: an answer, not the article
SENTENCE_END = re.compile(  # not after "z. B." or "Nr."
	r"(?:(?<=[^.\s]{2}\.)|(?<=[%€$)”“»]\.)|(?<=[!?]))\s+(?=[^a-zäöüß\d])"
)
FULL_STOPS, ANSWERED = (".", "!", "?"), (".", "!")


class Way(Word):
	TEXT = "text"
	LINK = "link"
	SHORT_ANSWER = "short answer"


@dataclass(frozen=True)
class Draft:
	"""What would go into the answer, and what the network would charge for it. ``why_not``: it can't go out like that."""

	text: str
	price: int  # millionths of a US dollar
	why_not: Sentence | None


@dataclass(frozen=True)
class Gauge:
	"""How the network counts an answer to this post, and what it charges. Without a driver all fits and costs nothing.
	``around``: what stands before and behind the text."""

	driver: Channel | None
	post: SocialMessage | None
	around: tuple[str, str] = ("", "")

	def fits(self, text: str) -> bool:
		if not text or self.driver is None:
			return bool(text)
		whole = "\n\n".join(filter(None, (self.around[0], text, self.around[1])))
		return self.driver.measure(whole, self.post and self.post.as_served()).fits

	def draft(self, text: str, why_not: Sentence) -> Draft:
		"""``why_not`` holds if the text does not fit."""
		if not self.fits(text):
			return Draft("", 0, why_not)
		price = self.driver.price(text, self.post and self.post.as_served()) if self.driver else 0
		return Draft(text, price, None)


def draft(way: Way, article: Article, sentence: str, gauge: Gauge) -> Draft:
	network = gauge.driver.label if gauge.driver else ""
	if way is Way.TEXT:
		return gauge.draft(
			whole_or_beginning(article.text, gauge.fits),
			_("Its first sentence is too long for {0}.", network) if article.text else _("It has no text."),
		)
	if not article.url:
		return Draft("", 0, _("It has no public address."))
	if way is Way.LINK:
		return gauge.draft(
			f"{article.title}\n{article.url}", _("Title and link are too long for {0}.", network)
		)
	answer = short_answer(article, sentence, gauge.fits)
	return gauge.draft(answer, _("The fitting sentence and the link are too long for {0}.", network))


def whole_or_beginning(text: str, fits: Fits) -> str:
	"""The article as it stands, or as many of its first sentences as fit."""
	return text if fits(text) else as_many_as_fit([*sentences_of(text)], fits)


def short_answer(article: Article, sentence: str, fits: Fits) -> str:
	"""From the fitting sentence on, as it is often the question that the next ones answer; below it the address."""
	said = [*sentences_of(article.text)]
	wanted = plain(sentence)
	start = next((at for at, (_before, one) in enumerate(said) if wanted in plain(one)), 0)
	section = up_to_next_heading(said[start:])

	def fits_beside_link(text: str) -> bool:
		return (len(text) <= SHORT or text == section[0][1]) and fits(f"{text}\n{article.url}")

	answer = as_many_as_fit(section, fits_beside_link)
	return f"{answer}\n{article.url}" if answer else ""


def up_to_next_heading(said: Sequence[tuple[str, str]]) -> Sequence[tuple[str, str]]:
	"""A line that is no sentence, after one that is."""
	for at in range(1, len(said)):
		before, sentence = said[at]
		if before == "\n" and said[at - 1][1].endswith(ANSWERED) and not sentence.endswith(FULL_STOPS):
			return said[:at]
	return said


def as_many_as_fit(said: Sequence[tuple[str, str]], fits: Fits) -> str:
	"""The first sentences that fit; a heading at their end, which says nothing without what follows, is left out."""
	kept = whole = ""
	for before, sentence in said:
		longer = f"{kept}{before}{sentence}" if kept else sentence
		if not fits(longer):
			break
		kept = longer
		if sentence.endswith(FULL_STOPS):
			whole = kept
	return whole or kept


def sentences_of(text: str) -> Iterator[tuple[str, str]]:
	"""(what stands before it, sentence): a new line or a blank."""
	for line in text.splitlines():
		for number, sentence in enumerate(SENTENCE_END.split(line.strip())):
			if sentence:
				yield " " if number else "\n", sentence


def plain(text: str) -> str:
	return " ".join(text.split())
