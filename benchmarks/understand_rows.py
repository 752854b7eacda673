"""Rows of the public data, as articles, confirmed posts and queries. Drawn with a seed."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

Pair = tuple[str, str]  # text, label
KEPT_BACK = 5  # every fifth short message is only scored


@dataclass(frozen=True)
class Asked:
	"""What ``social_service.evaluate.articles.measure`` takes."""

	articles: list[dict]
	queries: list[dict]
	confirmed: list[dict]


def banking(data: Path, name: str) -> list[Pair]:
	with (data / "banking77" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
		return [(row["text"], row["category"]) for row in csv.DictReader(file)]


def clinc(data: Path) -> dict[str, list[Pair]]:
	kept = json.loads((data / "clinc150" / "data_full.json").read_text(encoding="utf-8"))
	return {name: [tuple(row) for row in rows] for name, rows in kept.items()}


def spam(data: Path) -> tuple[list[dict], list[dict]]:
	"""(rows to learn from, rows that are only scored) of the SMS Spam Collection."""
	with (data / "sms_spam" / "spam.csv").open(encoding="latin-1", newline="") as file:
		read = list(csv.reader(file))[1:]
	rows = [{"text": text, "spam": label == "spam"} for label, text, *_empty in read]
	kept = [number % KEPT_BACK == KEPT_BACK - 1 for number in range(len(rows))]
	return (
		[row for row, back in zip(rows, kept, strict=True) if not back],
		[row for row, back in zip(rows, kept, strict=True) if back],
	)


def asked(
	learn: Sequence[Pair], score: Sequence[Pair], examples: int, strangers: Sequence[Pair] = ()
) -> Asked:
	"""An article for each label, its words as title; ``examples`` confirmed posts for each, drawn with seed 0."""
	drawn, by_label = random.Random(0), {}
	for text, label in learn:
		by_label.setdefault(label, []).append(text)
	articles = [{"id": label, "title": label.replace("_", " "), "text": ""} for label in sorted(by_label)]
	confirmed = [
		{"text": text, "article": label}
		for label in sorted(by_label)
		for text in (drawn.sample(by_label[label], examples) if examples else ())
	]
	queries = [{"text": text, "article": label} for text, label in score]
	return Asked(
		articles, queries + [{"text": text, "article": None} for text, _label in strangers], confirmed
	)
