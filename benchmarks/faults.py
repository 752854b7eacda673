"""Is anything lost, doubled or told to the wrong person when everything fails that can fail?

All simulated networks at once, over real HTTP; several workers on the same rows, killed and stalled on the way; a simulated
clock. Counted from the networks' side.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path

from benchmarks import faults_count
from benchmarks.faults_agents import Agents
from benchmarks.faults_crew import Crew
from benchmarks.faults_networks import ROWS, Row
from benchmarks.faults_play import Play
from benchmarks.faults_stage import staged
from social_service import hooks
from social_service.records import ReplyState

START = datetime(
	2027, 3, 2, 23, 30, tzinfo=timezone.utc
)  # later than today: drivers must not see it as long ago
NIGHT_OVER = timedelta(hours=5, minutes=15)  # all nightly scans have run
MUST_BE_ZERO = ("lost", "duplicates", "double_posts", "wrong_person", "only_claimed")
TOLD = 12  # sentences of each kind


def run(
	seed: int, posts: int = 10_000, replies: int = 500, ticks: int = 150, only: Sequence[str] = ()
) -> dict:
	"""The figures of one run. The seed chooses posts, faults, kills; what meets what is left to the processes."""
	began = time.monotonic()
	rng = random.Random(seed)
	with (
		tempfile.TemporaryDirectory(prefix="social-service-") as folder,
		staged(rows(only), Path(folder), START, rng) as stage,
	):
		crew = Crew(random.Random(seed + 1), stage.database, stage.database.with_name("clock"))
		play = Play(stage, crew, Agents(stage, random.Random(seed + 2)))
		try:
			play.storm(posts, replies, ticks)
			play.calm(START + NIGHT_OVER)
		finally:
			crew.stop()
		faults_count.read_everything_again(stage)
		found = faults_count.count(stage, play.agents)
	figures = _figures(seed, play, found)
	figures["seconds"] = round(time.monotonic() - began)
	_tell(play, found)
	return figures


def failed(figures: dict) -> bool:
	return any(figures[name] for name in MUST_BE_ZERO)


def rows(only: Sequence[str] = ()) -> list[Row]:
	known = {row.driver for row in ROWS}
	for code in [one for one in hooks.social_channels if one not in known]:
		print(f"NOT TESTED: the channel {code} has no row in benchmarks/faults_networks.py", file=sys.stderr)
	return [row for row in ROWS if row.driver in hooks.social_channels and (not only or row.name in only)]


def _figures(seed: int, play: Play, found: faults_count.Found) -> dict:
	agents, crew = play.agents, play.crew
	return {
		"seed": seed,
		"networks": [place.row.name for place in play.stage.places],
		"posts": play.stage.posts,
		"replies": agents.written,
		"lost": len(found.lost),
		"duplicates": len(found.duplicates),
		"double_posts": len(found.double_posts),
		"wrong_person": len(found.wrong_person),
		"only_claimed": len(found.only_claimed),
		"unknown": found.states[str(ReplyState.UNKNOWN)],
		"published": found.published,
		"sent": found.states[str(ReplyState.SENT)],
		"failed": found.states[str(ReplyState.FAILED)],
		"retried_by_hand": sum(agents.retried.values()),
		"refused_by_guard": sum(agents.refused.values()),
		"fates": dict(found.fates),
		"faults": dict(sorted((found.failed + play.happened + crew.happened).items())),
		"troubles": sum(play.troubles.values()),
	}


def _tell(play: Play, found: faults_count.Found) -> None:
	for name in MUST_BE_ZERO:
		for sentence in getattr(found, name)[:TOLD]:
			print(f"{name}: {sentence}", file=sys.stderr)
	for trouble, number in play.troubles.most_common(TOLD):
		print(f"trouble, {number} times: {trouble}", file=sys.stderr)
