"""Invented help articles, and posts that ask for them: what a search is fitted to, and what it is checked with."""

from __future__ import annotations

import json
from pathlib import Path

FOLDER = Path(__file__).parent
COMPANIES = ("telecom", "bank")  # fitted to the first, checked with the second


def articles(company: str) -> list[dict]:
	"""Its help centre: id, lang, topic, title, text."""
	return _rows(f"{company}_articles.jsonl")


def questions(company: str) -> list[dict]:
	"""Posts of its customers: text, lang, and the article that answers in that language (None: there is none)."""
	return _rows(f"{company}_questions.jsonl")


def _rows(name: str) -> list[dict]:
	lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
	return [json.loads(line) for line in lines if line.strip()]
