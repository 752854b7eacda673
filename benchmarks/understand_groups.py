"""Near-duplicates: posts of our own corpus, each written again with changes that people and retweets make."""

from __future__ import annotations

import random
from pathlib import Path

from social_service.evaluate import groups
from social_service.triage import corpus

ROWS = 10_000
MOST = 12  # posts of a group
SHORTEST = 40  # characters


def measure(_data: Path) -> dict:
	return groups.measure(perturbed(ROWS))


def perturbed(count: int) -> list[dict]:
	"""Fewer if the corpus is small: each post is the seed of one group."""
	drawn = random.Random(0)
	posts = sorted(
		{row["text"] for rows in corpus.posts().values() for row in rows if len(row["text"]) >= SHORTEST}
	)
	drawn.shuffle(posts)
	rows = [
		{"text": _changed(post, drawn) if copy else post, "group": number}
		for number, post in enumerate(posts)
		for copy in range(drawn.randint(1, MOST))
	][:count]
	drawn.shuffle(rows)
	return rows


def _changed(text: str, drawn: random.Random) -> str:
	"""Somebody else's handle, an address, an emoji, a lost letter, other case or punctuation."""
	ways = (
		lambda one: f"@user{drawn.randint(1, 999)} {one}",
		lambda one: f"{one} https://t.example/{drawn.randint(1, 10**6)}",
		lambda one: f"{one} {drawn.choice('😡🙏🔥😭')}",
		lambda one: one.lower(),
		lambda one: one.replace(".", " ").replace("!", ""),
		lambda one: _without_a_letter(one, drawn),
		lambda one: f"RT {one}",
	)
	for way in drawn.sample(ways, drawn.randint(1, 3)):
		text = way(text)
	return text


def _without_a_letter(text: str, drawn: random.Random) -> str:
	at = drawn.randrange(len(text))
	return text[:at] + text[at + 1 :]
