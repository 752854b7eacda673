"""``python -m benchmarks NAME [--json] …``: the last line of stdout is one JSON object with --json."""

from __future__ import annotations

import argparse
import json
import random
import signal
import sys
from collections.abc import Iterator
from pathlib import Path


def main() -> None:
	asked = _parser().parse_args()
	is_well = True
	for figures, is_good in asked.measure(asked):
		is_well &= is_good
		if asked.json:
			print(json.dumps(figures), flush=True)
		else:
			_show(figures)
	sys.exit(not is_well)


def _parser() -> argparse.ArgumentParser:
	parser = argparse.ArgumentParser(prog="python -m benchmarks")
	names = parser.add_subparsers(dest="name", required=True)
	ingest = names.add_parser(
		"ingest", help="what a post costs, and whether it stays so when tables are full"
	)
	ingest.add_argument("--bench", type=Path, help="a Frappe bench to measure on as well")
	ingest.set_defaults(measure=_ingest)
	faults = names.add_parser("faults", help="what is lost or doubled when everything fails")
	faults.add_argument("--seed", default="1", help="a number, or random")
	faults.add_argument("--seeds", help="several: 1-20, or 3,5,8")
	faults.add_argument("--posts", type=int, default=10_000)
	faults.add_argument("--replies", type=int, default=500)
	faults.set_defaults(measure=_faults)
	outbox = names.add_parser(
		"outbox", help="is an answer ever doubled, lost, or published though it should not be"
	)
	outbox.add_argument("--seed", default="1", help="a number, or random")
	outbox.add_argument("--seeds", help="several: 1-3, or 3,5,8")
	outbox.add_argument("--replies", type=int, default=1000)
	outbox.set_defaults(measure=_outbox)
	cost = names.add_parser("cost", help="how many paid reads a new post costs on X, and calls on the others")
	cost.set_defaults(measure=_cost)
	understand = names.add_parser("understand", help="how well posts are read, on public data")
	understand.add_argument("--data", type=Path, required=True, help="the folder with banking77, clinc150 …")
	understand.set_defaults(measure=_understand)
	promises = names.add_parser(
		"promises", help="does the warning job keep up with 10,000 open conversations"
	)
	promises.set_defaults(measure=_promises)
	for one in (faults, outbox, cost, understand):
		one.add_argument(
			"--only",
			type=lambda text: text.split(","),
			default=[],
			help="names of rows: x,mastodon (of parts: articles,speed)",
		)
	for one in (ingest, faults, outbox, cost, understand, promises):
		one.add_argument("--json", action="store_true", help="one JSON object as the last line")
	return parser


def _ingest(asked: argparse.Namespace) -> Iterator[tuple[dict, bool]]:
	from benchmarks.ingest import measure  # noqa: PLC0415 each needs other packages

	yield measure(asked.bench), True


def _faults(asked: argparse.Namespace) -> Iterator[tuple[dict, bool]]:
	from benchmarks.faults import failed, run  # noqa: PLC0415

	_end_with_us()
	for seed in _seeds(asked.seeds or asked.seed):
		figures = run(seed, asked.posts, asked.replies, only=asked.only)
		yield figures, not failed(figures)


def _outbox(asked: argparse.Namespace) -> Iterator[tuple[dict, bool]]:
	from benchmarks.outbox import failed, run  # noqa: PLC0415

	_end_with_us()
	for seed in _seeds(asked.seeds or asked.seed):
		figures = run(seed, asked.replies, only=asked.only)
		yield figures, not failed(figures)


def _end_with_us() -> None:
	"""Networks and workers."""
	signal.signal(signal.SIGTERM, lambda *_told: sys.exit(128 + signal.SIGTERM))


def _cost(asked: argparse.Namespace) -> Iterator[tuple[dict, bool]]:
	from benchmarks.cost import is_cheap, measure  # noqa: PLC0415

	figures = measure(asked.only)
	yield figures, is_cheap(figures)


def _understand(asked: argparse.Namespace) -> Iterator[tuple[dict, bool]]:
	from benchmarks.understand import measure  # noqa: PLC0415

	yield measure(asked.data, asked.only), True


def _promises(asked: argparse.Namespace) -> Iterator[tuple[dict, bool]]:
	from benchmarks.promises import is_fast, measure  # noqa: PLC0415

	figures = measure()
	yield figures, is_fast(figures)


def _seeds(text: str) -> list[int]:
	"""``7``, ``1-20``, ``3,5,8`` or ``random``."""
	if text == "random":
		return [random.SystemRandom().randrange(1_000_000)]
	first, dash, last = text.partition("-")
	return list(range(int(first), int(last) + 1)) if dash else [int(one) for one in text.split(",")]


def _show(figures: dict) -> None:
	for name, value in figures.items():
		print(f"{name:28} {value}")


if __name__ == "__main__":
	main()
