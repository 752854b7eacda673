"""Articles for posts against what is right: how often the right one is first, and how well silence is chosen."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path

from social_service.evaluate.scores import auroc
from social_service.match import Index, Suggestion, encoder, load, save
from social_service.match.background import Meaning, ranking
from social_service.match.index import best_of
from social_service.match.words import asked_words
from social_service.records import Article

EVER = datetime(2026, 1, 1, tzinfo=timezone.utc)
DEPTH = 50
FALSE = 0.1  # suggestions where nothing fits


def measure(
	articles: Iterable[Mapping], queries: Sequence[Mapping], confirmed: Iterable[Mapping] = ()
) -> dict:
	"""Quality as an agent sees it (``path`` says by which way), and in ``request`` by words only; speed of a request."""
	index, seconds = _index(articles, confirmed)
	texts = [str(row["text"]) for row in queries]
	ranked, millis = _by_words(index, texts)
	figures = _quality(ranked, queries)
	found = {"path": "words", **figures, "request": figures}
	if encoder.is_installed() and index.entries:
		found |= {"path": "words and meaning", **_quality(ranking(Meaning(index), texts, DEPTH), queries)}
	sizes = {"index_mb": _megabytes(index), "index_seconds": round(seconds, 3)}
	return {**found, "p50_ms": _percentile(millis, 0.5), "p95_ms": _percentile(millis, 0.95), **sizes}


def _index(articles: Iterable[Mapping], confirmed: Iterable[Mapping]) -> tuple[Index, float]:
	start, index = time.perf_counter(), Index()
	index.update(
		Article(str(row["id"]), str(row.get("title") or ""), str(row.get("text") or ""), EVER)
		for row in articles
	)
	index.confirm((row["text"], str(row["article"])) for row in confirmed)
	return index, time.perf_counter() - start


def _by_words(index: Index, texts: Sequence[str]) -> tuple[list[list[Suggestion]], list[float]]:
	index.suggest("warm up")
	ranked, millis = [], []
	for text in texts:
		start = time.perf_counter()
		index.suggest(text)
		millis.append(1000 * (time.perf_counter() - start))
		scores = index.likely(asked_words(text))
		ranked.append([index.suggestion(name, scores[name], ()) for name in best_of(scores, DEPTH)])
	return ranked, millis


def _quality(ranked: Sequence[Sequence[Suggestion]], queries: Sequence[Mapping]) -> dict:
	rows = [(some, row.get("article")) for some, row in zip(ranked, queries, strict=True)]
	ranks = [_rank(some, str(right)) for some, right in rows if right is not None]
	count = max(len(ranks), 1)
	has_answer = [right is not None for _some, right in rows]
	sure = [some[0].likelihood if some else 0.0 for some, _right in rows]
	chance = auroc(has_answer, sure)
	return {
		"recall_at_1": round(sum(rank <= 1 for rank in ranks) / count, 4),
		"recall_at_3": round(sum(rank <= 3 for rank in ranks) / count, 4),
		"mrr": round(sum(1 / rank for rank in ranks) / count, 4),
		"auroc_none_fits": None if chance is None else round(chance, 4),
		"right_at_10_false": _right_at(rows, sure),
	}


def _rank(ranked: Sequence[Suggestion], right: str) -> float:
	"""The mean place among those of the same score; far away if it is not there."""
	score = next((one.likelihood for one in ranked if one.article == right), None)
	if score is None:
		return float("inf")
	above = sum(one.likelihood > score for one in ranked)
	return above + (sum(one.likelihood == score for one in ranked) + 1) / 2


def _right_at(rows: Sequence[tuple[Sequence[Suggestion], str | None]], sure: Sequence[float]) -> float | None:
	"""Of posts with an answer, those whose first suggestion is right and shown, where 10 % of the others get one."""
	false = sorted(
		(one for one, (_some, right) in zip(sure, rows, strict=True) if right is None), reverse=True
	)
	if not false:
		return None
	least = false[min(int(FALSE * len(false)), len(false) - 1)]
	asked = [
		(some, one, str(right)) for one, (some, right) in zip(sure, rows, strict=True) if right is not None
	]
	right = sum(one > least and some[0].article == article for some, one, article in asked if some)
	return round(right / max(len(asked), 1), 4)


def _megabytes(index: Index) -> float:
	with tempfile.TemporaryDirectory(prefix="social-service-") as folder:
		path = Path(folder) / "articles.npz"
		save(index, path)
		load(path)
		return round(path.stat().st_size / 1e6, 2) if path.exists() else 0.0


def _percentile(values: Sequence[float], share: float) -> float:
	ordered = sorted(values) or [0.0]
	return round(ordered[min(int(share * len(ordered)), len(ordered) - 1)], 3)
