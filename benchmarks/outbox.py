"""Is an answer ever published twice, lost, shown as sent without being it, or published though it should not be?

All simulated networks that take answers, over real HTTP; workers killed and stalled before any line of the way out; two workers
on one answer; people who approve, edit, return and take back at the same moment. Counted from the networks' side.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from benchmarks.faults import START, TOLD, rows
from benchmarks.faults_crew import PLACES
from benchmarks.faults_stage import staged
from benchmarks.faults_worker import SEND
from benchmarks.outbox_count import Found, count
from benchmarks.outbox_play import APPROVAL_HOURS, OutboxCrew, OutboxPlay
from benchmarks.outbox_worker import PEOPLE, lines_of, serve
from social_service.records import ReplyState

POSTS_A_REPLY = 2.2  # thanks and spam open no ticket, some write twice
STEPS = 150
DEADLY = {SEND: (0.3, 0.06), **dict.fromkeys(PEOPLE, (0.25, 0.05))}  # killed, stalled
MUST_BE_ZERO = (
	*("double_posts", "lost", "looks_sent_without_id", "internal_published"),
	*("denied", "published_while_stopped"),
)


def run(seed: int, replies: int = 1000, steps: int = STEPS, only: Sequence[str] = ()) -> dict:
	"""The figures of one run. The seed chooses who does what, faults and kills; what meets what is left to the processes."""
	began = time.monotonic()
	rng, chosen = random.Random(seed), [row for row in rows(only) if row.writes]
	with (
		tempfile.TemporaryDirectory(prefix="social-service-") as folder,
		staged(chosen, Path(folder), START, rng) as stage,
	):
		crew = _crew(stage.database, random.Random(seed + 1))
		play = OutboxPlay(stage, crew, random.Random(seed + 2))
		try:
			play.people_write(round(replies * POSTS_A_REPLY))
			play.storm(replies, steps)
			play.calm(play.now + timedelta(hours=2 * APPROVAL_HOURS))
		finally:
			crew.stop()
		found = count(stage, play.register)
	figures = _figures(seed, play, found)
	figures["seconds"] = round(time.monotonic() - began)
	_tell(play, found)
	return figures


def failed(figures: dict) -> bool:
	return any(figures[name] for name in MUST_BE_ZERO)


def _crew(database: Path, rng: random.Random) -> OutboxCrew:
	places = {**PLACES, **{kind: lines_of(kind) for kind in (SEND, *PEOPLE)}}
	return OutboxCrew(rng, database, database.with_name("clock"), places=places, run=serve, deadly=DEADLY)


def _figures(seed: int, play: OutboxPlay, found: Found) -> dict:
	every = {line for kind in (SEND, *PEOPLE) for line in lines_of(kind)}
	stopped_at = {what.split(": ", 1)[1] for what in play.crew.happened if what.startswith("worker ")}
	elsewhere = Counter({what: number for what, number in play.crew.happened.items() if ".py:" not in what})
	at_lines = sum(play.crew.happened.values()) - sum(elsewhere.values())
	return {
		"seed": seed,
		"networks": [place.row.name for place in play.stage.places],
		"replies": play.agents.written,
		**{name: len(getattr(found, name)) for name in MUST_BE_ZERO},
		"published": found.published,
		**{str(state).lower().replace(" ", "_"): found.states[str(state)] for state in ReplyState},
		"asked_to_approve": len(play.register.asked_to_approve),
		"told_not_sent": len(play.register.told_not_sent),
		"notes": play.register.secrets,
		"kills_and_stalls_at_lines": at_lines,
		"lines_hit": f"{len(every & stopped_at)} of {len(every)}",
		"faults": dict(sorted((found.failed + play.happened + elsewhere).items())),
		"troubles": sum(play.troubles.values()),
	}


def _tell(play: OutboxPlay, found: Found) -> None:
	for name in MUST_BE_ZERO:
		for sentence in getattr(found, name)[:TOLD]:
			print(f"{name}: {sentence}", file=sys.stderr)
	for trouble, number in play.troubles.most_common(TOLD):
		print(f"trouble, {number} times: {trouble}", file=sys.stderr)
