"""Spam: short messages of the SMS Spam Collection, as the model is and after it learned from the rows for learning."""

from __future__ import annotations

from pathlib import Path

from benchmarks.understand_rows import spam
from social_service.evaluate import triage


def measure(data: Path) -> dict:
	learn, score = spam(data)
	told = (("as_it_is", []), ("learned_300", learn[:300]), ("learned_all", learn))
	return {name: triage.measure(score, taught)["spam"] for name, taught in told}
