"""A worker of the outbox benchmark: sends, and does what people do in requests, so that both meet. It can be stopped before any
line of the rooms that it works in.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from types import CodeType, FrameType

from benchmarks import faults_worker
from benchmarks.faults_worker import JOBS, SEND, STALLS
from social_service import engage, pause
from social_service.account import Clock
from social_service.engage import approval, cancelling, outbox, sending
from social_service.engage.cancelling import the_reply
from social_service.hosts.base import Host
from social_service.hosts.embedded import EmbeddedHost
from social_service.ledger import SocialReply

CANCEL, APPROVE, EDIT, RETURN = "cancel", "approve", "edit and approve", "return"
AGENT, BOSS = "agent@example.com", "boss@example.com"
WRITTEN, EDITED = "answer", "edited"  # words that stand in a text as it was written, and as it was changed
Work = Callable[[Host, str, Clock], object]


def edited(text: str) -> str:
	return text.replace(WRITTEN, EDITED)


def _approve(host: Host, name: str, clock: Clock, *, change: Callable[[str], str] = str) -> SocialReply:
	"""Who has read all warnings."""
	reply = the_reply(host, name)
	text = change(reply.text)
	seen = [one.key for one in approval.look(host, reply, text, clock).warnings]
	return engage.approve(host, name, BOSS, clock, text=text, seen=seen)


def _cancel(host: Host, name: str, clock: Clock) -> SocialReply:
	return engage.cancel(host, name, AGENT, clock)


def _give_back(host: Host, name: str, clock: Clock) -> SocialReply:
	return engage.give_back(host, name, BOSS, "Say it in another way.", clock)


PEOPLE: dict[str, Work] = {
	CANCEL: _cancel,
	APPROVE: _approve,
	EDIT: partial(_approve, change=edited),
	RETURN: _give_back,
}


def _as_told(work: Work, host: Host, name: str, clock: Clock) -> object:
	"""What a person would see: the row, or the sentence that says why not."""
	try:
		return work(host, name, clock)
	except engage.Refused as refused:
		return str(refused.sentence)


# --- every line ----------------------------------------------------------------------------------------------

STOPS = (cancelling.the_reply, cancelling.stop, cancelling.not_sent, cancelling.event_of)
DECIDES = (approval._waiting, approval.may_approve, approval.approvers)
APPROVES = (approval.approve, approval.look, cancelling.leaves_at, *DECIDES)
ROOMS: dict[str, tuple] = {
	SEND: (sending, outbox.is_due),
	CANCEL: (cancelling.cancel, cancelling._look_and_leave_it, *STOPS),
	APPROVE: APPROVES,
	EDIT: APPROVES,
	RETURN: (approval.give_back, *DECIDES, *STOPS),
}
FILES = {module.__file__ for module in (sending, cancelling, approval, outbox)}


def lines_of(kind: str) -> list[str]:
	"""Each line that is run inside of a function, as a place to stop before."""
	return sorted({place for room in ROOMS[kind] for place in _lines(room)})


def _lines(room: object) -> Iterator[str]:
	"""Of a function, or of all functions of a module. Their first lines, ``def``, are nowhere to stop."""
	code = getattr(room, "__code__", None)
	path = Path(code.co_filename if code else room.__file__)
	whole = code or compile(path.read_text(encoding="utf-8"), str(path), "exec")
	for one in [code, *_functions(whole)] if code else _functions(whole):
		lines = {line for _start, _end, line in one.co_lines()} - {None, one.co_firstlineno}
		yield from (f"{path.name}:{line}" for line in lines)


def _functions(code: CodeType) -> Iterator[CodeType]:
	for one in code.co_consts:
		if isinstance(one, CodeType):
			yield from [one, *_functions(one)]


def _watched(work: Work, host: EmbeddedHost, name: str, clock: Clock) -> object:
	if ":" not in os.environ[pause.WHERE]:
		return work(host, name, clock)
	sys.settrace(partial(_enter, host))
	try:
		return work(host, name, clock)
	finally:
		sys.settrace(None)


def _enter(host: EmbeddedHost, frame: FrameType, _event: str, _value: object) -> Callable | None:
	return partial(_line, host) if frame.f_code.co_filename in FILES else None


def _line(host: EmbeddedHost, frame: FrameType, event: str, _value: object) -> Callable:
	place = f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno}"
	holds_the_file = host.in_transaction and os.environ[STALLS]  # SQLite lets nobody else write
	if event == "line" and place == os.environ[pause.WHERE] and not holds_the_file:
		pause.pause_point(place)
	return partial(_line, host)


def serve(calls: Connection, database: str, clock_file: str, skew: float) -> None:
	works = {SEND: JOBS[SEND]} | {kind: partial(_as_told, work) for kind, work in PEOPLE.items()}
	JOBS.update({kind: partial(_watched, work) for kind, work in works.items()})
	faults_worker.serve(calls, database, clock_file, skew)
