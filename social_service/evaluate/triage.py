"""How well the model of triage does on labelled posts, as it is or after it learned from other ones."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from social_service.evaluate.scores import accuracy, auroc, macro_f1, missed_at
from social_service.triage.learning import Correction, learn
from social_service.triage.model import HEADS, Reading, load

JUDGED = ("concerns", "need", "tone", "urgent", "spam", "topic")
EFFORTS = (0.1, 0.2, 0.4)
TRUE_OF = {"concerns": "yes", "urgent": "yes", "spam": "yes"}


def measure(rows: Sequence[Mapping], learn_rows: Sequence[Mapping] = (), brand: Sequence[str] = ()) -> dict:
	"""``rows``: {"text", and any of concerns, need, tone, urgent, spam, topic}. Returns for each label that is present
	accuracy, macro_f1 and auroc; for need also ``missed`` (share of requests) by reading effort, for tone auroc_negative;
	posts_per_s and load_seconds beside them."""
	begun = time.perf_counter()
	model = load()
	loaded = time.perf_counter() - begun
	if learn_rows:
		model = learn(model, [as_correction(row) for row in learn_rows], brand)
	begun = time.perf_counter()
	readings = [model.read(row["text"], brand) for row in rows]
	spent = time.perf_counter() - begun
	figures: dict = {head: _of(head, rows, readings) for head in JUDGED if any(head in row for row in rows)}
	return figures | {
		"posts": len(rows),
		"learned_from": len(learn_rows),
		"posts_per_s": round(len(rows) / max(spent, 1e-9)),
		"load_seconds": round(loaded, 3),
	}


def refusal(row: Mapping) -> str | None:
	"""Why its labels can't be read, or None. Topics are free: those that the model does not know are never told."""
	for head in JUDGED:
		value = row.get(head)
		if value is not None and head != "topic" and _value(value) not in HEADS[head]:
			return f"has {head} {value!r}; it may be {', '.join(HEADS[head])}"
	return None


def as_correction(row: Mapping) -> Correction:
	return Correction(row["text"], {head: _value(row[head]) for head in HEADS if row.get(head) is not None})


def _value(label: object) -> str:
	return {0: "no", 1: "yes"}.get(label, label) if isinstance(label, int) else str(label)


def _of(head: str, rows: Sequence[Mapping], readings: Sequence[Reading]) -> dict:
	judged = [
		(_value(row[head]), one) for row, one in zip(rows, readings, strict=True) if row.get(head) is not None
	]
	labels, told = [label for label, _one in judged], [one.values[head] for _label, one in judged]
	found: dict = {"accuracy": _short(accuracy(labels, told)), "macro_f1": _short(macro_f1(labels, told))}
	if head in TRUE_OF:
		found["auroc"] = _auroc(judged, head, TRUE_OF[head])
	if head == "need":
		wanted, chances = [label != "none" for label in labels], [one.help_wanted for _label, one in judged]
		found["auroc"] = _short(auroc(wanted, chances))
		found["missed"] = {f"{effort:.0%}": _short(missed_at(wanted, chances, effort)) for effort in EFFORTS}
	if head == "tone":
		each = [_auroc(judged, head, value) for value in HEADS["tone"]]
		found["auroc"] = _short(sum(filter(None, each)) / max(sum(one is not None for one in each), 1))
		found["auroc_negative"] = each[0]
	return found


def _auroc(judged: Sequence[tuple[str, Reading]], head: str, value: str) -> float | None:
	return _short(
		auroc(
			[label == value for label, _one in judged], [one.chances[head][value] for _label, one in judged]
		)
	)


def _short(figure: float | None) -> float | None:
	return None if figure is None else round(figure, 4)
