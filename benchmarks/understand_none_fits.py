"""When no article fits: clinc150's intents as articles with 10 confirmed posts, and its out-of-scope questions."""

from __future__ import annotations

from pathlib import Path

from benchmarks.understand_baselines import baselines
from benchmarks.understand_rows import asked, clinc
from social_service.evaluate import articles


def measure(data: Path) -> dict:
	rows = clinc(data)
	given = asked(rows["train"], rows["test"], 10, rows["oos_test"])
	return {"ours": articles.measure(given.articles, given.queries, given.confirmed), **baselines(given)}
