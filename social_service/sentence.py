"""A sentence for a person, kept with its arguments, so that the door that shows it can translate it.

Pure code writes ``_("… {0}", value)``: the same call that Frappe's message extractor looks for.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sentence:
	"""An untranslated text with positional ``{0}`` places, and what goes into them."""

	text: str
	values: tuple[object, ...] = ()

	def __str__(self) -> str:
		return fill(self.text, self.values)


class Refused(Exception):
	"""What a person asked for can't be done as it stands. The sentence says what to change; nothing was stored."""

	def __init__(self, sentence: Sentence) -> None:
		self.sentence = sentence
		super().__init__(str(sentence))


def _(text: str, *values: object) -> Sentence:
	return Sentence(text, values)


def fill(text: str, values: tuple[object, ...]) -> str:
	"""Put the values into the (translated) text; a text without values keeps its braces."""
	return text.format(*values) if values else text
