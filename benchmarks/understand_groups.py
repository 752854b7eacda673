"""Near-duplicates: posts of our own corpus, each written again with changes that people and retweets make."""

from __future__ import annotations

import json
import random
from pathlib import Path

import social_service
from social_service.evaluate import groups

CORPUS = Path(social_service.__file__).parent / "triage" / "corpus"
ROWS = 10_000
MOST = 12  # posts of a group
SHORTEST = 40  # characters


def measure(_data: Path) -> dict:
	rows = perturbed(ROWS)
	return groups.measure(rows) if rows else {}


def perturbed(count: int) -> list[dict]:
	"""Fewer if the corpus is small: each post is the seed of one group."""
	drawn = random.Random(0)
	posts = sorted(
		{text for path in CORPUS.glob("*.jsonl") for text in _texts(path) if len(text) >= SHORTEST}
	)
	drawn.shuffle(posts)
	rows = [
		{"text": _changed(post, drawn) if copy else post, "group": number}
		for number, post in enumerate(posts)
		for copy in range(drawn.randint(1, MOST))
	][:count]
	drawn.shuffle(rows)
	return rows


def _texts(path: Path) -> list[str]:
	lines = path.read_text(encoding="utf-8").splitlines()
	return [json.loads(line).get("text", "") for line in lines if line.strip()]


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
