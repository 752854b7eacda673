"""Triage: posts of industries that the model was never trained on."""

from __future__ import annotations

from pathlib import Path

from social_service.evaluate import triage
from social_service.triage import corpus


def measure(_data: Path) -> dict:
	names = corpus.brands()
	return {
		industry: triage.measure(rows, (), names[industry])
		for industry, rows in corpus.posts(corpus.HELD_OUT).items()
	}
