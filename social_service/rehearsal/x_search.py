"""The part of X's search syntax that people write: words, "phrases", @names, #tags, OR, -not, from:, conversation_id:, is:."""

from __future__ import annotations

import re

from social_service.rehearsal.x_world import Post, World

TERM = re.compile(r'-?"[^"]*"|\S+')


def matches(query: str, post: Post, world: World) -> bool:
	"""One of the alternatives, with all of its terms. Brackets group nothing here; they are ignored."""
	alternatives = re.split(r"\sOR\s", query.replace("(", " ").replace(")", " "))
	return any(all(_fits(term, post, world) for term in TERM.findall(one)) for one in alternatives)


def _fits(term: str, post: Post, world: World) -> bool:
	if term.startswith("-") and len(term) > 1:
		return not _fits(term[1:], post, world)
	operator, _colon, value = term.partition(":")
	if value and operator in OPERATORS:
		return OPERATORS[operator](value, post, world)
	words = term.strip('"').casefold()
	return re.search(rf"(?<!\w){re.escape(words)}(?!\w)", post.full_text.casefold()) is not None


def _is(value: str, post: Post, _world: World) -> bool:
	return bool({"retweet": post.repost_of, "reply": post.reply_to, "quote": post.quote_of}.get(value))


OPERATORS = {
	"from": lambda value, post, _world: post.author.handle.casefold() == value.removeprefix("@").casefold(),
	"conversation_id": lambda value, post, _world: post.conversation == value,
	"lang": lambda value, post, _world: post.lang == value,
	"is": _is,
}
