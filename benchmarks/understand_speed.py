"""Speed with 10,000 articles: a post of a request, one article's change, the file; and texts that are made to hurt."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timezone
from pathlib import Path

from benchmarks.understand_rows import banking
from social_service.match import Index, load, save
from social_service.records import Article

ARTICLES = 10_000
LINES = 8  # of text, each the words of a customer's question
EVER = datetime(2026, 1, 1, tzinfo=timezone.utc)
HOSTILE = (
	*("\0" * 100_000, "😤" * 50_000, "مرحبا " * 15_000, "Z\u0351\u0344\u0300" * 30_000, "a" * 100_000),
	*("https://a.example/" * 5_000, "x1 " * 33_000, "<" * 100_000, "&amp;" * 20_000, "@" * 100_000),
)


def measure(data: Path) -> dict:
	texts, drawn = [text for text, _label in banking(data, "train")], random.Random(0)
	index = Index()
	index_seconds = _seconds(
		lambda: index.update(_article(number, texts, drawn) for number in range(ARTICLES))
	)
	index.suggest("warm up")
	asked = [_misspelt(text, drawn) for text in drawn.sample(texts, 500)]
	posts = sorted(1000 * _seconds(lambda text=text: index.suggest(text)) for text in asked)
	changes = sorted(
		1000 * _seconds(lambda number=number: index.update([_edited(index, number, texts, drawn)]))
		for number in drawn.sample(range(ARTICLES), 50)
	)
	hostile = max(1000 * _seconds(lambda text=text: index.suggest(text)) for text in HOSTILE)
	return {
		"index_seconds": round(index_seconds, 2),
		"p50_ms": round(posts[len(posts) // 2], 2),
		"p95_ms": round(posts[int(0.95 * len(posts))], 2),
		"change_ms": round(changes[len(changes) // 2], 2),
		"hostile_max_ms": round(hostile, 1),
		**_file(index),
	}


def _article(number: int, texts: Sequence[str], drawn: random.Random) -> Article:
	return Article(
		f"a{number}", drawn.choice(texts), "\n".join(drawn.sample(texts, LINES)).replace("?", "."), EVER
	)


def _edited(index: Index, number: int, texts: Sequence[str], drawn: random.Random) -> Article:
	"""One sentence is another."""
	entry, sentence = index.entries[f"a{number}"], drawn.choice(texts).replace("?", ".")
	kept = entry.text.split("\n")[1:]
	return Article(f"a{number}", entry.title, "\n".join((*kept, sentence)), EVER)


def _misspelt(text: str, drawn: random.Random) -> str:
	at = drawn.randrange(len(text))
	return text[:at] + text[at + 1 :]


def _file(index: Index) -> dict:
	with tempfile.TemporaryDirectory(prefix="social-service-") as folder:
		path = Path(folder) / "articles.npz"
		saved = _seconds(lambda: save(index, path))
		loaded = _seconds(lambda: load(path))
		return {
			"index_mb": round(path.stat().st_size / 1e6, 1),
			"save_ms": round(1000 * saved),
			"load_ms": round(1000 * loaded),
		}


def _seconds(call: Callable[[], object]) -> float:
	start = time.perf_counter()
	call()
	return time.perf_counter() - start
