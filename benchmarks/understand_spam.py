"""Spam: short messages of the SMS Spam Collection, as the model is and after it learned from the rows for learning."""

from __future__ import annotations

import csv
from pathlib import Path

from social_service.evaluate import triage

KEPT_BACK = 5  # every fifth row is only scored


def measure(data: Path) -> dict:
	with (data / "sms_spam" / "spam.csv").open(encoding="latin-1", newline="") as file:
		read = list(csv.reader(file))[1:]
	rows = [{"text": text, "spam": label == "spam"} for label, text, *_empty in read]
	learn = [row for number, row in enumerate(rows) if number % KEPT_BACK != KEPT_BACK - 1]
	score = [row for number, row in enumerate(rows) if number % KEPT_BACK == KEPT_BACK - 1]
	told = (("as_it_is", []), ("learned_300", learn[:300]), ("learned_all", learn))
	return {name: triage.measure(score, taught)["spam"] for name, taught in told}
