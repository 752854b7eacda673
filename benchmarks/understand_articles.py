"""Posts to articles: banking77's intents as articles, with no, 10 and 30 confirmed posts each."""

from __future__ import annotations

from pathlib import Path

from benchmarks.understand_baselines import baselines
from benchmarks.understand_rows import asked, banking
from social_service.evaluate import articles


def measure(data: Path) -> dict:
	found = {}
	for name, examples in (("title_only", 0), ("confirmed_10", 10), ("confirmed_30", 30)):
		given = asked(banking(data, "train"), banking(data, "test"), examples)
		ours = articles.measure(given.articles, given.queries, given.confirmed)
		found[name] = {"ours": ours, **baselines(given)}
	return found
