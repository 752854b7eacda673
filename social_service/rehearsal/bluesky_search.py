"""The search of the simulated Bluesky: all words, "phrases" and #tags, newest first. Pages are counted from the newest."""

from __future__ import annotations

import re
from bisect import insort
from collections.abc import Callable, Iterable

from social_service.rehearsal.bluesky_view import sorted_at
from social_service.rehearsal.simulated import Post

TERM = re.compile(r'"[^"]*"|\S+')


def fits(words: str, post: Post) -> bool:
	text = post.text.casefold()
	return all(_stands_in(term.strip('"').casefold(), text) for term in TERM.findall(words))


def _stands_in(term: str, text: str) -> bool:
	return re.search(rf"(?<!\w){re.escape(term)}(?!\w)", text) is not None


class Found:
	"""What one search finds, kept so that asking again costs nothing."""

	def __init__(self, words: str, posts: Iterable[Post], number: Callable[[], int]) -> None:
		self.words = words
		self._listed: list[tuple] = []
		self._known: set[str] = set()
		for post in posts:
			if fits(words, post):
				self.add(sorted_at(post), number(), post)

	def add(self, at: object, number: int, post: Post) -> None:
		if post.id not in self._known:
			self._known.add(post.id)
			insort(self._listed, (at, number, post))

	def page(self, start: int, limit: int) -> list[Post]:
		"""Without what was deleted, or says something else by now."""
		found, skipped = [], 0
		for _at, _number, post in reversed(self._listed):
			if post.is_deleted or not fits(self.words, post):
				continue
			if skipped < start:
				skipped += 1
			elif len(found) < limit:
				found.append(post)
			else:
				break
		return found
